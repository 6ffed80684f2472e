"""健康度巡检: planned for every customer of a tier that has a cycle, held, and followed up (RET-05)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, Max, OuterRef
from django.db.models.functions import Coalesce
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from zhike.customers.public import managers_of, states_seen, teammates_of
from zhike.events.retain import (
    HealthPatrolCalledOff,
    HealthPatrolHeld,
    HealthPatrolPlanned,
    PatrolTaskDone,
    PatrolTaskSet,
)
from zhike.foundation import audit, outbox
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import holders_of
from zhike.foundation.access.viewer import Viewer, system
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid, NotFound, Refusal
from zhike.foundation.policies import current
from zhike.foundation.records import rows
from zhike.retain.models import HealthPatrol, PatrolTask
from zhike.retain.policy import PatrolPolicy
from zhike.retain.rules.patrol import next_due
from zhike.retain.services import standing

_BY = system("the cycle of health patrols")
MOST = 10  # how likely somebody is to recommend us
_CHUNK = 500
_IN_FUTURE = _("This day is not over yet. Choose today or an earlier day.")
_IN_PAST = _("This day is over. Choose today or a later day.")


class PatrolOver(Refusal):
    """It was held or called off meanwhile."""

    code = "patrol_over"
    sentence = _("This patrol was held or called off already. Its page says by whom.")


def patrols_plan(after: int = 0) -> tuple[int, int | None]:
    """Plan the next patrol of customers that have none: how many, and after which number to go on, None at the end.

    Customers whose tier has no cycle, or who are lost, are passed over.
    """
    policy = current().get(PatrolPolicy)
    months = {tier: n for tier, n in (("high", policy.high_months), ("core", policy.core_months),
                                      ("low", policy.low_months)) if n}  # fmt: skip
    planned = HealthPatrol.objects.filter(customer_id=OuterRef("customer_id"), state="planned", deleted_at=None)
    wanted = states_seen(_BY).filter(customer_id__gt=after, tier__in=list(months)).exclude(lifecycle="lost")
    tiers = dict(wanted.filter(~Exists(planned)).order_by("customer_id").values_list("customer_id", "tier")[:_CHUNK])
    if not tiers:
        return 0, None
    with transaction.atomic():
        made = _planned(tiers, months)
    return made, max(tiers)


def _planned(tiers: Mapping[int, str], months: Mapping[str, int]) -> int:
    today, ids = clock.today(), list(tiers)
    # One that was called off counts as of its day: the next comes after the cycle, not tomorrow.
    over = HealthPatrol.objects.filter(customer_id__in=ids, deleted_at=None).exclude(state="planned")
    days = over.values("customer_id").annotate(last=Max(Coalesce("held_on", "due_on")))
    last = dict(days.values_list("customer_id", "last"))
    owners = _owners(ids)
    places = dict(Person.objects.filter(pk__in=set(owners.values())).values_list("pk", "department_id"))
    fresh = [
        HealthPatrol(
            customer_id=pk, owner_id=owners.get(pk), department_id=places.get(owners.get(pk)),
            due_on=next_due(today, months[tier], last.get(pk), pk),
        )
        for pk, tier in tiers.items()
    ]  # fmt: skip
    # Two workers that plan at once: who comes second finds the customer taken.
    HealthPatrol.objects.bulk_create(fresh, ignore_conflicts=True)
    made = HealthPatrol.objects.filter(uid__in=[patrol.uid for patrol in fresh])
    outbox.publish(*(_news(patrol) for patrol in made))
    audit.record(_BY, "patrol.plan", kind="health_patrol", after={"count": len(made)})
    return len(made)


def _news(patrol: HealthPatrol) -> HealthPatrolPlanned:
    return HealthPatrolPlanned(
        customer_id=patrol.customer_id, health_patrol_id=patrol.pk, owner_id=patrol.owner_id,
        due_at=clock.start_of(patrol.due_on + dt.timedelta(days=1)),
    )  # fmt: skip


def _owners(customer_ids: Sequence[int]) -> dict[int, int | None]:
    """The success manager near each customer, else the one with the fewest patrols, else the customer's manager."""
    holders = [person.pk for person in holders_of("success_manager")]
    managers = managers_of(customer_ids)
    open_ones = HealthPatrol.objects.filter(owner_id__in=holders, state="planned")
    load = Counter(open_ones.values_list("owner_id", flat=True))
    found: dict[int, int | None] = {}
    for pk in customer_ids:
        near = next((person for person in (managers.get(pk), *teammates_of(pk)) if person in holders), None)
        owner = near or min(holders, key=lambda person: (load[person], holders.index(person)), default=managers.get(pk))
        found[pk] = owner
        load[owner] += 1
    return found


@transaction.atomic
def patrol_hold(
    *,
    viewer: Viewer,
    uid: UUID,
    version: int,
    findings: str,
    held_on: dt.date | None = None,
    recommend: int | None = None,
    service: str = "",
    renewal: str = "",
    cross: str = "",
    due_on: dt.date | None = None,
) -> HealthPatrol:
    """Write down what the review found; each of the three texts becomes a task due on ``due_on``.

    A change of service is owed by who held the patrol, renewal and cross-selling by the customer's manager.
    Raises: NotFound, Forbidden, Invalid, Stale, PatrolOver.
    """
    viewer.require(Area.HEALTH, Level.EDIT)
    patrol = _open(viewer, uid, version)
    tasks = {kind: text.strip() for kind, text in (("service", service), ("renewal", renewal), ("cross", cross))
             if (text or "").strip()}  # fmt: skip
    today = clock.today()
    held_on = held_on or today
    due_on = due_on or today + dt.timedelta(days=current().get(PatrolPolicy).task_days)
    _refuse_faults(findings, held_on, recommend, due_on if tasks else None)
    patrol.state, patrol.held_on, patrol.findings, patrol.recommend = "held", held_on, findings.strip(), recommend
    patrol.health = states_seen(_BY).filter(customer_id=patrol.customer_id).values_list("health", flat=True).first()
    standing.save(patrol, viewer)
    _noted(viewer, "patrol.hold", patrol, recommend=recommend, tasks=sorted(tasks))
    about = {"customer_id": patrol.customer_id, "health_patrol_id": patrol.pk, "patrol_uid": str(patrol.uid),
             "person_id": viewer.person_id}  # fmt: skip
    outbox.publish(HealthPatrolHeld(**about, health=patrol.health, recommend=recommend))
    manager = managers_of([patrol.customer_id]).get(patrol.customer_id)
    for kind, what in tasks.items():
        owner = viewer.person_id if kind == "service" else manager or viewer.person_id
        task = standing.new(PatrolTask, viewer, patrol=patrol, kind=kind, what=what, due_on=due_on, owner_id=owner)
        outbox.publish(
            PatrolTaskSet(
                customer_id=patrol.customer_id, health_patrol_id=patrol.pk, patrol_task_id=task.pk, kind=kind,
                owner_id=owner, due_at=clock.start_of(due_on + dt.timedelta(days=1)),
            )
        )  # fmt: skip
    return patrol


def _refuse_faults(findings: str, held_on: dt.date, recommend: int | None, due_on: dt.date | None) -> None:
    problems: dict[str, str] = {}
    if not (findings or "").strip():
        problems["findings"] = "required"
    if held_on > clock.today():
        problems["held_on"] = _IN_FUTURE
    if recommend is not None and not 0 <= recommend <= MOST:
        problems["recommend"] = "too_small" if recommend < 0 else "too_large"
    if due_on is not None and due_on < clock.today():
        problems["due_on"] = _IN_PAST
    if problems:
        raise Invalid(fields=problems)


@transaction.atomic
def patrol_call_off(*, viewer: Viewer, uid: UUID, version: int | None, reason: str) -> HealthPatrol:
    """Call a planned patrol off, with a reason; the next one is planned after the cycle. Its duty ends.

    Raises: NotFound, Forbidden, Invalid, Stale, PatrolOver.
    """
    viewer.require(Area.HEALTH, Level.EDIT)
    if not (reason or "").strip():
        raise Invalid(fields={"reason": "required"})
    patrol = _open(viewer, uid, version)
    patrol.state, patrol.reason = "off", reason.strip()[:400]
    standing.save(patrol, viewer)
    _noted(viewer, "patrol.call_off", patrol, reason=patrol.reason)
    outbox.publish(HealthPatrolCalledOff(customer_id=patrol.customer_id, health_patrol_id=patrol.pk))
    return patrol


@transaction.atomic
def patrol_task_done(*, viewer: Viewer, uid: UUID, version: int, task: str) -> HealthPatrol:
    """Mark what was to be done after a patrol as done; its clock stops. Raises: NotFound, Forbidden, Stale."""
    viewer.require(Area.HEALTH, Level.EDIT)
    patrol = rows.locked(viewer, HealthPatrol, uid, version)
    found = _task(patrol, task)
    found.done_at = clock.now()
    standing.save(found, viewer)
    standing.save(patrol, viewer)
    _noted(viewer, "patrol.task_done", patrol, task_id=found.pk)
    outbox.publish(
        PatrolTaskDone(
            customer_id=patrol.customer_id, health_patrol_id=patrol.pk, patrol_task_id=found.pk, kind=found.kind,
            what=found.what, patrol_uid=str(patrol.uid), person_id=viewer.person_id,
        )
    )  # fmt: skip
    return patrol


def patrol_end(customer_id: int) -> None:
    """The customer is lost: what was planned is called off."""
    uid = HealthPatrol.objects.filter(customer_id=customer_id, state="planned").values_list("uid", flat=True).first()
    if uid is not None:
        patrol_call_off(viewer=_BY, uid=uid, version=None, reason=gettext("The customer was lost."))


def _open(viewer: Viewer, uid: UUID, version: int | None) -> HealthPatrol:
    patrol = rows.locked(viewer, HealthPatrol, uid, version)
    if patrol.state != "planned":
        raise PatrolOver(state=patrol.state)
    return patrol


def _task(patrol: HealthPatrol, uid: str) -> PatrolTask:
    try:
        found = PatrolTask.objects.filter(patrol=patrol, uid=UUID(str(uid)), done_at=None).first()
    except ValueError:
        found = None
    if found is None:
        raise NotFound(task=str(uid))
    return found


def _noted(viewer: Viewer, action: str, patrol: HealthPatrol, *, reason: str = "", **after: object) -> None:
    audit.record(
        viewer, action, kind="health_patrol", object_id=patrol.pk, object_uid=patrol.uid, reason=reason,
        after={"customer_id": patrol.customer_id, "state": patrol.state} | after,
    )  # fmt: skip
