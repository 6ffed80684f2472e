"""Triggers and actions as declarations: any room downstream of its data can add some. Pure but for records' words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zhike.foundation.access.viewer import Viewer
from zhike.foundation.outbox.event import Event
from zhike.foundation.records.declare import Field, RecordType


@dataclass(frozen=True)
class Trigger:
    """An event that rules may wait for. ``by`` names its field with the number of the record of kind ``subject``."""

    event: type[Event]
    title: Any
    subject: str
    by: str

    def number_for(self, subject: str, happened: Any) -> int | None:
        """The number of the record that a rule about ``subject`` looks at: the event's own, or its customer."""
        number: int | None = getattr(happened, self.by if subject == self.subject else "customer_id", None)
        return number


@dataclass(frozen=True)
class Doing:
    """What an action works with: the rights, the record, and which action of which firing it is."""

    viewer: Viewer
    record_type: RecordType
    row: Any
    customer_id: int | None
    run: Any
    place: int


@dataclass(frozen=True)
class Done:
    """What came of an action: a sentence for the log, and a page to open."""

    words: str = ""
    link: str = ""


@dataclass(frozen=True)
class Action:
    """Something a rule does. ``run(doing, answers)`` calls a service of a room, inside one transaction with the log.

    ``fields(viewer, record_type)`` is what it asks; ``offered(viewer, record_type)`` says whether the posts include it.
    What the service refuses is written into the log with its reason; other faults are tried again.
    """

    code: str
    title: Any
    icon: str
    run: Callable[[Doing, Mapping[str, Any]], Done]
    fields: Callable[[Viewer, RecordType], Sequence[Field]]
    offered: Callable[[Viewer, RecordType], bool] = lambda _viewer, _type: True
    group: Any = ""


# Several actions at once, made from what is there: the fields and acts of the records.
Source = Callable[[Viewer, RecordType], Sequence[Action]]

_TRIGGERS: dict[str, Trigger] = {}
_SOURCES: list[Source] = []


def trigger(event: type[Event], title: Any, subject: str = "customers", by: str = "customer_id") -> Trigger:
    """Let rules wait for ``event``."""
    made = Trigger(event, title, subject, by)
    _TRIGGERS[event.event_name] = made
    return made


def triggers() -> Mapping[str, Trigger]:
    """All triggers by the name of their event."""
    return _TRIGGERS


def action(made: Action) -> Action:
    """Let rules do ``made``."""
    _SOURCES.append(lambda viewer, record_type: [made] if made.offered(viewer, record_type) else [])
    return made


def actions_from(source: Source) -> Source:
    """Let rules do what ``source`` makes for a viewer and a kind of records."""
    _SOURCES.append(source)
    return source


def actions(viewer: Viewer, record_type: RecordType) -> list[Action]:
    """All that a rule about these records may do with the rights of ``viewer``."""
    return [made for source in _SOURCES for made in source(viewer, record_type)]


def find_action(viewer: Viewer, record_type: RecordType, code: str) -> Action | None:
    """The action of that code, if it is offered."""
    return next((one for one in actions(viewer, record_type) if one.code == code), None)
