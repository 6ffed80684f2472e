"""Which step of a complaint may follow which. Pure."""

from __future__ import annotations

from enum import StrEnum

# The states in order, as in models.complaint.
WAY = ("received", "dispatched", "investigated", "resolved", "answered", "accepted", "closed", "called_back")
# From which states a step may be taken. A dispatch may be put right, an investigation completed.
FROM = {
    "dispatch": ("received", "dispatched"),
    "investigate": ("dispatched", "investigated"),
    "resolve": ("investigated", "resolved"),
    "answer": ("resolved",),
    "opinion": ("answered",),
    "close": ("accepted",),
    "call_back": ("closed",),
}


class Fit(StrEnum):
    """Whether a step can be taken now, comes too early, or was taken before."""

    NOW = "now"
    EARLY = "early"
    LATE = "late"


def fit_of(step: str, state: str) -> Fit:
    """How ``step`` fits a complaint in ``state``."""
    if state in FROM[step]:
        return Fit.NOW
    return Fit.EARLY if WAY.index(state) < WAY.index(FROM[step][0]) else Fit.LATE
