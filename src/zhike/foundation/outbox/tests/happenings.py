"""Events and subscribers for the tests, in a module of their own so that worker processes share them."""

from __future__ import annotations

import datetime as dt
import os
import time
import uuid
from enum import StrEnum
from pathlib import Path

from zhike.foundation.outbox import publish, subscriber
from zhike.foundation.outbox.event import Event, event


class Mood(StrEnum):
    """A word from a closed list."""

    GOOD = "good"


@event("outbox_tests.Everything")
class Everything(Event):
    """Has a field of every kind that may travel."""

    customer_id: int
    count: int | None
    share: float
    name: str
    is_done: bool
    day: dt.date
    moment: dt.datetime | None
    other: uuid.UUID
    mood: Mood
    numbers: tuple[int, ...]
    pair: tuple[str, dt.date]
    days: list[dt.date]
    by_name: dict[str, int]


@event("outbox_tests.Stepped")
class Stepped(Event):
    """The ``number``-th thing that happened to a customer."""

    customer_id: int
    number: int


@event("outbox_tests.Heard")
class Heard(Event):
    """What the slow subscriber writes: its effect in the database."""

    customer_id: int
    number: int
    by: str


def slow_ear(happened: Stepped) -> None:
    """Take a moment, leave a line in a file (outside the transaction) and an event (inside it)."""
    publish(Heard(customer_id=happened.customer_id, number=happened.number, by=str(os.getpid())))
    time.sleep(0.004)
    trace = os.environ.get("ZHIKE_TEST_TRACE")
    if trace:
        with Path(trace).open("a", encoding="utf-8") as file:
            file.write(f"{happened.customer_id} {happened.number} {os.getpid()}\n")
    time.sleep(0.004)


subscriber(Stepped, "tests.slow_ear")(slow_ear)
