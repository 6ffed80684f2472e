"""What time does to duties: reminders, breaches with escalation, new periods, owners who have left."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q

from zhike.foundation import outbox, policies
from zhike.foundation.access import deputies
from zhike.foundation.access.models import Person
from zhike.foundation.kit import clock
from zhike.foundation.obligations import recurrence, register
from zhike.foundation.obligations.declaration import Subject
from zhike.foundation.obligations.engine import facts_of, wake_covered
from zhike.foundation.obligations.events import DutyBreached, DutyReminded
from zhike.foundation.obligations.models import RUNNING, Duty, DutyNotice, DutyState, NoticeKind
from zhike.foundation.obligations.owners import escalation_of, owner_of
from zhike.foundation.obligations.policy import StandardPolicy
from zhike.foundation.obligations.selectors import duties_stood_in

_CHUNK = 200


def tick(now: dt.datetime | None = None) -> int:
    """Do everything that has come due by ``now``; say how many duties changed. Two at once do no harm."""
    moment = now or clock.now()
    return tick_slowly(moment) + tick_clocks(moment)


def tick_clocks(now: dt.datetime | None = None) -> int:
    """Breaches and reminders that have come due: looked for every few seconds."""
    moment = now or clock.now()
    return _breach(moment) + _remind(moment)


def tick_slowly(now: dt.datetime | None = None) -> int:
    """New periods, and duties whose owner has left: a minute earlier or later does not matter."""
    return recurrence.open_periods(now or clock.now()) + _adopt()


def _remind(now: dt.datetime) -> int:
    waiting = Duty.objects.filter(state=DutyState.OPEN, reminded_at=None, remind_at__lte=now)
    count = 0
    for duty in waiting.order_by("remind_at")[:_CHUNK]:
        with transaction.atomic():
            mine = Duty.objects.filter(pk=duty.pk, state=DutyState.OPEN, reminded_at=None)
            if mine.update(reminded_at=now):
                _tell(duty, duty.person_id, NoticeKind.REMIND, now)
                _tell_deputies(duty, NoticeKind.REMIND, now)
                outbox.publish(DutyReminded(**facts_of(duty)))
                count += 1
    return count


def _breach(now: dt.datetime) -> int:
    late = Duty.objects.filter(state=DutyState.OPEN, due_at__lt=now)
    escalates = policies.current(now).get(StandardPolicy).escalates
    count = 0
    for duty in late.order_by("due_at")[:_CHUNK]:
        above = escalation_of(register.declared().get(duty.code), duty.person_id) if escalates else None
        with transaction.atomic():
            mine = Duty.objects.filter(pk=duty.pk, state=DutyState.OPEN)
            if mine.update(state=DutyState.BREACHED, breached_at=duty.due_at, escalated_to=above):
                _tell(duty, duty.person_id, NoticeKind.BREACH, now)
                _tell_deputies(duty, NoticeKind.BREACH, now)
                _tell(duty, above, NoticeKind.ESCALATION, now)
                outbox.publish(DutyBreached(**facts_of(duty), escalated_to=above))
                wake_covered(duty)  # What it stood for reminds and breaches by itself from now on.
                count += 1
    return count


def _tell_deputies(duty: Duty, kind: str, now: dt.datetime) -> None:
    """Who stands in for the owner today hears what the owner hears."""
    for deputyship in deputies.standing_in([duty.person_id] if duty.person_id is not None else []):
        if duties_stood_in(deputyship).filter(pk=duty.pk).exists():
            _tell(duty, deputyship.deputy_id, kind, now)


def _adopt() -> int:
    """Find an owner for duties that have none, or whose owner has left."""
    # Asked by person, so that the index over running duties answers; a join would read all of them.
    gone = list(Person.objects.filter(is_active=False).values_list("id", flat=True))
    orphans = Duty.objects.filter(Q(person=None) | Q(person__in=gone), state__in=RUNNING)
    count = 0
    for duty in orphans.order_by("due_at")[:_CHUNK]:
        declaration = register.declared().get(duty.code)
        if declaration is None:
            continue
        owner = owner_of(declaration, Subject(duty.subject_kind, duty.subject_id, duty.customer_id))
        if owner.person_id is not None and owner.person_id != duty.person_id:
            count += Duty.objects.filter(pk=duty.pk, person_id=duty.person_id).update(
                person_id=owner.person_id, owner_source=owner.source, is_fallback=owner.is_fallback
            )
    return count


def _tell(duty: Duty, person_id: int | None, kind: str, now: dt.datetime) -> None:
    if person_id is not None:
        notice = DutyNotice(person_id=person_id, duty=duty, kind=kind, at=now)
        DutyNotice.objects.bulk_create([notice], ignore_conflicts=True)
