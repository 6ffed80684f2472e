"""What teams are told in their groups: an event in a title, a link and a deadline. Never a name of a customer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from zhike.foundation.outbox.event import Event


@dataclass(frozen=True)
class Told:
    """One piece of news: the link is a path; ``person_id`` or ``customer_id`` say whose department it concerns."""

    title: str
    link: str
    due_at: dt.datetime | None = None
    person_id: int | None = None
    customer_id: int | None = None


@dataclass(frozen=True)
class News:
    """A kind of news that a robot can be given: ``say`` in the active language, None for nothing to tell."""

    event: type[Event]
    title: Any
    say: Callable[[Any], Told | None]


_NEWS: dict[str, News] = {}


def add(news: News) -> None:
    """Let robots be given this news."""
    _NEWS[news.event.event_name] = news


def every() -> dict[str, News]:
    """All news by the name of their event."""
    return dict(_NEWS)
