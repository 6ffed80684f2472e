"""What customers show on their own page besides the facts: what a provisional file waits for."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from zhike.customers.models.customer import Standing, VerifiedBy
from zhike.customers.services.standing import formal_missing
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.ui import panels


def _standing(viewer: Viewer, customer: Any) -> dict[str, Any] | None:
    if customer.standing != Standing.PROVISIONAL:
        return None
    return {
        "customer": customer,
        "missing": formal_missing(customer),
        "ways": VerifiedBy.choices,
        "may_formalise": viewer.may(Area.PROFILE, Level.EDIT),
    }


panels.add(
    panels.Panel(
        "customer.side", "standing", _("Provisional file"), "customers/_standing.html", _standing, Area.PROFILE, order=1
    )
)
