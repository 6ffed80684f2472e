"""Reads of the customers room. The first argument is always the viewer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, QuerySet

from zhike.customers.models import Contact, Customer, CustomerState, Interaction, TimelineEntry
from zhike.customers.models.interaction import InteractionKind
from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock

PAGE = 20


def customer_get(viewer: Viewer, uid: UUID) -> Customer:
    """The customer file, with its state. Raises: Forbidden, NotFound."""
    viewer.require(Area.PROFILE, Level.BASIC)
    return scope.one(viewer, Customer.objects.select_related("state", "owner", "department"), uid=uid)


def contact_get(viewer: Viewer, uid: UUID) -> Contact:
    """A contact of a customer that the viewer may see. Raises: Forbidden, NotFound."""
    viewer.require(Area.PROFILE, Level.BASIC)
    return scope.one(viewer, Contact.objects.all(), uid=uid)


def customers_seen(viewer: Viewer, ids: Collection[int]) -> QuerySet[Customer]:
    """Those of ``ids`` that the viewer may see."""
    viewer.require(Area.PROFILE, Level.BASIC)
    return scope.visible(viewer, Customer.objects.filter(pk__in=list(ids)))


def contacts_of(viewer: Viewer, customer: Customer) -> QuerySet[Contact]:
    """Contacts of a customer already seen, the primary one first."""
    viewer.require(Area.PROFILE, Level.BASIC)
    return Contact.objects.filter(customer=customer, deleted_at=None).order_by("-is_primary", "id")


def interactions_of(viewer: Viewer, customer: Customer) -> QuerySet[Interaction]:
    """Interactions of a customer already seen, newest first."""
    viewer.require(Area.TIMELINE, Level.BASIC)
    return Interaction.objects.filter(customer=customer, deleted_at=None).order_by("-at", "-id")


@dataclass(frozen=True)
class NextStep:
    """What was agreed to do next with a customer, and on which day."""

    action: str
    on: dt.date | None
    is_late: bool


def next_step_of(viewer: Viewer, customer: Customer) -> NextStep | None:
    """The next step as the last talk with a customer already seen left it; None where it left none.

    None too for a viewer whose posts do not include the timeline.
    """
    if not viewer.may(Area.TIMELINE, Level.BASIC):
        return None
    talks = Interaction.objects.filter(customer=customer, deleted_at=None).exclude(kind=InteractionKind.NOTE)
    last = talks.order_by("-at", "-id").values_list("next_action", "next_on").first()
    if last is None or not (last[0] or last[1]):
        return None
    return NextStep(last[0], last[1], last[1] is not None and last[1] < clock.today())


def timeline_of(
    viewer: Viewer, customer: Customer, *, contacts_only: bool = False, before: int | None = None, size: int = PAGE
) -> Sequence[TimelineEntry]:
    """The newest ``size`` lines whose area the viewer's posts may read; ``before`` is the last line shown."""
    lines = TimelineEntry.objects.filter(customer=customer, area__in=areas_read(viewer))
    if contacts_only:
        lines = lines.filter(is_contact=True)
    if before is not None:
        last = TimelineEntry.objects.filter(customer=customer, pk=before).values_list("at", "pk").first()
        if last:
            lines = lines.filter(at__lte=last[0]).exclude(at=last[0], pk__gte=last[1])
    return list(lines.order_by("-at", "-id")[:size])


def areas_read(viewer: Viewer) -> list[str]:
    """Areas of which the viewer may read at least the basic level."""
    return [str(area) for area in Area if viewer.may(area, Level.BASIC)]


def states_seen(viewer: Viewer) -> QuerySet[CustomerState]:
    """Present states of the customers that the viewer may see: to count and add up, never to show one by one."""
    return scope.visible(viewer, CustomerState.objects.all())


def states_by_band(viewer: Viewer, column: str) -> dict[str, int]:
    """How many visible customers stand in each band of ``column`` (tier, lifecycle, risk, group)."""
    return {row[column]: row["n"] for row in states_seen(viewer).values(column).annotate(n=Count("pk")).order_by()}
