"""What people do to duties: hand one over, call one off, take note."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop as _

from zhike.foundation import audit
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.models import Person
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Forbidden, Invalid, NotFound, Refusal
from zhike.foundation.obligations import engine, register
from zhike.foundation.obligations.declaration import Subject, owners_of
from zhike.foundation.obligations.models import RUNNING, UNFINISHED, Duty, DutyNotice
from zhike.foundation.obligations.owners import owner_of


class DutyOver(Refusal):
    """The duty was done or cancelled before."""

    code = "duty_over"
    sentence = _("This duty is done or cancelled already. Reload the list.")


@transaction.atomic
def duty_reassign(viewer: Viewer, uid: UUID, *, person_id: int, reason: str) -> Duty:
    """Give a running duty to somebody else; its clock runs on.

    The owner, a superior of the owner and who approves settings may.
    Raises: NotFound, Forbidden, Invalid (no reason, nobody there), DutyOver.
    """
    duty = _running(uid)
    if viewer.person_id != duty.person_id or viewer.person_id is None:
        _require_above(viewer, duty)
    if not reason.strip():
        raise Invalid(fields={"reason": "required"})
    if not Person.objects.filter(pk=person_id, is_active=True).exists():
        raise Invalid(fields={"person": "unknown"})
    before = {"person_id": duty.person_id}
    duty.person_id, duty.owner_source, duty.is_fallback = person_id, "by hand", False
    duty.save(update_fields=["person", "owner_source", "is_fallback"])
    _record(viewer, "obligations.reassign", duty, before, {"person_id": person_id}, reason)
    return duty


@transaction.atomic
def duty_cancel(viewer: Viewer, uid: UUID, *, reason: str) -> Duty:
    """Call off a running duty. A superior of the owner and who approves settings may; the owner may not.

    Raises: NotFound, Forbidden, Invalid (no reason), DutyOver.
    """
    duty = _running(uid)
    _require_above(viewer, duty)
    if not reason.strip():
        raise Invalid(fields={"reason": "required"})
    engine.cancel(duty, clock.now(), reason=reason)
    _record(viewer, "obligations.cancel", duty, {"state": duty.state}, {"state": "cancelled"}, reason)
    duty.refresh_from_db()
    return duty


@transaction.atomic
def notices_seen(viewer: Viewer, notice_ids: Collection[int] | None = None) -> int:
    """Take note of what one was told (all of it, if not named); say how many were new."""
    notices = DutyNotice.objects.filter(person=viewer.person_id, seen_at=None)
    if notice_ids is not None:
        notices = notices.filter(id__in=notice_ids)
    return notices.update(seen_at=clock.now())


@transaction.atomic
def reassign(customer_ids: Sequence[int], *, relation: str) -> int:
    """Give the running duties of these customers to who stands in ``relation`` now; say how many moved.

    Duties handed over by hand, and those whose owner was found in a place before the relation, stay.
    """
    place = f"relation:{relation}"
    codes = [code for code, declared in register.declared().items() if place in owners_of(declared)]
    # A covered duty may run again one day: it goes along.
    duties = Duty.objects.filter(customer_id__in=customer_ids, code__in=codes, state__in=UNFINISHED)
    moved = 0
    for duty in duties.exclude(owner_source__in=["by hand", "handed over"]):
        places = owners_of(register.declared()[duty.code])
        if not duty.is_fallback and duty.owner_source in places[: places.index(place)]:
            continue
        subject = Subject(duty.subject_kind, duty.subject_id, duty.customer_id)
        owner = owner_of(register.declared()[duty.code], subject)
        if owner.person_id is not None and owner.person_id != duty.person_id:
            duty.person_id, duty.owner_source, duty.is_fallback = owner.person_id, owner.source, owner.is_fallback
            duty.save(update_fields=["person", "owner_source", "is_fallback"])
            moved += 1
    return moved


@transaction.atomic
def hand_over(kind: str, number: int, codes: Collection[str], person_id: int) -> int:
    """Give the running duties of these codes about one ticket, contract, complaint to ``person_id``; say how many.

    Duties handed over by hand stay where they were put.
    """
    duties = Duty.objects.filter(subject_kind=kind, subject_id=number, code__in=codes, state__in=UNFINISHED)
    moved = duties.exclude(owner_source="by hand").exclude(person_id=person_id)
    return moved.update(person_id=person_id, owner_source="handed over", is_fallback=False)


def duties_owed(person_id: int) -> int:
    """How many unfinished duties a person owes."""
    return Duty.objects.filter(person_id=person_id, state__in=UNFINISHED).count()


def duties_hand_over(viewer: Viewer, before: int, after: int) -> int:
    """All unfinished duties of one person pass to another, their clocks running on; returns how many.

    Runs inside the transaction of whoever closes the account, who has checked the permission.
    """
    ids = list(Duty.objects.filter(person_id=before, state__in=UNFINISHED).values_list("pk", flat=True))
    if not ids:
        return 0
    Duty.objects.filter(pk__in=ids).update(person_id=after, is_fallback=False)
    digest = audit.digest_of({"person_before": before, "person_after": after})
    audit.record(
        viewer, "obligations.reassign", kind="obligations.duty", batch=[(pk, digest) for pk in ids],
        before={"person_id": before}, after={"person_id": after},
    )  # fmt: skip
    return len(ids)


def _running(uid: UUID) -> Duty:
    duty = Duty.objects.select_for_update().filter(uid=uid).first()
    if duty is None:
        raise NotFound(uid=str(uid))
    if duty.state not in RUNNING:
        raise DutyOver(state=duty.state)
    return duty


def _require_above(viewer: Viewer, duty: Duty) -> None:
    if viewer.may(Area.SETTINGS, Level.APPROVE):
        return
    if viewer.person_id is None or viewer.person_id not in _superiors(duty.person_id):
        raise Forbidden(duty=str(duty.uid))


def _superiors(person_id: int | None) -> set[int]:
    found: set[int] = set()
    while person_id is not None:
        above = Person.objects.filter(pk=person_id).values_list("superior_id", flat=True).first()
        person_id = above if above not in found else None
        if above is not None:
            found.add(above)
    return found


def _record(viewer: Viewer, action: str, duty: Duty, before: dict, after: dict, reason: str) -> None:
    audit.record(
        viewer,
        action,
        kind="obligations.duty",
        object_id=duty.pk,
        object_uid=duty.uid,
        before=before,
        after=after | {"code": duty.code},
        reason=reason,
    )
