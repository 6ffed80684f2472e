"""Contracts begin and end with their days."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F, QuerySet

from zhike.customers.public import customers_hold
from zhike.events.win import ContractEnded
from zhike.foundation import audit, outbox
from zhike.foundation.access.viewer import Viewer, system
from zhike.foundation.kit import clock
from zhike.win.models import Contract
from zhike.win.models.contract import IN_FORCE, ContractStatus
from zhike.win.services.contract import facts_of

_PIECE = 500


def contracts_turn(*, viewer: Viewer, day: dt.date) -> int:
    """What is over becomes ended, what begins becomes active: the state of ``day``. Returns how many turned.

    A transaction for each piece; what was turned before, or meanwhile by somebody else, is left alone.
    """
    turned = 0
    for status in (ContractStatus.ENDED, ContractStatus.ACTIVE):
        while (count := _piece_turned(viewer, day, status)) is not None:
            turned += count
    return turned


def turn_today() -> int:
    """The turn of today, by the system."""
    return contracts_turn(viewer=system("the days of contracts"), day=clock.today())


@transaction.atomic
def _piece_turned(viewer: Viewer, day: dt.date, status: ContractStatus) -> int | None:
    """Turn the next piece; None when nothing waits."""
    waiting = _waiting(day, status)
    next_ones = list(waiting.order_by("pk").values_list("pk", "customer_id")[:_PIECE])
    if not next_ones:
        return None
    customers_hold(customer_id for _pk, customer_id in next_ones)
    rows = list(
        waiting.filter(pk__in=[pk for pk, _customer in next_ones]).select_for_update(of=("self",)).order_by("pk")
    )
    Contract.objects.filter(pk__in=[row.pk for row in rows]).update(
        status=status, version=F("version") + 1, updated_at=clock.now(), updated_by=viewer.person_id
    )
    if rows:
        digest = audit.digest_of({"status": str(status)})
        audit.record(
            viewer, "contract.turn", kind="contract", object_id=None, object_uid=None,
            batch=[(row.pk, digest) for row in rows],
        )  # fmt: skip
    if status == ContractStatus.ENDED:
        outbox.publish(*(_ended(row, viewer) for row in rows if _is_news(row)))
    return len(rows)


def _waiting(day: dt.date, status: ContractStatus) -> QuerySet[Contract]:
    alive = Contract.objects.filter(deleted_at=None)
    if status == ContractStatus.ENDED:
        return alive.filter(status__in=IN_FORCE, ends_on__lt=day)
    return alive.filter(status=ContractStatus.SIGNED, starts_on__lte=day)


def _is_news(row: Contract) -> bool:
    """Whether the contract ran when it was written down here; one loaded after its end is history."""
    return row.ends_on is not None and row.ends_on >= clock.local(row.created_at).date()


def _ended(row: Contract, viewer: Viewer) -> ContractEnded:
    return ContractEnded(**facts_of(row, viewer), outcome=str(ContractStatus.ENDED), reason="")
