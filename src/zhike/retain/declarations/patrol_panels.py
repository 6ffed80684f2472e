"""What a health patrol led to, on its page; and when a customer is looked at next, on the customer's."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from zhike.foundation import obligations
from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Area
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.records import names
from zhike.foundation.ui import panels
from zhike.retain.models import HealthPatrol


def _name(person_id: int | None) -> str:
    found = names.people.get(person_id)
    return found.name if found else "–"


def _tasks(_viewer: Viewer, patrol: Any) -> dict[str, Any] | None:
    """Each task with who owes it and its clock; nothing before the patrol was held."""
    rows = list(patrol.tasks.all())
    if not rows:
        return None
    clocks = obligations.clocks_of("patrol_task", [row.pk for row in rows])
    return {
        "tasks": [
            {"row": row, "who": _name(row.owner_id), "duty": next(iter(clocks.get(row.pk, ())), None)} for row in rows
        ]
    }


def _of_customer(viewer: Viewer, customer: Any) -> dict[str, Any] | None:
    """The planned patrol of a customer and the last one held, as far as the viewer sees them."""
    rows = scope.visible(viewer, HealthPatrol.objects.filter(customer_id=customer.pk))
    planned = rows.filter(state="planned").first()
    held = rows.filter(state="held").order_by("-held_on", "-id").first()
    if planned is None and held is None:
        return None
    return {"planned": planned, "held": held, "who": _name(planned.owner_id) if planned else ""}


for panel in (
    panels.Panel(
        "health_patrols.main", "tasks", _("What it led to"), "retain/patrol/_tasks.html", _tasks, Area.HEALTH, order=20
    ),
    panels.Panel(
        "customer.side", "patrol", _("Health patrol"), "retain/patrol/_of_customer.html", _of_customer, Area.HEALTH,
        order=8,
    ),
):  # fmt: skip
    panels.add(panel)
