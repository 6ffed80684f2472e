"""What people do to greetings: take one out, put it back, give it by phone."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from zhike.events.serve import GreetingDropped, GreetingGiven, GreetingPutBack, GreetingTakenOut
from zhike.foundation import outbox
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.models import Person
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Forbidden, Invalid
from zhike.foundation.records.rows import locked, saved
from zhike.serve.models import Greeting
from zhike.serve.models.greeting import GreetingState
from zhike.serve.refusals import GreetingDayOver, GreetingNotPlanned, GreetingNotTakenOut, GreetingNotToGive
from zhike.serve.services.greeting_sending import about

_NOTE = 200


@transaction.atomic
def greeting_take_out(*, viewer: Viewer, uid: UUID, version: int | None = None, reason: str) -> Greeting:
    """Keep a planned greeting from leaving. Raises: NotFound, Forbidden, Stale, Invalid, GreetingNotPlanned."""
    viewer.require(Area.LOYALTY, Level.EDIT)
    row = locked(viewer, Greeting, uid, version)
    if row.state != GreetingState.PLANNED:
        raise GreetingNotPlanned()
    row.note = _note("reason", reason, is_required=True)
    row.state, row.decided_at = GreetingState.TAKEN_OUT, clock.now()
    saved(viewer, row, "greeting.take_out", reason=row.note, state="taken_out")
    outbox.publish(GreetingTakenOut(**about(row), person_id=viewer.person_id))
    return row


@transaction.atomic
def greeting_put_back(*, viewer: Viewer, uid: UUID, version: int | None = None) -> Greeting:
    """Plan it again. Raises: NotFound, Forbidden, Stale, GreetingNotTakenOut, GreetingDayOver."""
    viewer.require(Area.LOYALTY, Level.EDIT)
    row = locked(viewer, Greeting, uid, version)
    if row.state != GreetingState.TAKEN_OUT:
        raise GreetingNotTakenOut()
    if row.on < clock.today():
        raise GreetingDayOver()
    row.state, row.decided_at, row.note = GreetingState.PLANNED, None, ""
    saved(viewer, row, "greeting.put_back", state="planned")
    outbox.publish(GreetingPutBack(**about(row), person_id=viewer.person_id))
    return row


@transaction.atomic
def greeting_give(*, viewer: Viewer, uid: UUID, version: int | None = None, note: str = "") -> Greeting:
    """Say that the customer was greeted. Raises: NotFound, Forbidden, Stale, Invalid, GreetingNotToGive."""
    row = _to_give(viewer, uid, version)
    row.note = _note("note", note)
    row.state, row.decided_at = GreetingState.GREETED, clock.now()
    saved(viewer, row, "greeting.give", state="greeted")
    outbox.publish(GreetingGiven(**about(row), person_id=viewer.person_id))
    return row


@transaction.atomic
def greeting_drop(*, viewer: Viewer, uid: UUID, version: int | None = None, reason: str) -> Greeting:
    """Say that it is not given, and why. Raises: NotFound, Forbidden, Stale, Invalid, GreetingNotToGive."""
    row = _to_give(viewer, uid, version)
    row.note = _note("reason", reason, is_required=True)
    row.state, row.decided_at = GreetingState.DROPPED, clock.now()
    saved(viewer, row, "greeting.drop", reason=row.note, state="dropped")
    outbox.publish(GreetingDropped(**about(row), person_id=viewer.person_id))
    return row


def _to_give(viewer: Viewer, uid: UUID, version: int | None) -> Greeting:
    """Who looks after the customer gives it, whatever the post edits; so may their superior."""
    viewer.require(Area.LOYALTY, Level.BASIC)
    row = locked(viewer, Greeting, uid, version)
    is_mine = row.owner_id is not None and row.owner_id == viewer.person_id
    if not (is_mine or viewer.may(Area.LOYALTY, Level.EDIT) or _leads(viewer, row.owner_id)):
        raise Forbidden(area="loyalty", level="own")
    if row.state != GreetingState.CALL:
        raise GreetingNotToGive()
    return row


def _leads(viewer: Viewer, owner_id: int | None) -> bool:
    return Person.objects.filter(pk=owner_id, superior_id=viewer.person_id).exists()


def _note(field: str, text: str, *, is_required: bool = False) -> str:
    said = (text or "").strip()
    if is_required and not said:
        raise Invalid(fields={field: "required"})
    if len(said) > _NOTE:
        raise Invalid(fields={field: "too_long"})
    return said
