"""The three workbooks: value matrix, warning list, strategy table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from zhike.foundation.tables.limits import LIMITS
from zhike.insight.documents.book import Book, limit_line
from zhike.insight.documents.columns import MATRIX_LIST, STRATEGY_LIST, WARNING_LIST, columns
from zhike.insight.documents.origin import DANGER, STRATEGY, VALUE, numbers_of, origin_lines
from zhike.insight.documents.report import GROUPS, TIERS, Report
from zhike.retain.policy import ClockPolicy
from zhike.segment.policy import GroupPolicy, PortraitPolicy, TierPolicy
from zhike.segment.rules.portrait import PortraitFacts, high_value_portrait, matches_fully
from zhike.segment.rules.strategies import StrategyRow, strategy_rows

_EIGHT = ("dimension", "features", "relation", "goal", "measures", "owner", "timing", "metrics")
_BESIDES = ("resources", "effect")
_PORTRAIT = "high_value_portrait"
_PICTURE_SCALE = 0.5
_LONG = ["reasons", "health_reasons", "signals"]  # not shown in these lists, and slow to unpack


def write_matrix(report: Report, path: Path, picture: Path) -> None:
    """《客户价值矩阵图》: the chart with its groups, then the customers, the highest spend first."""
    total = len(report.measures)
    with Book(path, report) as book:
        sheet = book.sheet(report.words("file.matrix"))
        _groups_table(book, sheet)
        sheet.insert_image(14, 0, str(picture), {"x_scale": _PICTURE_SCALE, "y_scale": _PICTURE_SCALE})
        chosen = report.sorted_by(("spend_12m_minor", "descending"), limit=LIMITS.reported_rows).drop_columns(_LONG)
        listed = book.listed(report.words("file.customers"), columns(report, MATRIX_LIST), report.rows(chosen))
        lines = [*origin_lines(report), report.words("about.sorted_value"), limit_line(report, listed, total)]
        lines += [report.words("about.formula"), report.words("about.thresholds", currency=report.currency)]
        book.about(lines, numbers_of(report, VALUE))


def _groups_table(book: Book, sheet: object) -> None:
    """Customers, spend and share of effort per group, then per tier."""
    report = book.report
    efforts = report.policies.get(GroupPolicy)
    codes = ("group", "count", "share", "spend_12m", "spend_share", "effort")
    titles = [report.words(f"column.{code}", currency=report.currency) for code in codes]
    book.headings(sheet, 0, titles, (22, 12, 10, 20, 12, 14))
    for i, (code, count, spend) in enumerate(shares(report, "group", GROUPS), start=1):
        effort = getattr(efforts, f"{code}_share") / 100 if code else None
        _share_line(book, sheet, i, report.term("group", code or "none"), count, spend, effort)
    titles[0] = report.words("column.tier")
    book.headings(sheet, 7, titles[:5], (22, 12, 10, 20, 12))
    for i, (code, count, spend) in enumerate(shares(report, "tier", TIERS), start=8):
        _share_line(book, sheet, i, report.term("tier", code or "none"), count, spend, None)


def _share_line(
    book: Book, sheet: object, row: int, name: str, count: int, spend: float | None, effort: float | None
) -> None:
    report = book.report
    whole, everything = len(report.measures), report.total("spend_12m_minor")
    book.put(sheet, row, 0, name, "text")
    book.put(sheet, row, 1, count, "whole")
    book.put(sheet, row, 2, count / whole if whole else None, "share")
    book.put(sheet, row, 3, report.major(round(spend)) if spend is not None else None, "money")
    book.put(sheet, row, 4, spend / everything if spend is not None and everything else None, "share")
    book.put(sheet, row, 5, effort, "share")


def shares(report: Report, column: str, codes: tuple[str, ...]) -> list[tuple[str | None, int, float | None]]:
    """(code, customers, yearly spend) for each of ``codes``, and for those without one where there are any."""
    counts = report.counts(column)
    found: list[tuple[str | None, int, float | None]] = [
        (code, counts.get(code, 0), report.total("spend_12m_minor", pc.equal(report.measures[column], code)))
        for code in codes
    ]
    if counts.get(None):
        found.append((None, counts[None], report.total("spend_12m_minor", pc.is_null(report.measures[column]))))
    return found


def write_warnings(report: Report, path: Path) -> None:
    """《客户流失预警名单》: the worst risk first, then the most at stake."""
    warned = warned_customers(report)
    with Book(path, report) as book:
        listed = book.listed(report.words("file.warnings"), columns(report, WARNING_LIST), report.rows(warned))
        hours = f"{report.policies.get(ClockPolicy).contact_hours:g}"
        lines = [*origin_lines(report), report.words("about.sorted_risk"), limit_line(report, listed, len(warned))]
        lines += [report.words("about.contact", hours=hours), report.words("about.warned_only")]
        lines += [report.words("about.proposal")]
        book.about(lines, numbers_of(report, DANGER))


def warned_customers(report: Report) -> pa.Table:
    """Warned customers, worst first."""
    table = report.measures.filter(report.measures["warned"])
    order = pc.index_in(table["risk"], pa.array(["high", "medium", "low"]))
    table = table.append_column("_order", pc.fill_null(order, 3))
    keys = [("_order", "ascending"), ("value_at_stake_minor", "descending"), ("customer_id", "ascending")]
    return table.take(pc.sort_indices(table, sort_keys=keys)).drop_columns(["_order"])


def write_strategy(report: Report, path: Path) -> None:
    """《客户关系细分与策略表》 with the number of customers per row, and who they are."""
    with Book(path, report) as book:
        _strategy_sheet(book)
        member = pc.is_valid(report.measures["strategy_row"])
        total = pc.sum(member).as_py() or 0
        keys = (("strategy_row", "ascending"), ("spend_12m_minor", "descending"))
        chosen = report.sorted_by(*keys, where=member, limit=LIMITS.reported_rows).drop_columns(_LONG)
        listed = book.listed(report.words("file.listed"), columns(report, STRATEGY_LIST), report.rows(chosen))
        lines = [*origin_lines(report), report.words("about.strategy"), report.words("about.portrait")]
        book.about([*lines, limit_line(report, listed, total)], numbers_of(report, STRATEGY))


def _strategy_sheet(book: Book) -> None:
    report = book.report
    sheet = book.sheet(report.words("file.strategy"))
    titles = [report.words(f"column.{'responsible' if code == 'owner' else code}") for code in _EIGHT]
    titles += [report.words("column.count"), *(report.words(f"column.{code}") for code in _BESIDES)]
    book.headings(sheet, 0, titles, (26, 40, 14, 30, 44, 16, 18, 24, 10, 30, 30))
    sheet.freeze_panes(1, 1)
    for i, (row, count) in enumerate(rows_with_counts(report), start=1):
        cells = [row.column(code, report.language) for code in _EIGHT]
        for j, text in enumerate(cells):
            book.put(sheet, i, j, text, "long")
        book.put(sheet, i, len(_EIGHT), count, "whole")
        for j, code in enumerate(_BESIDES, start=len(_EIGHT) + 1):
            book.put(sheet, i, j, row.column(code, report.language), "long")
    sheet.autofilter(0, 0, len(strategy_rows(report.policies)), len(titles) - 1)


def rows_with_counts(report: Report) -> list[tuple[StrategyRow, int]]:
    """The rows of D1 and how many customers belong to each on the as-of day."""
    counts = report.counts("strategy_row")
    return [
        (row, fully_typical(report) if row.code == _PORTRAIT else counts.get(row.code, 0))
        for row in strategy_rows(report.policies)
    ]


def fully_typical(report: Report) -> int:
    """Customers of the high-value row who show every feature of the portrait."""
    path = report.intake.snapshot / "customers.parquet"
    given = pq.read_table(path)
    if not {"prefers_custom", "satisfaction"} <= set(given.column_names):
        return 0
    place = pc.index_in(report.measures["customer_id"], given["customer_id"])
    given = given.take(place)
    facts = PortraitFacts(
        years=_floats(report.measures["tenure_years"]),
        spend_minor=_floats(report.measures["spend_12m_minor"]),
        prefers_custom=_floats(pc.cast(given["prefers_custom"], pa.int8())),
        satisfaction=_floats(given["satisfaction"]),
    )
    shown = high_value_portrait(facts, report.policies.get(TierPolicy), report.policies.get(PortraitPolicy))
    in_row = np.array(report.measures["strategy_row"].to_pylist(), dtype=object) == "high_value"
    return int((matches_fully(shown) & in_row).sum())


def _floats(column: pa.ChunkedArray) -> np.ndarray:
    return np.asarray(pc.cast(column, pa.float64()).to_numpy())
