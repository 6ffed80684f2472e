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
        proposal_approve,
        proposal_reject,
        restore,
        template_select,
        withdraw,
    )
    from zhike.foundation.policies.templates import Selection, compare
    from zhike.foundation.policies.versions import current, history, proposals_open, upcoming

__all__ = [
    "Selection",
    "change",
    "compare",
    "current",
    "history",
    "preview",
    "preview_kept",
    "preview_of",
    "proposal_approve",
    "proposal_reject",
    "proposals_open",
    "restore",
    "template_select",
    "upcoming",
    "withdraw",
]
_SERVICES = ("change", "proposal_approve", "proposal_reject", "restore", "template_select", "withdraw")
_VERSIONS = ("current", "history", "proposals_open", "upcoming")
__getattr__ = door(
    __name__,
    dict.fromkeys(_SERVICES, "services")
    | dict.fromkeys(_VERSIONS, "versions")
    | dict.fromkeys(("preview", "preview_kept", "preview_of"), "previews")
    | dict.fromkeys(("Selection", "compare"), "templates"),
)
