"""The panel 授权 on the customer page: one line per purpose."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from zhike.comply.models import Purpose
from zhike.comply.selectors import contact_uses_of, last_of, uses_of
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.records import Choice
from zhike.foundation.ui import panels

STATES = (
    Choice("given", _("consented"), "good", "check"),
    Choice("withdrawn", _("withdrawn"), "bad", "ban"),
    Choice("not_asked", _("not asked"), "neutral", "help"),
)


def uses_shown(viewer: Viewer, customer_id: int) -> list[dict[str, Any]]:
    """One line per purpose: its words, its state as a badge, since when; and which contacts spoke for themselves."""
    uses = uses_of(viewer, customer_id)
    states = {choice.code: choice for choice in STATES}
    people: dict[str, list[dict[str, Any]]] = {code: [] for code in Purpose.values}
    for row in contact_uses_of(viewer, customer_id):
        badge = states["given" if row.is_allowed else "withdrawn"]
        name = row.contact.name if row.contact is not None else ""
        people[row.purpose].append({"name": name, "badge": badge, "since": row.said_at})
    return [
        {"code": code, "label": label, "use": uses[code], "badge": states[uses[code].reason], "people": people[code]}
        for code, label in Purpose.choices
    ]


def _panel(viewer: Viewer, customer: Any) -> dict[str, Any]:
    return {
        "customer": customer,
        "uses": uses_shown(viewer, customer.pk),
        "last": last_of(viewer, customer.pk),
        "may_record": viewer.may(Area.CONSENT, Level.EDIT),
    }


panels.add(panels.Panel("customer.foot", "consent", _("Consents"), "comply/_uses.html", _panel, Area.CONSENT, order=40))
