"""The ready strategies (STR-05): the row a customer belongs to, and the rows filled from policies."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np

from zhike.foundation.kit.text import Text
from zhike.foundation.policies.load import PolicySet
from zhike.segment.policy import LifecyclePolicy, PortraitPolicy, StrategyPolicy, TierPolicy
from zhike.segment.rules.arrays import Coded, Floats, first_that_holds

ROWS = ("high_value", "core", "at_risk", "potential", "dormant")
COLUMNS = (
    "dimension",
    "features",
    "relation",
    "goal",
    "measures",
    "owner",
    "timing",
    "metrics",
    "resources",
    "effect",
)
REASONS = (
    "strategy.at_risk",
    "strategy.high_value",
    "strategy.dormant",
    "strategy.core",
    "strategy.potential",
    "strategy.lost",
    "strategy.none",
)
_ROW_OF = {
    "strategy.at_risk": "at_risk",
    "strategy.high_value": "high_value",
    "strategy.dormant": "dormant",
    "strategy.core": "core",
    "strategy.potential": "potential",
}
_ROW_BY_REASON = np.array([ROWS.index(_ROW_OF[r]) if r in _ROW_OF else -1 for r in REASONS] + [-1], dtype=np.int8)
TEN_THOUSAND = 10_000
MINOR_PER_MAJOR = 100


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


@dataclass(frozen=True)
class StrategyRow:
    """One row of 《客户关系细分与策略表》: eight columns, resources and expected effect, zh and en."""

    code: str
    variant_of: str | None
    owners: tuple[str, ...]  # posts
    texts: dict[str, Text]

    def column(self, name: str, language: str) -> str:
        """The text of one of :data:`COLUMNS` in ``language``; an empty cell of the source is a dash."""
        return self.texts[name].said_in(language)


def strategy_rows(policies: PolicySet) -> tuple[StrategyRow, ...]:
    """The six rows of D1 with the numbers of ``policies`` written in."""
    path = resources.files("zhike.policies").joinpath("strategies.toml")
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    numbers = {"zh": _numbers(policies, "zh"), "en": _numbers(policies, "en")}
    return tuple(_row(code, cells, numbers) for code, cells in raw.items())


def _row(code: str, cells: dict[str, Any], numbers: dict[str, dict[str, str]]) -> StrategyRow:
    texts = {
        name: Text(zh=cells[name]["zh"].format_map(numbers["zh"]), en=cells[name]["en"].format_map(numbers["en"]))
        for name in COLUMNS
    }
    return StrategyRow(code, cells.get("variant_of"), tuple(cells["owners"]), texts)


def _numbers(policies: PolicySet, language: str) -> dict[str, str]:
    tier, stage = policies.get(TierPolicy), policies.get(LifecyclePolicy)
    portrait, goals = policies.get(PortraitPolicy), policies.get(StrategyPolicy)
    core, high = _major(tier.core_from), _major(tier.high_from)
    plain = {**vars(portrait), **vars(goals), "at_risk_months": stage.at_risk_months}
    return {name: f"{value:g}" for name, value in plain.items()} | {
        "high_from": _amount(high, language),
        "core_to_high": _range(core, high, language),
    }


def _major(minor: int) -> float:
    return minor / MINOR_PER_MAJOR


def _amount(major: float, language: str) -> str:
    if language == "zh" and major >= TEN_THOUSAND:
        return f"{major / TEN_THOUSAND:g}万"
    return f"{major:,.0f}元" if language == "zh" else f"{major:,.0f}"


def _range(low: float, high: float, language: str) -> str:
    if language == "zh" and low >= TEN_THOUSAND:
        return f"{low / TEN_THOUSAND:g}-{high / TEN_THOUSAND:g}万"
    return f"{low:,.0f}-{high:,.0f}元" if language == "zh" else f"{low:,.0f} to {high:,.0f}"
