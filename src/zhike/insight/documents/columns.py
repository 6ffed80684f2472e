"""Columns of the lists of customers: title, kind of value, width, and where the value comes from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zhike.insight.documents.report import DIMENSIONS, Report

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Column:
    """One column. ``kind`` is text, long, whole, number, share, money, day, moment or flag."""

    code: str
    kind: str
    width: int
    value: Callable[[Report, Row], Any]


def _plain(name: str) -> Callable[[Report, Row], Any]:
    return lambda report, row: row[name]


def _money(name: str) -> Callable[[Report, Row], Any]:
    return lambda report, row: report.major(row[f"{name}_minor"])


def _term(group: str, name: str) -> Callable[[Report, Row], Any]:
    return lambda report, row: report.term(group, row[name]) if row[name] else None


def _extra(what: str) -> Callable[[Report, Row], Any]:
    return lambda report, row: report.told_of(what, row["customer_id"]) or None


def _cause(report: Report, row: Row) -> str | None:
    return report.title(row["main_cause"]) if row["main_cause"] else None


_ALL = (
    Column("number", "text", 18, lambda report, row: report.number(row["customer_id"])),
    Column("name", "text", 28, lambda report, row: report.name(row["customer_id"])),
    Column("industry", "text", 16, _extra("industry")),
    Column("region", "text", 14, _extra("region")),
    Column("owner", "text", 16, _extra("owner")),
    Column("tier", "text", 11, _term("tier", "tier")),
    Column("group", "text", 12, _term("group", "group")),
    Column("rfm", "text", 8, _plain("rfm")),
    Column("r", "whole", 8, _plain("r")),
    Column("f", "whole", 8, _plain("f")),
    Column("m", "whole", 8, _plain("m")),
    Column("potential", "number", 11, _plain("potential")),
    Column("value_axis", "number", 12, _plain("value_axis")),
    Column("spend_12m", "money", 16, _money("spend_12m")),
    Column("spend_total", "money", 16, _money("spend_total")),
    Column("order_count", "whole", 9, _plain("order_count")),
    Column("order_count_12m", "whole", 12, _plain("order_count_12m")),
    Column("avg_order", "money", 14, _money("avg_order")),
    Column("first_order_on", "day", 12, _plain("first_order_on")),
    Column("last_order_on", "day", 12, _plain("last_order_on")),
    Column("days_since_order", "whole", 12, _plain("days_since_order")),
    Column("tenure_years", "number", 12, _plain("tenure_years")),
    Column("lifecycle", "text", 12, _term("stage", "lifecycle")),
    Column("lifecycle_since", "day", 12, _plain("lifecycle_since")),
    Column("health", "number", 10, _plain("health")),
    Column("health_coverage", "share", 10, _plain("health_coverage")),
    *(Column(f"health_{d}", "number", 10, _plain(f"health_{d}")) for d in DIMENSIONS),
    Column("health_reasons", "long", 48, lambda report, row: report.health_reasons(row) or None),
    Column("risk", "text", 8, _term("risk", "risk")),
    Column("warned", "flag", 10, _plain("warned")),
    Column("main_cause", "text", 16, _cause),
    Column("signals", "long", 60, lambda report, row: report.signals(row) or None),
    Column("contact_due", "moment", 17, lambda report, row: report.contact_due),
    Column("churn_probability", "share", 10, _plain("churn_probability")),
    Column("p_alive", "share", 10, _plain("p_alive")),
    Column("expected_orders", "number", 12, _plain("expected_orders_12m")),
    Column("clv_handbook", "money", 16, _money("clv_handbook")),
    Column("clv_fitted", "money", 16, _money("clv_fitted")),
    Column("clv_low", "money", 16, _money("clv_low")),
    Column("clv_high", "money", 16, _money("clv_high")),
    Column("at_stake", "money", 16, _money("value_at_stake")),
    Column("strategy_row", "text", 16, _term("row", "strategy_row")),
)
BY_CODE = {column.code: column for column in _ALL}

CUSTOMER_LIST = tuple(column.code for column in _ALL if column.code not in ("contact_due", "value_axis"))
MATRIX_LIST = (
    "number", "name", "owner", "group", "tier", "potential", "value_axis", "spend_12m", "rfm", "lifecycle",
    "clv_handbook", "clv_fitted",
)  # fmt: skip
WARNING_LIST = (
    "number", "name", "tier", "risk", "main_cause", "signals", "health", "contact_due", "owner", "at_stake",
    "churn_probability", "last_order_on", "lifecycle", "health_reasons",
)  # fmt: skip
STRATEGY_LIST = ("number", "name", "owner", "strategy_row", "tier", "lifecycle", "spend_12m", "last_order_on", "risk")


def columns(report: Report, codes: Sequence[str]) -> tuple[Column, ...]:
    """The columns of a list; those of names, owners, industries and regions only where files say them."""
    absent = {what for what in ("owner", "industry", "region") if not report.knows(what)}
    if not report.has_names:
        absent.add("number" if report.has_names_only else "name")
    # An owner belongs to the warning list even where nobody is named: the column then waits to be filled in.
    if codes is WARNING_LIST:
        absent.discard("owner")
    return tuple(BY_CODE[code] for code in codes if code not in absent)


def title(report: Report, column: Column) -> str:
    """The heading, with the currency for money."""
    return report.words(f"column.{column.code}", currency=report.currency)
