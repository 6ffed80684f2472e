"""Names of the rows, of posts and of the values that conditions ask about, as pages and files show them."""

from __future__ import annotations

import time
from collections.abc import Sequence

from django.utils.translation import get_language

from zhike.customers.public import INDUSTRIES, REGIONS, STRATEGIES
from zhike.foundation.access.matrix import posts
from zhike.foundation.policies import current
from zhike.foundation.records import Choice
from zhike.segment.rules.conditions import Names
from zhike.segment.rules.table import StrategyTable, shipped
from zhike.segment.selectors import table_in_force

_KEPT_SECONDS = 30.0


class _Kept:
    """The table in force, read again after a while: lists of customers ask for its names on every page."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self.table: StrategyTable | None = None
        self.read_at = float("-inf")

    def read(self) -> StrategyTable:
        if self.table is None or time.monotonic() - self.read_at > _KEPT_SECONDS:
            self.table, self.read_at = table_in_force(), time.monotonic()
        return self.table


kept = _Kept()


def language() -> str:
    """The active language as the texts of the table know it."""
    return "zh" if (get_language() or "zh").lower().startswith("zh") else "en"


def row_choices() -> Sequence[Choice]:
    """The rows that customers can be in: the ready ones by their short names, the own ones by what they say."""
    own = [line for line in kept.read().lines if shipped().line(line.code) is None]
    if not own:
        return STRATEGIES
    policies = current()
    rows = (line.filled(policies) for line in own)
    return (*STRATEGIES, *(Choice(row.code, row.column("dimension", language())) for row in rows))


def row_name(code: str) -> str:
    """The short name of a row; its code where the row is gone, nothing for none."""
    return next((str(choice.label) for choice in row_choices() if choice.code == code), code)


def post_names(lang: str) -> dict[str, str]:
    """All posts by code, as people call them."""
    return {code: post.title.said_in(lang) for code, post in posts().items()}


def value_names() -> Names:
    """Industries and regions by the words of the active language, for conditions."""
    return {
        "industry": {str(choice.label): choice.code for choice in INDUSTRIES},
        "region": {str(choice.label): choice.code for choice in REGIONS},
    }
