"""Why a customer's health fell: what the night thinks, confirmed or corrected by a person (B-23)."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop as _

from zhike.customers.public import managers_of
from zhike.events.retain import HealthCauseConfirmed, HealthFell
from zhike.foundation import audit, outbox
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.models import Person
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid, Refusal
from zhike.foundation.records import rows
from zhike.retain.models import HealthFall
from zhike.retain.rules.warning import CAUSES
from zhike.retain.services import standing
from zhike.retain.services.leading import success_manager_of


class CauseKnown(Refusal):
    """Somebody has confirmed the cause meanwhile."""

    code = "cause_known"
    sentence = _("The cause of this fall has been confirmed already. Its page says by whom.")


def fall_note(event: HealthFell) -> None:
    """Keep a fall of health until somebody says why. An open one is refreshed; the same news again changes nothing."""
    with transaction.atomic():
        fall = HealthFall.objects.select_for_update(of=("self",)).filter(
            customer_id=event.customer_id, state="open"
        ).first()  # fmt: skip
        if fall is None:
            manager = managers_of([event.customer_id]).get(event.customer_id)
            owner = success_manager_of(event.customer_id, manager, HealthFall.objects.filter(state="open"))
            department = Person.objects.filter(pk=owner).values_list("department_id", flat=True).first()
            fall = HealthFall(
                customer_id=event.customer_id, owner_id=owner, department_id=department, fell_at=event.at, version=0,
                origin=event.origin,
            )  # fmt: skip
        fall.health, fall.health_limit, fall.cause = event.health, event.limit, event.cause
        fall.version += 1
        fall.updated_at = clock.now()
        fall.save()


@transaction.atomic
def cause_confirm(*, viewer: Viewer, uid: UUID, version: int, cause: str, note: str = "") -> HealthFall:
    """Say why health fell: the cause that the night found, or another one.

    Raises: NotFound, Forbidden, Invalid, Stale, CauseKnown.
    """
    viewer.require(Area.HEALTH, Level.EDIT)
    if cause not in CAUSES:
        raise Invalid(fields={"cause": "not_an_option"})
    fall = rows.locked(viewer, HealthFall, uid, version)
    if fall.state != "open":
        raise CauseKnown(cause=fall.confirmed_cause)
    fall.state, fall.confirmed_cause, fall.confirmed_at = "confirmed", cause, clock.now()
    fall.note = (note or "").strip()
    standing.save(fall, viewer)
    audit.record(
        viewer, "health.cause", kind="health_fall", object_id=fall.pk, object_uid=fall.uid,
        before={"cause": fall.cause}, after={"customer_id": fall.customer_id, "cause": cause},
    )  # fmt: skip
    outbox.publish(
        HealthCauseConfirmed(
            customer_id=fall.customer_id, health_fall_id=fall.pk, before=fall.cause, cause=cause,
            person_id=viewer.person_id,
        )
    )  # fmt: skip
    return fall
