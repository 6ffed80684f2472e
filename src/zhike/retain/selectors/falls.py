"""Reads of falls of health, and who is to say why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.retain.models import HealthFall


def open_fall_of(customer_id: int) -> int | None:
    """The fall of a customer that nobody has explained yet, by number. For duties, which see everything."""
    return HealthFall.objects.filter(customer_id=customer_id, state="open").values_list("pk", flat=True).first()


def success_managers_of(customer_ids: Sequence[int]) -> Mapping[int, int | None]:
    """The relation ``success_manager`` of duties: who owns the open fall of each customer."""
    rows = HealthFall.objects.filter(customer_id__in=list(customer_ids), state="open")
    return dict(rows.values_list("customer_id", "owner_id"))


def falls_to_explain(viewer: Viewer) -> int:
    """How many open falls the viewer owes an answer for. Raises: Forbidden."""
    viewer.require(Area.HEALTH, Level.BASIC)
    mine = HealthFall.objects.filter(owner_id=viewer.person_id, state="open")
    return scope.visible(viewer, mine).count()
