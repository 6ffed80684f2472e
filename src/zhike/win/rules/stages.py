"""What a deal needs before it enters a stage (WIN-01). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

ORDER = ("potential", "intent", "solution", "negotiation", "won")
LOST = "lost"


@dataclass(frozen=True)
class Deal:
    """What of a deal decides about its stages."""

    has_talk: bool
    has_needs: bool
    has_contact: bool
    has_amount: bool
    has_date: bool
    has_signed_contract: bool


# Stage → what must be there before it is entered: (code, the attribute of the deal).
GATES: dict[str, tuple[tuple[str, str], ...]] = {
    "intent": (("first_talk", "has_talk"),),
    "solution": (("explicit_needs", "has_needs"), ("contact", "has_contact")),
    "negotiation": (("amount", "has_amount"), ("expected_date", "has_date")),
    "won": (("signed_contract", "has_signed_contract"),),
}


def missing_for(stage: str, deal: Deal) -> Sequence[str]:
    """Codes of what the deal lacks to stand in ``stage``: a skipped stage asks for its conditions all the same."""
    if stage not in ORDER:
        return []
    passed = ORDER[: ORDER.index(stage) + 1]
    return [code for step in passed for code, attribute in GATES.get(step, ()) if not getattr(deal, attribute)]


def is_back(before: str, after: str) -> bool:
    """Whether the step goes back: to an earlier stage, or out of a closed one."""
    if after == LOST:
        return False
    return before == LOST or ORDER.index(after) < ORDER.index(before)
