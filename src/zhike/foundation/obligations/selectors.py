"""Reading duties: mine, my team's, a customer's, overdue; and what I was told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, Count, Q, QuerySet, When

from zhike.foundation.access import deputies
from zhike.foundation.access.matrix import posts
from zhike.foundation.access.models import Deputyship, Person
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.obligations.models import RUNNING, Duty, DutyNotice, DutyState


def duties_of(viewer: Viewer, scope: str = "mine") -> QuerySet[Duty]:
    """What runs: the viewer's own (``mine``) or that of the people who report to the viewer (``team``), next first.

    For a deputy who stands in for somebody ``mine`` is what is due of that person's in these days.
    """
    running = Duty.objects.filter(state__in=RUNNING).select_related("person").order_by("due_at", "id")
    if viewer.person_id is None:
        return running.none()
    if scope == "mine" and viewer.acts_for is not None:
        found = [one for one in deputies.stood_in_for(viewer.person_id) if one.person_id == viewer.acts_for]
        return duties_stood_in(found[0]) if found else running.none()
    if scope == "mine":
        return running.filter(person=viewer.person_id)
    if scope == "team":
        return running.filter(person__superior=viewer.person_id)
    raise ValueError(f"scope is mine or team, not {scope!r}")


def duties_stood_in(deputyship: Deputyship) -> QuerySet[Duty]:
    """What the deputy does for who is away: what is due by the last day, of the posts that were passed on."""
    end = clock.start_of(deputyship.until + dt.timedelta(days=1))
    running = Duty.objects.filter(state__in=RUNNING, person=deputyship.person_id, due_at__lt=end)
    if deputyship.posts:
        others = [f"post:{code}" for code in posts() if code not in deputyship.posts]
        running = running.exclude(owner_source__in=others)
    return running.select_related("person").order_by("due_at", "id")


def duties_open(viewer: Viewer) -> QuerySet[Duty]:
    """All that runs within the viewer's reach, next first: of everybody, or of the own people and departments."""
    running = Duty.objects.filter(state__in=RUNNING).select_related("person").order_by("due_at", "id")
    return running.filter(_within_reach(viewer))


def duties_overdue(viewer: Viewer, now: dt.datetime | None = None) -> QuerySet[Duty]:
    """Of :func:`duties_open` what is past its due time, the longest overdue first (《超时任务清单》)."""
    return duties_open(viewer).filter(due_at__lt=now or clock.now())


def duties_of_customer(viewer: Viewer, customer_id: int, *, is_running: bool = False) -> QuerySet[Duty]:
    """Duties about a customer, running ones first. The caller has made sure that the viewer may see the customer."""
    del viewer  # Rows of a customer whom one may see are not narrowed by who owes them.
    duties = Duty.objects.filter(customer_id=customer_id).exclude(state__in=[DutyState.COVERED, DutyState.CANCELLED])
    if is_running:
        duties = duties.filter(state__in=RUNNING)
    is_over = Case(When(state__in=RUNNING, then=0), default=1)
    return duties.select_related("person").order_by(is_over, "due_at", "id")


def duties_about(viewer: Viewer, kind: str, number: int) -> QuerySet[Duty]:
    """Duties about one ticket, contract, warning: running ones first. The caller has made sure that it may be seen."""
    del viewer  # As above.
    duties = Duty.objects.filter(subject_kind=kind, subject_id=number).exclude(state=DutyState.CANCELLED)
    is_over = Case(When(state__in=RUNNING, then=0), default=1)
    return duties.select_related("person").order_by(is_over, "due_at", "id")


def clocks_of(kind: str, numbers: Iterable[int]) -> dict[int, list[Duty]]:
    """The clocks of several tickets at once, by number, done ones included, in the order of their due times."""
    found: dict[int, list[Duty]] = {}
    duties = Duty.objects.filter(subject_kind=kind, subject_id__in=list(numbers)).exclude(state=DutyState.CANCELLED)
    for duty in duties.select_related("person").order_by("due_at", "id"):
        found.setdefault(duty.subject_id, []).append(duty)
    return found


@dataclass(frozen=True)
class Counts:
    """For the sentence at the top of the home page and the clock in the shell."""

    running: int
    due_today: int
    overdue: int
    next_due: Duty | None


def counts(viewer: Viewer, scope: str = "mine", now: dt.datetime | None = None) -> Counts:
    """How many run, how many of them are due today, and how many are overdue."""
    moment = now or clock.now()
    tomorrow = clock.start_of(clock.local(moment).date() + dt.timedelta(days=1))
    duties = duties_of(viewer, scope)
    found = duties.aggregate(
        running=Count("id"),
        due_today=Count("id", filter=Q(due_at__gte=moment, due_at__lt=tomorrow)),
        overdue=Count("id", filter=Q(due_at__lt=moment)),
    )
    return Counts(**found, next_due=duties.filter(due_at__gte=moment).first())


def notices_of(viewer: Viewer, *, is_unseen: bool = False) -> QuerySet[DutyNotice]:
    """What the viewer was told about duties, newest first."""
    notices = DutyNotice.objects.filter(person=viewer.person_id).select_related("duty", "duty__person")
    if is_unseen:
        notices = notices.filter(seen_at=None)
    return notices.order_by("-at", "-id")


def _within_reach(viewer: Viewer) -> Q:
    reach = viewer.reach
    if reach.everything:
        return Q()
    within = Q(person__in=reach.owner_ids)
    if reach.team_ids:
        # By number, not by join: who is in two teams must not be counted twice.
        within |= Q(person__in=Person.objects.filter(teams__in=reach.team_ids).values("id"))
    if reach.department_ids:
        within |= Q(person__department__in=reach.department_ids)
    for depth, department_id in reach.subtrees:
        within |= Q(person__department=department_id)
        if 1 <= depth <= 3:
            within |= Q(**{f"person__department__ancestor_{depth}": department_id})
    return within
