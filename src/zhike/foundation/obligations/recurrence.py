"""Duties that come back: each period's duty is opened once, at the period's start or as soon as a worker is there."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction

from zhike.foundation import calendar, policies
from zhike.foundation.access.people import holders_of
from zhike.foundation.kit import clock
from zhike.foundation.obligations import register
from zhike.foundation.obligations.declaration import Recurring, Subject, owners_of, unit_of
from zhike.foundation.obligations.engine import amount_of, clock_of, insert
from zhike.foundation.obligations.models import Duty
from zhike.foundation.obligations.rules import Due, Period, due_of, period_of
from zhike.foundation.policies import declare
from zhike.foundation.policies.load import PolicySet

_NAMESPACE = uuid.UUID("5b0c7b0e-6f43-4a5e-9d1c-0d6f2f9f1f10")
_LAST_SECOND = dt.timedelta(seconds=1)


def open_periods(now: dt.datetime) -> int:
    """Open the duty of the present period for each recurring declaration; say how many are new."""
    in_force, today = policies.current(now), clock.local(now).date()
    count = 0
    for declaration in register.declared().values():
        if not isinstance(declaration, Recurring):
            continue
        period = period_of(_rhythm(declaration, in_force), today)
        if declaration.workdays_only and not calendar.is_workday(today):
            continue
        with transaction.atomic():
            count += _open(declaration, period, now, in_force)
    return count


def _open(declaration: Recurring, period: Period, now: dt.datetime, in_force: PolicySet) -> int:
    subjects = _subjects(declaration, period)
    known = set(Duty.objects.filter(code=declaration.code, period=period.key).values_list("subject_kind", "subject_id"))
    missing = [subject for subject in subjects if (subject.kind, subject.id) not in known]
    clock_kind = clock_of(declaration, in_force)
    due = _due(declaration, period, clock_kind, in_force)
    opened = 0
    for subject in missing:
        duty = insert(
            declaration,
            subject,
            # A worker that comes late does not eat the time of the owner.
            started_at=max(min(now, due.at), clock.start_of(period.start)),
            due=due,
            clock_kind=clock_kind,
            in_force=in_force,
            started_by=uuid.uuid5(_NAMESPACE, f"{declaration.code} {period.key} {subject.kind} {subject.id}"),
            period=period.key,
        )
        opened += duty is not None
    return opened


def _subjects(declaration: Recurring, period: Period) -> list[Subject]:
    if declaration.subjects is not None:
        return list(declaration.subjects(period))
    if declaration.each == "post":
        return [Subject("period", 0)]
    posts = [place.removeprefix("post:") for place in owners_of(declaration) if place.startswith("post:")]
    return [Subject("person", person.pk) for post in posts for person in holders_of(post)]


def _due(declaration: Recurring, period: Period, clock_kind: str, in_force: PolicySet) -> Due:
    if declaration.within is None:
        return Due(clock.start_of(period.end) - _LAST_SECOND)
    start = clock.start_of(period.start)
    return due_of(start, amount_of(declaration, in_force), unit_of(declaration), clock_kind, calendar)


def _rhythm(declaration: Recurring, in_force: PolicySet) -> str:
    if isinstance(declaration.rhythm, str):
        return declaration.rhythm
    policy_name, field_name = declaration.rhythm
    return str(getattr(in_force.get(declare.declared()[str(policy_name)]), field_name))
