"""Starting, fulfilling and cancelling duties when events arrive. Runs inside the delivery's transaction."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from zhike.foundation import calendar, outbox, policies
from zhike.foundation.obligations import register
from zhike.foundation.obligations.declaration import (
    BY_TIER,
    Declaration,
    Obligation,
    Subject,
    events_of,
    unit_of,
)
from zhike.foundation.obligations.events import DutyCancelled, DutyFulfilled, DutyStarted
from zhike.foundation.obligations.models import UNFINISHED, Duty, DutyState
from zhike.foundation.obligations.owners import owner_of
from zhike.foundation.obligations.policy import StandardPolicy
from zhike.foundation.obligations.ports import clock_for
from zhike.foundation.obligations.rules import Due, due_of, remind_of
from zhike.foundation.outbox.event import Event, from_json
from zhike.foundation.outbox.models import EventRow
from zhike.foundation.policies import declare
from zhike.foundation.policies.load import PolicySet

log = logging.getLogger(__name__)


def react(happened: Event) -> None:
    """Let one event cancel, fulfil and start what it does. History and samples start no clock and stop none."""
    if not happened.is_live:
        return
    kind = type(happened)
    for declaration in register.cancelled_by(kind):
        for duty in _meant(declaration, happened):
            cancel(duty, happened.at, reason=happened.event_name)
    for declaration in register.fulfilled_by(kind):
        if declaration.fulfilled_when is None or declaration.fulfilled_when(happened):
            for duty in _meant(declaration, happened):
                fulfil(duty, happened)
    for declaration in register.started_by(kind):
        if declaration.when is None or declaration.when(happened):
            for subject in declaration.subjects_of(happened):
                start(declaration, subject, happened)


def start(declaration: Obligation, subject: Subject, happened: Any) -> Duty | None:
    """Let the clock of one duty run, from the policy in force at the event; None when it runs already."""
    began = declaration.began(happened) if declaration.began is not None else happened.at
    started_at = happened.at if not isinstance(began, dt.datetime) else began
    in_force = policies.current(happened.at)
    clock_kind = clock_of(declaration, in_force, subject.customer_id)
    if declaration.due is not None:
        due = Due(declaration.due(happened))
    else:
        due = due_of(began, amount_of(declaration, in_force), unit_of(declaration), clock_kind, calendar)
    duty = insert(
        declaration,
        subject,
        started_at=started_at,
        due=due,
        clock_kind=clock_kind,
        in_force=in_force,
        started_by=happened.uid,
        happened=happened,
    )
    if duty is not None and not happened.key.startswith("customer:"):
        _fulfil_if_done_meanwhile(declaration, duty)
    return duty


def insert(
    declaration: Declaration,
    subject: Subject,
    *,
    started_at: dt.datetime,
    due: Due,
    clock_kind: str,
    in_force: PolicySet,
    started_by: Any,
    happened: Any = None,
    period: str = "",
) -> Duty | None:
    """Write a duty with its owner and its reminder; None when this start, or another one before it, stands already."""
    same = Duty.objects.filter(code=declaration.code, subject_kind=subject.kind, subject_id=subject.id)
    if same.filter(Q(started_by=started_by) | Q(state__in=UNFINISHED, period=period)).exists():
        return None
    owner = owner_of(declaration, subject, happened)
    ratio = in_force.get(StandardPolicy).remind_at
    duty = Duty(
        code=declaration.code,
        customer_id=subject.customer_id,
        subject_kind=subject.kind,
        subject_id=subject.id,
        period=period,
        person_id=owner.person_id,
        owner_source=owner.source,
        is_fallback=owner.is_fallback,
        started_at=started_at,
        due_at=due.at,
        remind_at=remind_of(started_at, due.at, ratio, clock_kind, calendar),
        is_due_certain=due.is_certain,
        started_by=started_by,
        family=declaration.family,
        policy_version=_version(declaration, in_force),
    )
    return _settled_in_family(duty)


def _settled_in_family(duty: Duty) -> Duty | None:
    """Save the duty; of one family on one customer only the earliest due time runs, the others are covered (K3)."""
    siblings = list(_siblings(duty))
    first = min(siblings, key=lambda sibling: sibling.due_at, default=None)
    if first is not None and first.due_at <= duty.due_at:
        duty.state, duty.covered_by = DutyState.COVERED, first
    try:
        with transaction.atomic():
            duty.save(force_insert=True)
    except IntegrityError:
        return None
    if duty.state == DutyState.OPEN:
        covered = [sibling.pk for sibling in siblings]
        Duty.objects.filter(pk__in=covered).update(state=DutyState.COVERED, covered_by=duty)
    outbox.publish(DutyStarted(**facts_of(duty)))
    return duty


def _siblings(duty: Duty) -> QuerySet[Duty]:
    if not duty.family:
        return Duty.objects.none()
    same = (
        Q(customer_id=duty.customer_id)
        if duty.customer_id is not None
        else Q(subject_kind=duty.subject_kind, subject_id=duty.subject_id)
    )
    # A duty that is overdue already goes on being shown: a new clock does not hide it.
    return Duty.objects.filter(same, family=duty.family, state=DutyState.OPEN).exclude(code=duty.code)


def fulfil(duty: Duty, happened: Event) -> None:
    """Note that the duty was done, in time or late; what it covered is done with it."""
    is_late = happened.at > duty.due_at
    changed = Duty.objects.filter(pk=duty.pk, state__in=UNFINISHED).update(
        state=DutyState.FULFILLED,
        fulfilled_at=happened.at,
        fulfilled_by=happened.uid,
        breached_at=duty.breached_at or (duty.due_at if is_late else None),
    )
    if not changed:
        return
    outbox.publish(DutyFulfilled(**facts_of(duty), is_late=is_late))
    later = []
    for covered in Duty.objects.filter(covered_by=duty, state=DutyState.COVERED).order_by("due_at", "id"):
        if covered.started_at > happened.at:  # What was done before it began does not do it.
            later.append(covered)
        else:
            fulfil(covered, happened)
    _wake(later)


def cancel(duty: Duty, at: dt.datetime, *, reason: str) -> bool:
    """Note that the duty fell away; the next duty that it covered runs again. False when it was over already."""
    changed = Duty.objects.filter(pk=duty.pk, state__in=UNFINISHED).update(
        state=DutyState.CANCELLED, cancelled_at=at, cancel_reason=reason[:200]
    )
    if not changed:
        return False
    outbox.publish(DutyCancelled(**facts_of(duty)))
    wake_covered(duty)
    return True


def wake_covered(duty: Duty) -> None:
    """Let the next duty that ``duty`` covered run again; it covers the others from now on."""
    _wake(list(Duty.objects.filter(covered_by=duty, state=DutyState.COVERED).order_by("due_at", "id")))


def _wake(covered: Sequence[Duty]) -> None:
    if covered:
        Duty.objects.filter(pk=covered[0].pk).update(state=DutyState.OPEN, covered_by=None)
        Duty.objects.filter(pk__in=[other.pk for other in covered[1:]]).update(covered_by=covered[0])


def cancel_all(customer_ids: Sequence[int], at: dt.datetime, *, reason: str) -> int:
    """Let everything unfinished about these customers fall away; say how many duties."""
    # Covered ones first: what covered them must not wake them up.
    duties = Duty.objects.filter(customer_id__in=customer_ids, state__in=UNFINISHED)
    ordered = sorted(duties, key=lambda duty: duty.state != DutyState.COVERED)
    return sum(cancel(duty, at, reason=reason) for duty in ordered)


def _meant(declaration: Declaration, happened: Any) -> list[Duty]:
    """The unfinished duties of ``declaration`` that an event speaks of: by its subject, else by its customer."""
    duties = Duty.objects.filter(code=declaration.code, state__in=UNFINISHED, started_at__lte=happened.at)
    period = getattr(happened, "period", None)
    if period:
        duties = duties.filter(period=period)
    number = getattr(happened, f"{declaration.subject}_id", None)
    customer_id = getattr(happened, "customer_id", None)
    if number is not None:
        duties = duties.filter(subject_kind=declaration.subject, subject_id=number)
    elif customer_id is not None and declaration.subject != "period":
        duties = duties.filter(customer_id=customer_id)
    elif declaration.subject != "period":
        return []
    return list(duties.order_by("due_at", "id"))


def _fulfil_if_done_meanwhile(declaration: Obligation, duty: Duty) -> None:
    """A start that was ordered by another key than the customer's may arrive after what fulfils it."""
    if duty.customer_id is None or not declaration.fulfils:
        return
    names = [event.event_name for event in events_of(declaration.fulfils)]
    rows = EventRow.objects.filter(
        key=f"customer:{duty.customer_id}", name__in=names, at__gte=duty.started_at, origin="live"
    )
    for row in rows.order_by("id"):
        happened = from_json(row.name, row.payload, uid=row.uid, at=row.at, origin=row.origin)
        fits = declaration.fulfilled_when is None or declaration.fulfilled_when(happened)
        if fits and any(duty.pk == meant.pk for meant in _meant(declaration, happened)):
            fulfil(duty, happened)
            return


def clock_of(declaration: Declaration, in_force: PolicySet, customer_id: int | None = None) -> str:
    """Elapsed or working time, by declaration or by policy, which may leave it to the tier of the customer."""
    if isinstance(declaration.clock, str):
        return declaration.clock
    kind = str(_value(declaration.clock, in_force))
    return clock_for(customer_id) if kind == BY_TIER else kind


def amount_of(declaration: Declaration, in_force: PolicySet) -> float:
    """The time allowed, by the policy in force."""
    if declaration.within is None:
        raise ValueError(f"{declaration.code} has no time allowed")
    return float(_value(declaration.within, in_force))


def _value(place: Any, in_force: PolicySet) -> Any:
    policy_name, field_name = place
    return getattr(in_force.get(declare.declared()[policy_name]), field_name)


def _version(declaration: Declaration, in_force: PolicySet) -> str:
    if declaration.within is None:
        return ""
    return in_force.version_of(declare.declared()[str(declaration.within[0])])


def facts_of(duty: Duty) -> dict[str, Any]:
    """What every event about a duty carries."""
    return {
        "duty_id": duty.pk,
        "code": duty.code,
        "customer_id": duty.customer_id,
        "person_id": duty.person_id,
    }
