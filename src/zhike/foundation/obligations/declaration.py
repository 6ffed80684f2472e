"""A duty as data: what starts it, what fulfils it, within what, who owes it. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from zhike.foundation.outbox.event import Event
from zhike.foundation.policies.declare import declared, key_of, rules_of

EventTypes = tuple[type[Event], ...]
# A policy value by its place: ("retain.clocks", "contact_hours"), or the class and the field.
PolicyValue = tuple[str | type, str]
UNITS = ("minutes", "hours", "days", "working_days", "months", "years")
CLOCKS = ("elapsed", "working")
BY_TIER = "by_tier"  # a policy may say so: the customer decides which of the two runs
RHYTHMS = ("daily", "weekly", "monthly", "quarterly", "half_yearly", "yearly")


class DeclarationFault(ValueError):
    """A declaration contradicts itself or the policies; it is found at start, not when a duty is missed."""


@dataclass(frozen=True)
class Subject:
    """What a duty is about: a customer, a ticket, a warning."""

    kind: str
    id: int
    customer_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Obligation:
    """A duty that an event starts (section B1).

    ``within`` names the policy value with the time allowed, whose unit counts unless ``unit`` says otherwise;
    ``due`` computes the due time from the event instead (a promised limit). ``owed_by`` names one or several
    places to look for the owner, the first that yields a person wins: ``relation:customer_manager``,
    ``post:data_specialist``, ``event:person_id``. Duties of one ``family`` on one customer are done by the same
    act: the earlier due time wins.
    """

    code: str
    title: Any
    starts: type[Event] | EventTypes
    fulfils: type[Event] | EventTypes = ()
    cancels: type[Event] | EventTypes = ()
    within: PolicyValue | None = None
    unit: str | None = None
    due: Callable[[Any], dt.datetime] | None = None
    clock: str | PolicyValue = "elapsed"
    owed_by: str | tuple[str, ...]
    fallback: tuple[str, ...] = ()
    escalate_to: str = "superior"
    subject: str = "customer"
    subjects: Callable[[Any], Iterable[Subject]] | None = None
    when: Callable[[Any], bool] | None = None
    fulfilled_when: Callable[[Any], bool] | None = None
    began: Callable[[Any], dt.datetime | dt.date] | None = None
    family: str = ""
    proof: Any = ""
    action: str = ""
    requirement: str = ""
    rhythm: None = field(default=None, init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "starts", events_of(self.starts))
        _normalise(self)
        if (self.within is None) == (self.due is None):
            raise DeclarationFault(f"{self.code}: say within or due")
        if not self.starts:
            raise DeclarationFault(f"{self.code}: nothing starts it")

    def subjects_of(self, happened: Any) -> list[Subject]:
        """What the event is about, in the terms of this duty; nothing when it does not say."""
        if self.subjects is not None:
            return list(self.subjects(happened))
        number = getattr(happened, f"{self.subject}_id", None)
        customer_id = getattr(happened, "customer_id", None)
        return [] if number is None else [Subject(self.subject, number, customer_id)]


@dataclass(frozen=True, kw_only=True)
class Recurring:
    """A duty that comes back with a rhythm (section B2).

    It is due when its period ends, or ``within`` so long after the period began. ``rhythm`` may be a policy value.
    ``each`` says whether one duty is owed by whoever holds the post (``post``) or by every holder (``holder``);
    ``subjects`` makes one duty per subject instead, for example per high-value customer.
    """

    code: str
    title: Any
    rhythm: str | PolicyValue
    fulfils: type[Event] | EventTypes = ()
    cancels: type[Event] | EventTypes = ()
    within: PolicyValue | None = None
    unit: str | None = None
    clock: str | PolicyValue = "elapsed"
    owed_by: str | tuple[str, ...]
    fallback: tuple[str, ...] = ()
    escalate_to: str = "superior"
    each: str = "post"
    subject: str = "period"
    subjects: Callable[[Any], Iterable[Subject]] | None = None
    fulfilled_when: Callable[[Any], bool] | None = None
    workdays_only: bool = False
    family: str = ""
    proof: Any = ""
    action: str = ""
    requirement: str = ""
    starts: EventTypes = field(default=(), init=False)

    def __post_init__(self) -> None:
        _normalise(self)
        if isinstance(self.rhythm, str) and self.rhythm not in RHYTHMS:
            raise DeclarationFault(f"{self.code}: {self.rhythm} is no rhythm")
        if self.each not in ("post", "holder"):
            raise DeclarationFault(f"{self.code}: each is post or holder")


Declaration = Obligation | Recurring


def unit_of(declaration: Declaration) -> str:
    """The unit in which the time allowed is counted."""
    if declaration.unit is not None or declaration.within is None:
        return declaration.unit or ""
    policy_name, field_name = declaration.within
    cls = declared().get(str(policy_name))
    rule = rules_of(cls).get(field_name) if cls is not None else None
    if rule is None:
        raise DeclarationFault(f"{declaration.code}: there is no policy {policy_name}.{field_name}")
    if rule.unit not in UNITS:
        raise DeclarationFault(f"{declaration.code}: {policy_name}.{field_name} is no time")
    return rule.unit


def owners_of(declaration: Declaration) -> tuple[str, ...]:
    """Where to look for the owner, in order."""
    owed = declaration.owed_by
    return (owed,) if isinstance(owed, str) else owed


def _normalise(declaration: Any) -> None:
    code = declaration.code
    for name in ("fulfils", "cancels"):
        object.__setattr__(declaration, name, events_of(getattr(declaration, name)))
    for name in ("within", "clock", "rhythm"):
        object.__setattr__(declaration, name, _as_place(getattr(declaration, name)))
    if isinstance(declaration.clock, str) and declaration.clock not in CLOCKS:
        raise DeclarationFault(f"{code}: {declaration.clock} is no clock")
    if declaration.unit is not None and declaration.unit not in UNITS:
        raise DeclarationFault(f"{code}: {declaration.unit} is no unit of time")
    for place in (*owners_of(declaration), *declaration.fallback):
        if place.partition(":")[0] not in ("relation", "post", "event"):
            raise DeclarationFault(f"{code}: {place} is neither relation:, post: nor event:")
    if declaration.escalate_to != "superior" and not declaration.escalate_to.startswith("post:"):
        raise DeclarationFault(f"{code}: escalate to superior or post:")


def events_of(events: type[Event] | EventTypes) -> EventTypes:
    """One event type or several, as several."""
    return events if isinstance(events, tuple) else (events,)


def _as_place(value: Any) -> Any:
    if isinstance(value, tuple) and isinstance(value[0], type):
        return (key_of(value[0]), value[1])
    return value
