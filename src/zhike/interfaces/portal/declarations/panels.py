"""What the portal shows on pages of staff: who of a customer may enter, and the invitation."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.ui import panels
from zhike.interfaces.portal.models import PortalAccount, PortalState


def _of_customer(viewer: Viewer, customer: Any) -> dict[str, Any] | None:
    found = scope.visible(viewer, PortalAccount.objects.filter(customer=customer)).order_by("-created_at")
    accounts = list(found[:10])
    may_invite = viewer.may(Area.PROFILE, Level.EDIT)
    if not accounts and not may_invite:
        return None
    return {"accounts": accounts, "customer": customer, "may_invite": may_invite}


def _link(viewer: Viewer, account: Any) -> dict[str, Any] | None:
    if account.state == PortalState.CLOSED or not viewer.may(Area.PROFILE, Level.EDIT):
        return None
    return {"account": account}


panels.add(
    panels.Panel(
        "customer.foot", "portal", _("Customer portal"), "portal/staff/of_customer.html", _of_customer,
        area=Area.PROFILE, order=80,
    )
)  # fmt: skip
panels.add(
    panels.Panel(
        "portal_accounts.main", "invitation", _("Invitation"), "portal/staff/invitation.html", _link, area=Area.PROFILE
    )
)
