"""What customers show: on their own page what a provisional file waits for, at home who was forgotten."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from zhike.customers.forgotten import DAYS, Silence, forgotten
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


_OWNERS = ("sales_specialist", "customer_manager", "success_manager")


def _forgotten(viewer: Viewer, _subject: Any) -> dict[str, Any] | None:
    if not viewer.may(Area.STRATEGY, Level.BASIC):
        return None
    found = forgotten(viewer)
    if not any(one.count for one in found):
        return None
    return {
        "silences": [
            {
                "count": one.count,
                "url": "/customers/?" + urlencode({"where": one.where}),
                "words": _long(one),
                "tone": "warn" if one.unit != DAYS else "",
            }
            for one in found
        ]
    }


def _long(one: Silence) -> str:
    if one.unit == DAYS:
        return ngettext("over %(n)d day", "over %(n)d days", one.length) % {"n": one.length}
    return ngettext("over %(n)d month", "over %(n)d months", one.length) % {"n": one.length}


panels.add(
    panels.Panel(
        "home", "forgotten", _("No contact for long"), "customers/_forgotten.html", _forgotten, Area.TIMELINE, order=18,
        posts=_OWNERS,
    )
)  # fmt: skip
