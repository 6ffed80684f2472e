"""Whether a use is allowed, and why. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

GIVEN, WITHDRAWN, NOT_ASKED = "given", "withdrawn", "not_asked"


@dataclass(frozen=True)
class Said:
    """What the newest act about one purpose said, and when."""

    is_allowed: bool
    at: dt.datetime


@dataclass(frozen=True)
class Use:
    """A decision with its reason: ``given``, ``withdrawn`` or ``not_asked``."""

    is_allowed: bool
    reason: str
    since: dt.datetime | None = None


def use_of(own: Said | None, customers: Said | None = None) -> Use:
    """May the data be used? A contact's own word counts before the customer's; silence is no consent."""
    said = own or customers
    if said is None:
        return Use(False, NOT_ASKED)
    return Use(said.is_allowed, GIVEN if said.is_allowed else WITHDRAWN, said.at)


def replaces(standing: Said | None, new: Said) -> bool:
    """Whether ``new`` is the later word. Of two words of one moment the withdrawal counts.

    A consent that is written down late does not undo a withdrawal that came after it.
    """
    if standing is None or new.at > standing.at:
        return True
    return new.at == standing.at and (standing.is_allowed or not new.is_allowed)
