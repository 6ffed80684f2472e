"""The door of the retain room. Light to import: what needs the database is looked up on first use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhike.foundation.kit.doors import door
from zhike.retain.rules.warning import route_of

if TYPE_CHECKING:
    from zhike.retain.services.warning import Proposal, Proposed, warnings_propose

__all__ = ["Proposal", "Proposed", "route_of", "warnings_propose"]
__getattr__ = door("zhike.retain", dict.fromkeys(("Proposal", "Proposed", "warnings_propose"), "services.warning"))
