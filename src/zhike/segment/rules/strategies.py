"""Which row of the strategy table a customer belongs to (STR-05), and why."""

from __future__ import annotations

import numpy as np

from zhike.foundation.policies.load import PolicySet
from zhike.segment.rules.arrays import Bools, Coded, Codes, Floats, first_that_holds
from zhike.segment.rules.conditions import Known, holds
from zhike.segment.rules.table import COLUMNS, Line, StrategyRow, StrategyTable, shipped

__all__ = ["COLUMNS", "REASONS", "ROWS", "StrategyRow", "match_own", "match_strategy", "strategy_rows"]

ROWS = ("high_value", "core", "at_risk", "potential", "dormant")
REASONS = (
    "strategy.at_risk",
    "strategy.high_value",
    "strategy.dormant",
    "strategy.core",
    "strategy.potential",
    "strategy.lost",
    "strategy.none",
    "strategy.own",
)
_ROW_OF = {
    "strategy.at_risk": "at_risk",
    "strategy.high_value": "high_value",
    "strategy.dormant": "dormant",
    "strategy.core": "core",
    "strategy.potential": "potential",
}
_ROW_BY_REASON = np.array([ROWS.index(_ROW_OF[r]) if r in _ROW_OF else -1 for r in REASONS] + [-1], dtype=np.int8)


def match_strategy(*, stage: Coded, tier: Coded, inquiries: Floats, inquiries_from: int) -> tuple[Coded, Coded]:
    """The strategy row per customer and why; at risk comes first, then high value, then dormant.

    ``inquiries`` (n,): contacts started by the customer within the policy's look-back, 0 where none.
    A lost customer has no row of D1: win-back (RET-13) takes over.
    """
    unsigned = stage.where("potential", "developing")
    everyone = np.ones(len(stage), dtype=bool)
    reason = first_that_holds(
        REASONS,
        {
            "strategy.lost": stage.where("lost"),
            "strategy.at_risk": stage.where("at_risk"),
            "strategy.high_value": ~unsigned & tier.where("high"),
            "strategy.dormant": stage.where("dormant"),
            "strategy.core": ~unsigned & tier.where("core"),
            "strategy.potential": unsigned & (np.nan_to_num(inquiries) >= inquiries_from),
            "strategy.none": everyone,
        },
        size=len(stage),
    )
    return Coded(ROWS, _ROW_BY_REASON[reason.index]), reason


def match_own(row: Coded, reason: Coded, table: StrategyTable, known: Known) -> tuple[Coded, Coded]:
    """``row`` and ``reason`` of the ready rows with the enterprise's own rows laid over and under them.

    The first own row whose condition holds wins among its like. An own row may take in whom no ready row wants, also a
    lost customer if it says so. Without own rows nothing changes.
    """
    first, after = table.own(is_first=True), table.own(is_first=False)
    if not first and not after:
        return row, reason
    words = (*row.words, *(line.code for line in (*first, *after)))
    index, why = row.index.astype(np.int16), reason.index.copy()
    taken = np.zeros(len(row), dtype=bool)
    for line in first:
        _take(line, known, ~taken, words, index, why)
        taken |= index == words.index(line.code)
    for line in after:
        _take(line, known, index < 0, words, index, why)
    return Coded(words, index), Coded(reason.words, why)


def _take(line: Line, known: Known, free: Bools, words: tuple[str, ...], index: Codes, why: Codes) -> None:
    chosen = free & holds(line.condition, known)
    index[chosen] = words.index(line.code)
    why[chosen] = REASONS.index("strategy.own")


def strategy_rows(policies: PolicySet, table: StrategyTable | None = None) -> tuple[StrategyRow, ...]:
    """The rows of ``table``, by default the six of D1, with the numbers of ``policies`` written in."""
    return (table or shipped()).rows(policies)
