"""The door of the retain room. Light to import: what needs the database is looked up on first use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhike.foundation.kit.doors import door
from zhike.retain.rules.warning import route_of

if TYPE_CHECKING:
    from zhike.retain.causes import causes_from
    from zhike.retain.selectors import WarningCard, loss_cause, warning_counts, warning_of, warnings_listed
    from zhike.retain.services.warning import (
        PUBLISHERS,
        Proposal,
        Proposed,
        warning_dismiss,
        warning_publish,
        warnings_propose,
    )

__all__ = [
    "PUBLISHERS",
    "Proposal",
    "Proposed",
    "WarningCard",
    "causes_from",
    "loss_cause",
    "route_of",
    "warning_counts",
    "warning_dismiss",
    "warning_of",
    "warning_publish",
    "warnings_listed",
    "warnings_propose",
]
_READS = ("WarningCard", "loss_cause", "warning_counts", "warning_of", "warnings_listed")
_WRITES = ("PUBLISHERS", "Proposal", "Proposed", "warning_dismiss", "warning_publish", "warnings_propose")
_PLACES = dict.fromkeys(_READS, "selectors") | dict.fromkeys(_WRITES, "services.warning")
__getattr__ = door("zhike.retain", _PLACES | {"causes_from": "causes"})
