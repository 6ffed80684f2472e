"""Every number the business may argue about, as data with unit, bounds, reason and source.

``declare`` and ``load`` are pure; the versions changed on a page live in ``models``.

>>> policies.current().get(WarningPolicy).health_limit
"""

from typing import TYPE_CHECKING

from zhike.foundation.kit.doors import door

if TYPE_CHECKING:
    from zhike.foundation.policies.previews import preview, preview_kept, preview_of
    from zhike.foundation.policies.services import (
        change,
        check,
        proposal_approve,
        proposal_reject,
        restore,
        template_select,
        template_take_back,
        withdraw,
    )
    from zhike.foundation.policies.templates import Selection, compare, side_by_side
    from zhike.foundation.policies.versions import current, history, in_force, proposals_open, refresh, upcoming

__all__ = [
    "Selection",
    "change",
    "check",
    "compare",
    "current",
    "history",
    "in_force",
    "preview",
    "preview_kept",
    "preview_of",
    "proposal_approve",
    "proposal_reject",
    "proposals_open",
    "refresh",
    "restore",
    "side_by_side",
    "template_select",
    "template_take_back",
    "upcoming",
    "withdraw",
]
_SERVICES = (
    "change", "check", "proposal_approve", "proposal_reject", "restore", "template_select", "template_take_back",
    "withdraw",
)  # fmt: skip
_VERSIONS = ("current", "history", "in_force", "proposals_open", "refresh", "upcoming")
__getattr__ = door(
    __name__,
    dict.fromkeys(_SERVICES, "services")
    | dict.fromkeys(_VERSIONS, "versions")
    | dict.fromkeys(("preview", "preview_kept", "preview_of"), "previews")
    | dict.fromkeys(("Selection", "compare", "side_by_side"), "templates"),
)
