"""Who sells: others with the right to edit deals work on what follows from them."""

from __future__ import annotations

from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit.refusals import Forbidden

SELLERS = ("sales_specialist", "sales_consultant", "sales_lead", "customer_manager", "success_manager")


def require_seller(viewer: Viewer) -> None:
    """Raise Forbidden unless the viewer sells."""
    viewer.require(Area.DEALS, Level.EDIT)
    if not viewer.is_system and not viewer.holds(*SELLERS):
        raise Forbidden(area=str(Area.DEALS), level=str(Level.EDIT))
