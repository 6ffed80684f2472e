"""A customer wants no messages, or takes them again."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop as _

from zhike.correspond.models import Stop
from zhike.correspond.models.message import Channel
from zhike.correspond.models.stop import StopFor
from zhike.customers.public import contact_get, customer_get
from zhike.events.correspond import SendingAllowed, SendingStopped
from zhike.foundation import audit, outbox
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid, NotFound, Refusal
from zhike.foundation.records.rows import locked, saved


class AlreadyLifted(Refusal):
    """The wish does not hold any more."""

    code = "stop_lifted"
    sentence = _("This wish was lifted before. Nothing is held back by it.")


@transaction.atomic
def sending_stop(
    *,
    viewer: Viewer,
    customer: UUID,
    what: str = StopFor.MARKETING,
    channel: str = Channel.EMAIL,
    contact: UUID | None = None,
    reason: str = "",
) -> Stop:
    """Note that a customer, or one contact, wants no messages of a kind: it holds from this transaction on.

    Said twice it stays one wish. Raises: NotFound, Forbidden, Invalid.
    """
    viewer.require(Area.CONSENT, Level.EDIT)
    found = customer_get(viewer, customer)
    whom = contact_get(viewer, contact) if contact else None
    if whom is not None and whom.customer_id != found.pk:
        raise NotFound(uid=str(contact))
    if what not in StopFor.values or channel not in Channel.values:
        raise Invalid(fields={"what": "not_an_option"})
    return stopped(viewer, found.pk, whom.pk if whom else None, what, channel, reason)


def stopped(
    viewer: Viewer, customer_id: int, contact_id: int | None, what: str, channel: str, reason: str = ""
) -> Stop:
    """The same by number, inside the caller's transaction: for the answer to an unsubscribe address."""
    same = Stop.objects.filter(customer=customer_id, contact=contact_id, channel=channel, what=what, lifted_at=None)
    if standing := same.first():
        return standing
    stop = Stop.objects.create(
        customer_id=customer_id, contact_id=contact_id, channel=channel, what=what, reason=reason.strip()[:200],
        created_by_id=viewer.person_id, updated_by_id=viewer.person_id, owner_id=viewer.person_id,
        department_id=viewer.department_id,
    )  # fmt: skip
    audit.record(
        viewer, "stop.set", kind="stop", object_id=stop.pk, object_uid=stop.uid, reason=stop.reason,
        after={"customer_id": customer_id, "contact_id": contact_id, "channel": channel, "what": what},
    )  # fmt: skip
    outbox.publish(
        SendingStopped(
            customer_id=customer_id, stop_uid=str(stop.uid), contact_id=contact_id, channel=channel, what=what,
            person_id=viewer.person_id,
        )
    )  # fmt: skip
    return stop


@transaction.atomic
def sending_allow(*, viewer: Viewer, uid: UUID, version: int) -> Stop:
    """Note that the customer takes such messages again. Raises: NotFound, Forbidden, Stale, AlreadyLifted."""
    viewer.require(Area.CONSENT, Level.EDIT)
    stop = locked(viewer, Stop, uid, version)
    if stop.lifted_at is not None:
        raise AlreadyLifted()
    stop.lifted_at = clock.now()
    saved(viewer, stop, "stop.lift", lifted_at=stop.lifted_at)
    outbox.publish(
        SendingAllowed(
            customer_id=stop.customer_id, stop_uid=str(stop.uid), contact_id=stop.contact_id, channel=stop.channel,
            what=stop.what, person_id=viewer.person_id,
        )
    )  # fmt: skip
    return stop
