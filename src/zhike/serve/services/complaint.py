"""A complaint from intake to the answer: promised, dispatched, investigated, resolved, fed back."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import transaction

from zhike.customers.public import numbers_take
from zhike.events.serve import (
    ComplaintAnswered,
    ComplaintDispatched,
    ComplaintInvestigated,
    ComplaintPromiseTold,
    ComplaintReceived,
    ComplaintResolved,
)
from zhike.foundation import outbox
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.naming import named
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid, NotFound, Refusal
from zhike.foundation.policies import current
from zhike.serve.models import Complaint
from zhike.serve.models.complaint import ComplaintCause, ComplaintForm, ComplaintState
from zhike.serve.models.ticket import Channel
from zhike.serve.policy import ComplaintClocks
from zhike.serve.refusals import (
    NoSolution,
    NotAccepted,
    NotAnswered,
    NotClosed,
    NotDispatched,
    NothingToTell,
    NotInvestigated,
    StepTaken,
)
from zhike.serve.rules.steps import Fit, fit_of
from zhike.serve.services.ticket import contact_of
from zhike.serve.services.writing import (
    after_hours,
    customer_number,
    held,
    made,
    now_and,
    required,
    saved,
)

_EARLY: dict[str, type[Refusal]] = {
    "investigate": NotDispatched,
    "resolve": NotInvestigated,
    "answer": NoSolution,
    "opinion": NotAnswered,
    "close": NotAccepted,
    "call_back": NotClosed,
}


@transaction.atomic
def complaint_receive(
    *,
    viewer: Viewer,
    customer: UUID | int,
    content: str,
    form: str = "spoken",
    channel: str = "phone",
    cause: str = "",
    contact_id: int | None = None,
    contact: UUID | None = None,
    received_at: dt.datetime | None = None,
    promise_hours: float | None = None,
    is_promise_told: bool = False,
) -> Complaint:
    """Take in a complaint and promise when the customer has a clear answer.

    The limit is computed once, from the policy in force or the hours chosen, and stored: a later change of policy
    does not rewrite a promise already made.
    Raises: NotFound, Forbidden, Invalid.
    """
    viewer.require(Area.COMPLAINTS, Level.EDIT)
    required(content=content)
    _check_options(form=(form, ComplaintForm.values), channel=(channel, Channel.values),
                   cause=(cause, ["", *ComplaintCause.values]))  # fmt: skip
    now, received = now_and(received_at, "received_at")
    customer_id = customer_number(viewer, customer)
    hours = _hours(promise_hours, now)
    complaint = Complaint(
        customer_id=customer_id, contact_id=contact_of(viewer, customer_id, contact or contact_id),
        number=f"TS{numbers_take('complaint')[0]:07d}", content=content.strip(), form=form, channel=channel,
        cause=cause,
        received_at=received, promise_hours=round(hours),
        promised_at=after_hours(received, hours),
        is_promise_told=is_promise_told, owner_id=viewer.person_id, department_id=viewer.department_id,
    )  # fmt: skip
    made(
        viewer, complaint, "complaint.receive",
        {"customer_id": customer_id, "number": complaint.number, "form": form, "promised_at": complaint.promised_at},
    )  # fmt: skip
    outbox.publish(
        ComplaintReceived(
            **about(complaint), at=now, cause=cause, received_at=received, promised_at=complaint.promised_at,
            person_id=viewer.person_id,
        )
    )  # fmt: skip
    return complaint


@transaction.atomic
def complaint_tell(*, viewer: Viewer, uid: UUID, version: int, contact: UUID | None = None) -> Complaint:
    """The customer, by ``contact``, knows the number of the complaint and until when it is answered.

    Raises: NotFound, Forbidden, Stale, Invalid, NothingToTell.
    """
    complaint = held(viewer, Complaint, Area.COMPLAINTS, uid, version)
    if not asks_to_tell(complaint):
        raise NothingToTell
    now, told = clock.now(), contact_of(viewer, complaint.customer_id, contact)
    after = {"is_promise_told": True, "contact_id": told or complaint.contact_id}
    saved(viewer, complaint, "complaint.tell", after, at=now)
    outbox.publish(
        ComplaintPromiseTold(
            **about(complaint), at=now, promised_at=complaint.promised_at or now, person_id=viewer.person_id
        )
    )
    return complaint


def asks_to_tell(complaint: Complaint) -> bool:
    """Whether there is a promise of which the customer does not know yet."""
    return complaint.is_open and complaint.promised_at is not None and not complaint.is_promise_told


@transaction.atomic
def complaint_dispatch(
    *, viewer: Viewer, uid: UUID, version: int, department: int | None = None, handler: int | None = None
) -> Complaint:
    """Give the complaint to the department or the person that answers for it.

    Raises: NotFound, Forbidden, Stale, Invalid, StepTaken, PostsLackWork, BeyondReach.
    """
    complaint = at_step(viewer, uid, version, "dispatch")
    if department is None and handler is None:
        raise Invalid(fields={"department": "required"})
    if handler is not None:
        person = named(handler, Area.COMPLAINTS, about=complaint, field="handler")
        department = department or person.department_id
    now = clock.now()
    after = {
        "state": ComplaintState.DISPATCHED.value, "responsible_department_id": department, "handler_id": handler,
        "dispatched_at": now, "owner_id": complaint.owner_id or viewer.person_id,
    }  # fmt: skip
    saved(viewer, complaint, "complaint.dispatch", after, at=now)
    outbox.publish(
        ComplaintDispatched(
            **about(complaint), at=now, department_id=department, handler_id=handler, person_id=viewer.person_id
        )
    )
    return complaint


@transaction.atomic
def complaint_investigate(
    *, viewer: Viewer, uid: UUID, version: int, finding: str, responsible_party: str, effect_scope: str
) -> Complaint:
    """Record the cause, the responsible party and the scope of effect.

    Raises: NotFound, Forbidden, Stale, Invalid, NotDispatched, StepTaken.
    """
    complaint = at_step(viewer, uid, version, "investigate")
    required(finding=finding, responsible_party=responsible_party, effect_scope=effect_scope)
    now = clock.now()
    after = {
        "state": ComplaintState.INVESTIGATED.value, "finding": finding.strip(), "investigated_at": now,
        "responsible_party": responsible_party.strip()[:120], "effect_scope": effect_scope.strip(),
    }  # fmt: skip
    saved(viewer, complaint, "complaint.investigate", after, at=now)
    outbox.publish(ComplaintInvestigated(**about(complaint), at=now, person_id=viewer.person_id))
    return complaint


@transaction.atomic
def complaint_resolve(*, viewer: Viewer, uid: UUID, version: int, solution: str, basis: str) -> Complaint:
    """Write the solution and on what it rests: company rules, service promise, contract.

    Raises: NotFound, Forbidden, Stale, Invalid, NotInvestigated, StepTaken.
    """
    complaint = at_step(viewer, uid, version, "resolve")
    required(solution=solution, basis=basis)
    now = clock.now()
    after = {
        "state": ComplaintState.RESOLVED.value, "solution": solution.strip(), "basis": basis.strip(),
        "resolved_at": now,
    }  # fmt: skip
    saved(viewer, complaint, "complaint.resolve", after, at=now)
    outbox.publish(
        ComplaintResolved(**about(complaint), at=now, receiver_id=complaint.owner_id, person_id=viewer.person_id)
    )
    return complaint


@transaction.atomic
def complaint_answer(*, viewer: Viewer, uid: UUID, version: int) -> Complaint:
    """The customer has heard the solution with its basis and was asked for an opinion.

    Raises: NotFound, Forbidden, Stale, NoSolution, StepTaken.
    """
    complaint = at_step(viewer, uid, version, "answer")
    now = clock.now()
    after = {"state": ComplaintState.ANSWERED.value, "answered_at": now, "opinion": "", "opinion_text": ""}
    saved(viewer, complaint, "complaint.answer", after, at=now)
    outbox.publish(ComplaintAnswered(**about(complaint), at=now, person_id=viewer.person_id))
    return complaint


def at_step(viewer: Viewer, uid: UUID, version: int | None, step: str, customer_id: int | None = None) -> Complaint:
    """The complaint, locked, if ``step`` fits it now. Raises what stands in its way.

    Whose it is comes first: that of another customer than ``customer_id`` is not there, however it stands.
    """
    complaint = held(viewer, Complaint, Area.COMPLAINTS, uid, version)
    if customer_id is not None and complaint.customer_id != customer_id:
        raise NotFound(uid=str(uid))
    match fit_of(step, complaint.state):
        case Fit.EARLY:
            raise _EARLY[step](state=complaint.state)
        case Fit.LATE:
            raise StepTaken(state=complaint.state)
    return complaint


def about(complaint: Complaint) -> dict[str, Any]:
    """What every event about a complaint carries."""
    return {
        "customer_id": complaint.customer_id,
        "complaint_id": complaint.pk,
        "complaint_uid": str(complaint.uid),
        "number": complaint.number,
    }


def _hours(chosen: float | None, now: dt.datetime) -> float:
    """The promised hours: as chosen, within what may be promised, else the policy's. Raises Invalid."""
    policy = current(now).get(ComplaintClocks)
    if chosen is None:
        return policy.promise_hours
    if chosen <= 0:
        raise Invalid(fields={"promise_hours": "too_small"})
    if chosen > policy.promise_hours_max:
        raise Invalid(fields={"promise_hours": "too_large"})
    return chosen


def _check_options(**given: tuple[str, list[str]]) -> None:
    wrong = {name: "not_an_option" for name, (value, options) in given.items() if value not in options}
    if wrong:
        raise Invalid(fields=wrong)
