"""Churn warnings: proposed by the night, published or dismissed by a data specialist."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop as _

from zhike.customers.public import managers_of
from zhike.events.retain import RetentionContactMade, WarningDismissed, WarningProposed, WarningPublished
from zhike.foundation import audit, outbox
from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Forbidden, Invalid, Refusal
from zhike.foundation.policies import current
from zhike.retain.models import Warning
from zhike.retain.policy import ClockPolicy

_RANK = {"low": 1, "medium": 2, "high": 3}
PUBLISHERS = ("data_specialist", "sales_lead", "success_manager")


class WarningNotOpen(Refusal):
    """The warning was published, dismissed or withdrawn meanwhile."""

    code = "warning_not_open"
    sentence = _("Somebody has already decided on this warning. Reload the list to see what was decided.")


@dataclass(frozen=True)
class Proposal:
    """What the night found about one customer: codes and evidence, money in minor units."""

    customer_id: int
    risk: str
    main_cause: str
    signals: Sequence[Mapping[str, Any]]
    tier: str
    health: float | None
    value_at_stake_minor: int | None
    currency: str
    route: str
    model_version: str


@dataclass(frozen=True)
class Proposed:
    """What became of a night's proposals: how many are new, stood from a night before, rest, and were withdrawn."""

    new: int
    refreshed: int
    resting: int
    withdrawn: int


@transaction.atomic
def warnings_propose(*, viewer: Viewer, proposals: Sequence[Proposal], as_of: dt.date, run_id: int) -> Proposed:
    """Bring the open proposals into line with what the night of ``as_of`` found.

    Idempotent: the same night again changes nothing. A published warning is left alone; a proposal whose cause
    is gone is withdrawn; a customer whose warning was dismissed rests unless the risk has risen.
    Raises: Forbidden (only the system proposes).
    """
    if not viewer.is_system:
        raise Forbidden(area="health", level="propose")
    found = {p.customer_id: p for p in proposals}
    # Locked: somebody may be publishing one of them just now.
    rows = Warning.objects.select_for_update(of=("self",)).filter(state__in=["proposed", "published"])
    open_now = {w.customer_id: w for w in rows.order_by("pk")}
    in_force = current(clock.start_of(as_of + dt.timedelta(days=1)))
    resting = _resting(found, as_of - dt.timedelta(days=in_force.get(ClockPolicy).dismissed_rest_days))
    managers = managers_of(found)
    fresh, known, changed = [], 0, []
    for customer_id, proposal in found.items():
        standing = open_now.get(customer_id)
        if standing is None and customer_id not in resting:
            warning = Warning(customer_id=customer_id, proposed_on=as_of, owner_id=managers.get(customer_id))
            fresh.append(_filled(warning, proposal, run_id))
        elif standing is not None and standing.state == "proposed":
            known += standing.proposed_on != as_of
            before = _finding(standing)
            if _finding(_filled(standing, proposal, run_id)) != before:
                standing.version += 1
                standing.updated_at = clock.now()
                changed.append(standing)
    stale = [w for w in open_now.values() if w.state == "proposed" and w.customer_id not in found]
    for warning in stale:
        warning.state, warning.updated_at, warning.version = "withdrawn", clock.now(), warning.version + 1
    Warning.objects.bulk_create(fresh, batch_size=1000)
    Warning.objects.bulk_update(changed, [*_FOUND, "run_id", "version", "updated_at"], batch_size=500)
    Warning.objects.bulk_update(stale, ["state", "version", "updated_at"], batch_size=500)
    _tell(viewer, fresh, stale)
    return Proposed(len(fresh), known, len(resting - open_now.keys()), len(stale))


_FOUND = (
    "risk", "main_cause", "signals", "tier", "health", "value_at_stake_minor", "currency", "route", "model_version",
)  # fmt: skip


def _filled(warning: Warning, proposal: Proposal, run_id: int) -> Warning:
    for column in _FOUND:
        value = getattr(proposal, column)
        setattr(warning, column, list(value) if column == "signals" else value)
    warning.run_id = run_id
    return warning


def _finding(warning: Warning) -> list[Any]:
    """What a night found, to tell whether another night found anything else."""
    return [getattr(warning, column) for column in (*_FOUND, "run_id")]


def _resting(found: Mapping[int, Proposal], since: dt.date) -> set[int]:
    """Customers whose last warning was dismissed or answered a short while ago, at no lower risk than now."""
    decided = Warning.objects.filter(
        customer_id__in=list(found), state__in=["dismissed", "contacted"], updated_at__gte=clock.start_of(since)
    ).values_list("customer_id", "risk")
    return {c for c, risk in decided if _RANK[found[c].risk] <= _RANK[risk]}


def _tell(viewer: Viewer, fresh: Iterable[Warning], stale: Iterable[Warning]) -> None:
    batch = [
        (w.customer_id, audit.digest_of({"state": w.state, "risk": w.risk, "cause": w.main_cause}))
        for w in (*fresh, *stale)
    ]
    if batch:
        audit.record(viewer, "warning.propose", kind="warning", object_id=None, object_uid=None, batch=batch)
    outbox.publish(
        *(WarningProposed(customer_id=w.customer_id, warning_id=w.pk, risk=w.risk, cause=w.main_cause) for w in fresh)
    )


@transaction.atomic
def warning_publish(*, viewer: Viewer, uid: UUID) -> Warning:
    """Put a proposed customer on the warning list: the contact clock of the customer manager starts now.

    The due time is computed once, from the policy in force, and stored.
    Raises: NotFound, Forbidden, WarningNotOpen.
    """
    warning = _open(viewer, uid)
    now = clock.now()
    hours = current(now).get(ClockPolicy).contact_hours
    warning.state, warning.published_at, warning.published_by_id = "published", now, viewer.person_id
    warning.contact_due_at = now + dt.timedelta(hours=hours)
    warning.owner_id = managers_of([warning.customer_id]).get(warning.customer_id)
    _save(warning, viewer)
    audit.record(
        viewer, "warning.publish", kind="warning", object_id=warning.pk, object_uid=warning.uid,
        after={"customer_id": warning.customer_id, "contact_due_at": warning.contact_due_at.isoformat()},
    )  # fmt: skip
    outbox.publish(
        WarningPublished(
            customer_id=warning.customer_id,
            warning_id=warning.pk,
            warning_uid=str(warning.uid),
            risk=warning.risk,
            cause=warning.main_cause,
            person_id=viewer.person_id,
            at=now,
        )
    )
    return warning


def warnings_publish(*, viewer: Viewer, uids: Sequence[UUID]) -> int:
    """Publish several proposals; those somebody has decided on meanwhile are passed over."""
    done = 0
    for uid in uids:
        try:
            warning_publish(viewer=viewer, uid=uid)
            done += 1
        except WarningNotOpen:
            continue
    return done


@transaction.atomic
def warning_dismiss(*, viewer: Viewer, uid: UUID, reason: str) -> Warning:
    """Set a proposal aside. The reason is required: it feeds the precision of the model.

    Raises: NotFound, Forbidden, Invalid, WarningNotOpen.
    """
    if not reason.strip():
        raise Invalid(fields={"reason": "required"})
    warning = _open(viewer, uid)
    warning.state, warning.dismissed_reason = "dismissed", reason.strip()[:200]
    _save(warning, viewer)
    audit.record(viewer, "warning.dismiss", kind="warning", object_id=warning.pk, object_uid=warning.uid, reason=reason)
    outbox.publish(
        WarningDismissed(
            customer_id=warning.customer_id, warning_id=warning.pk, warning_uid=str(warning.uid), reason=reason
        )
    )
    return warning


def warning_contacted(*, customer_id: int, interaction_id: int, at: dt.datetime) -> None:
    """The warned customer was spoken to: fulfils the contact duty. Nothing happens without a published warning."""
    with transaction.atomic():
        warning = (
            Warning.objects.select_for_update(of=("self",)).filter(customer_id=customer_id, state="published").first()
        )
        if warning is None or warning.published_at is None or at < warning.published_at:
            return
        warning.state, warning.contacted_at, warning.updated_at = "contacted", at, clock.now()
        warning.version += 1
        warning.save(update_fields=["state", "contacted_at", "updated_at", "version"])
        outbox.publish(
            RetentionContactMade(customer_id=customer_id, warning_id=warning.pk, interaction_id=interaction_id, at=at)
        )


def _open(viewer: Viewer, uid: UUID) -> Warning:
    viewer.require(Area.HEALTH, Level.EDIT)
    if not viewer.is_system and not viewer.holds(*PUBLISHERS):
        raise Forbidden(area="health", level="publish")
    warning = scope.one(viewer, Warning.objects.select_for_update(of=("self",)), uid=uid)
    if warning.state != "proposed":
        raise WarningNotOpen(state=warning.state)
    return warning


def _save(warning: Warning, viewer: Viewer) -> None:
    warning.version += 1
    warning.updated_at, warning.updated_by_id = clock.now(), viewer.person_id
    warning.save()
