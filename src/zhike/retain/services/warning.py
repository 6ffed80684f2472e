"""Churn warnings: proposed by the night, published or dismissed by a data specialist."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop as _

from zhike.customers.public import cards_of, customers_hold, managers_of
from zhike.events.retain import RetentionContactMade, WarningDismissed, WarningProposed, WarningPublished
from zhike.foundation import audit, outbox
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer, system
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Forbidden, Invalid, Refusal, Stale
from zhike.foundation.policies import current
from zhike.foundation.records import rows
from zhike.retain.models import RetentionCase, Warning
from zhike.retain.policy import ClockPolicy
from zhike.retain.rules.case import OPEN
from zhike.retain.services import standing
from zhike.retain.services.case import case_for_warning

_RANK = {"low": 1, "medium": 2, "high": 3}
PUBLISHERS = ("data_specialist", "sales_lead", "success_manager")


class WarningNotOpen(Refusal):
    """The warning was published, dismissed or withdrawn meanwhile."""

    code = "warning_not_open"
    sentence = _("Somebody has already decided on this warning. Reload the list to see what was decided.")


class CaseStands(Refusal):
    """The warning has a case, or is not on the list."""

    code = "case_stands"
    sentence = _(
        "This warning has its case already, or nobody has published it. Reload the page to see where it stands."
    )


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
    open_of = Warning.objects.filter(state__in=["proposed", "published"]).values_list("customer_id", flat=True)
    customers_hold([*found, *open_of])
    # Locked: somebody may be publishing one of them just now.
    held = Warning.objects.select_for_update(of=("self",)).filter(state__in=["proposed", "published"])
    open_now = {w.customer_id: w for w in held.order_by("pk")}
    in_force = current(clock.start_of(as_of + dt.timedelta(days=1)))
    resting = _resting(found, as_of, in_force.get(ClockPolicy))
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


def _resting(found: Mapping[int, Proposal], as_of: dt.date, policy: ClockPolicy) -> set[int]:
    """Customers who are not proposed now, because somebody works on them or has decided a short while ago.

    A decision at no lower risk than now rests: a warning dismissed or answered, a customer saved. An open case rests,
    and so does who was lost, as long as the cooling period lasts and no new order came.
    """

    def since(days: int) -> dt.datetime:
        return clock.start_of(as_of - dt.timedelta(days=days))

    decided = Warning.objects.filter(
        customer_id__in=list(found), state__in=["dismissed", "contacted", "closed"],
        updated_at__gte=since(policy.dismissed_rest_days),
    ).values_list("customer_id", "risk")  # fmt: skip
    cases = RetentionCase.objects.filter(customer_id__in=list(found))
    saved = cases.filter(state="saved", closed_at__gte=since(policy.saved_rest_days)).values_list("customer_id", "risk")
    resting = {c for c, risk in (*decided, *saved) if _RANK[found[c].risk] <= _RANK[risk]}
    resting |= set(cases.filter(state__in=OPEN).values_list("customer_id", flat=True))
    lost = cases.filter(state__in=["lost", "archived"], closed_at__gte=since(policy.cooling_days))
    return resting | _still_gone(dict(lost.values_list("customer_id", "closed_at")))


def _still_gone(lost: Mapping[int, dt.datetime]) -> set[int]:
    """Of customers lost at a moment those who have not ordered since."""
    cards = cards_of(system("who came back"), lost)
    back = {c for c, card in cards.items() if card.last_order_on and card.last_order_on > clock.local(lost[c]).date()}
    return set(lost) - back


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
def warning_publish(*, viewer: Viewer, uid: UUID, version: int | None = None) -> Warning:
    """Put a proposed customer on the warning list: the contact clock of the customer manager starts now.

    With it the retention case opens, led by whom value and risk name (RET-10). The due time is computed once,
    from the policy in force, and stored.
    Raises: NotFound, Forbidden, WarningNotOpen, Stale (a night has refreshed the ``version`` that was read).
    """
    warning = _open(viewer, uid, version)
    now = clock.now()
    hours = current(now).get(ClockPolicy).contact_hours
    warning.state, warning.published_at, warning.published_by_id = "published", now, viewer.person_id
    warning.contact_due_at = now + dt.timedelta(hours=hours)
    warning.owner_id = managers_of([warning.customer_id]).get(warning.customer_id)
    warning.case = case_for_warning(viewer=viewer, warning=warning, at=now)
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
            retention_case_id=warning.case.pk,
            at=now,
        )
    )
    return warning


@transaction.atomic
def warning_case_open(*, viewer: Viewer, uid: UUID, version: int) -> Warning:
    """Open the case of a warning that was published before there were cases; somebody contacted goes to the interview.

    Raises: NotFound, Forbidden, Stale, CaseStands.
    """
    viewer.require(Area.HEALTH, Level.EDIT)
    warning = rows.locked(viewer, Warning, uid, version)
    if not lacks_case(warning):
        raise CaseStands(state=warning.state)
    case = case_for_warning(viewer=viewer, warning=warning, at=clock.now())
    if warning.state == "contacted" and case.state == "contact":
        case.state, case.contacted_at = "interview", warning.contacted_at
        standing.save(case, viewer)
    warning.case = case
    _save(warning, viewer)
    audit.record(
        viewer, "warning.case", kind="warning", object_id=warning.pk, object_uid=warning.uid,
        after={"customer_id": warning.customer_id, "case_id": case.pk},
    )  # fmt: skip
    return warning


def lacks_case(warning: Warning) -> bool:
    """Whether the warning is on the list, or was answered, without a case in which to go on."""
    return warning.case_id is None and warning.state in ("published", "contacted")


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
def warning_dismiss(*, viewer: Viewer, uid: UUID, reason: str, version: int | None = None) -> Warning:
    """Set a proposal aside. The reason is required: it feeds the precision of the model.

    Raises: NotFound, Forbidden, Invalid, WarningNotOpen, Stale (as for publishing).
    """
    if not (reason or "").strip():
        raise Invalid(fields={"reason": "required"})
    warning = _open(viewer, uid, version)
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
        published = Warning.objects.filter(customer_id=customer_id, state="published")
        # The case before its warning, as every service of the case locks them.
        case_id = published.values_list("case_id", flat=True).first()
        case = RetentionCase.objects.select_for_update(of=("self",)).filter(pk=case_id).first()
        warning = published.select_for_update(of=("self",)).first()
        if warning is None or warning.published_at is None or at < warning.published_at:
            return
        warning.state, warning.contacted_at, warning.updated_at = "contacted", at, clock.now()
        warning.version += 1
        warning.save(update_fields=["state", "contacted_at", "updated_at", "version"])
        if case is not None and case.closed_at is None:
            case.contacted_at, case.updated_at = at, clock.now()
            case.state = "interview" if case.state == "contact" else case.state
            case.offered_to, case.offered_at = None, None
            case.version += 1
            case.save()
        outbox.publish(
            RetentionContactMade(
                customer_id=customer_id, warning_id=warning.pk, interaction_id=interaction_id,
                retention_case_id=warning.case_id, at=at,
            )
        )  # fmt: skip


def _open(viewer: Viewer, uid: UUID, version: int | None) -> Warning:
    viewer.require(Area.HEALTH, Level.EDIT)
    if not viewer.is_system and not viewer.holds(*PUBLISHERS):
        raise Forbidden(area="health", level="publish")
    warning = rows.locked(viewer, Warning, uid, None)
    if warning.state != "proposed":
        raise WarningNotOpen(state=warning.state)
    if version is not None and warning.version != version:
        raise Stale(version=warning.version)
    return warning


def _save(warning: Warning, viewer: Viewer) -> None:
    warning.version += 1
    warning.updated_at, warning.updated_by_id = clock.now(), viewer.person_id
    warning.save()
