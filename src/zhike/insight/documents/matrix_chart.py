"""《客户价值矩阵图》 as SVG: value upwards, potential to the right, the three groups as fields."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from zhike.foundation.reports.svg import BLUE, GREY, INK, LINE, QUIET, TEAL, Bar, Canvas, bars, shortened, width_of
from zhike.insight.documents.report import GROUPS, TIERS, Report
from zhike.segment.policy import GroupPolicy, TierPolicy

COLORS = {"strategic": BLUE, "potential": TEAL, "ordinary": GREY}
_W, _H = 1000.0, 690.0
_LEFT, _TOP, _RIGHT, _BOTTOM = 118.0, 64.0, 970.0, 560.0
_SINGLE_DOTS = 400
_CELLS = (36, 26)
_LABELLED = 8
_HEADROOM = 0.95
_STRATEGIC = "#E3EDF7"
_CORE_AT, _HIGH_AT = 1 / 3, 2 / 3  # where the tiers begin on the value axis (segment.rules.potential)


@dataclass(frozen=True)
class _Place:
    x: float
    y: float
    group: str
    count: int


@dataclass(frozen=True)
class _Axis:
    """The value axis: the policy's own, or, where nobody reaches the core tier, a magnified one of the spend."""

    magnified: bool
    top: float  # the highest spend, minor units
    unit: float  # spend up to which the magnified axis is nearly straight

    def place(self, spend: float, coordinate: float) -> float:
        """0 at the bottom, 1 at the top."""
        if not self.magnified:
            return min(max(coordinate, 0.0), 1.0)
        return float(np.log1p(max(spend, 0) / self.unit) / np.log1p(self.top / self.unit)) * _HEADROOM


def matrix_chart(report: Report) -> str:
    """The chart; where nobody's potential is known, bars of the tiers take its place."""
    canvas = Canvas(_W, _H)
    canvas.text(_LEFT, 30, report.words("file.matrix"), size=20, bold=True)
    canvas.text(_RIGHT, 30, report.words("pdf.as_of_line", day=report.intake.as_of), size=13, fill=QUIET, anchor="end")
    known = pc.and_(pc.is_valid(report.measures["potential"]), pc.is_valid(report.measures["value_axis"]))
    table = report.measures.filter(known)
    if not len(table):
        return _tier_bars(report)
    axis = _axis_of(table)
    _fields(canvas, report, axis)
    drawn = _places(table, axis)
    most = max(place.count for place in drawn)
    for place in sorted(drawn, key=lambda place: -place.count):
        radius = 4.0 if most == 1 else 2.5 + 15 * (place.count / most) ** 0.5
        canvas.circle(_x(place.x), _y(place.y), radius, COLORS[place.group])
    _names(canvas, report, table, axis)
    _legend(canvas, report, "pdf.dot_one" if most == 1 else "pdf.dot_note")
    return canvas.drawn()


def _axis_of(table: pa.Table) -> _Axis:
    spends = np.maximum(table["spend_12m_minor"].to_numpy(), 0).astype(float)
    positive = spends[spends > 0]
    top = float(spends.max())
    magnified = top > 0 and float(pc.max(table["value_axis"]).as_py()) < _CORE_AT
    return _Axis(magnified, top, float(np.median(positive)) if len(positive) else 1.0)


def _x(potential: float) -> float:
    return _LEFT + (_RIGHT - _LEFT) * potential


def _y(value: float) -> float:
    return _BOTTOM - (_BOTTOM - _TOP) * value


def _fields(canvas: Canvas, report: Report, axis: _Axis) -> None:
    """The areas of the groups, the thresholds of the tiers, and the axes."""
    promising = report.policies.get(GroupPolicy).potential_from
    canvas.rect(_LEFT, _TOP, _RIGHT - _LEFT, _BOTTOM - _TOP, COLORS["ordinary"], opacity=0.08)
    canvas.rect(_x(promising), _TOP, _RIGHT - _x(promising), _BOTTOM - _TOP, COLORS["potential"], opacity=0.10)
    if axis.magnified:
        _magnified_scale(canvas, report, axis)
    else:
        _policy_scale(canvas, report)
    foot = _TOP if axis.magnified else _y(_CORE_AT)
    canvas.line(_x(promising), foot, _x(promising), _BOTTOM, QUIET, dashed=True)
    canvas.line(_LEFT, _TOP, _LEFT, _BOTTOM, INK)
    canvas.line(_LEFT, _BOTTOM, _RIGHT, _BOTTOM, INK)
    for potential in (0.0, 0.25, 0.5, 0.75, 1.0):
        canvas.text(_x(potential), _BOTTOM + 18, f"{potential:g}", size=12, fill=QUIET, anchor="middle")
    canvas.text((_LEFT + _RIGHT) / 2, _BOTTOM + 38, report.words("pdf.axis_potential"), anchor="middle")
    canvas.text(24, (_TOP + _BOTTOM) / 2, report.words("pdf.axis_value"), anchor="middle", turn=-90)


def _policy_scale(canvas: Canvas, report: Report) -> None:
    """The strategic field, and lines where the core and the high tier begin."""
    groups, tiers = report.policies.get(GroupPolicy), report.policies.get(TierPolicy)
    strategic = groups.strategic_core_potential_from
    canvas.rect(_LEFT, _TOP, _RIGHT - _LEFT, _y(_HIGH_AT) - _TOP, _STRATEGIC)
    canvas.rect(_x(strategic), _y(_HIGH_AT), _RIGHT - _x(strategic), _y(_CORE_AT) - _y(_HIGH_AT), _STRATEGIC)
    for at, minor in ((_HIGH_AT, tiers.high_from), (_CORE_AT, tiers.core_from)):
        canvas.line(_LEFT, _y(at), _RIGHT, _y(at), QUIET, dashed=True)
        canvas.text(_LEFT - 8, _y(at) + 4, report.short(minor), size=12, fill=QUIET, anchor="end")
    for code, at in (("high", 0.975), ("core", _HIGH_AT - 0.025), ("low", _CORE_AT - 0.025)):
        canvas.text(_LEFT + 8, _y(at) + 8, report.term("tier", code), size=12, fill=QUIET)


def _magnified_scale(canvas: Canvas, report: Report, axis: _Axis) -> None:
    """Amounts at powers of ten, and a word about the threshold that lies outside."""
    power = 10 ** int(np.floor(np.log10(max(axis.unit, 1))))
    while power <= axis.top:
        y = _y(axis.place(power, 0))
        canvas.line(_LEFT, y, _RIGHT, y)
        canvas.text(_LEFT - 8, y + 4, report.short(power), size=12, fill=QUIET, anchor="end")
        power *= 10
    core = report.short(report.policies.get(TierPolicy).core_from)
    canvas.text(_LEFT, _TOP - 10, report.words("pdf.value_axis_zoom", core=core), size=12, fill=QUIET)


def _places(table: pa.Table, axis: _Axis) -> list[_Place]:
    """A dot per customer, or a circle per cell where there are many."""
    xs = np.clip(table["potential"].to_numpy(), 0, 1)
    ys = np.array([axis.place(s, v) for s, v in zip(*_spend_and_value(table), strict=True)])
    groups = [group or "ordinary" for group in table["group"].to_pylist()]
    if len(table) <= _SINGLE_DOTS:
        return [_Place(float(x), float(y), g, 1) for x, y, g in zip(xs, ys, groups, strict=True)]
    across, up = _CELLS
    columns, rows = np.minimum((xs * across).astype(int), across - 1), np.minimum((ys * up).astype(int), up - 1)
    counted = Counter(zip(columns.tolist(), rows.tolist(), groups, strict=True))
    return [_Place((c + 0.5) / across, (r + 0.5) / up, group, n) for (c, r, group), n in counted.items()]


def _spend_and_value(table: pa.Table) -> tuple[list[float], list[float]]:
    return table["spend_12m_minor"].to_pylist(), table["value_axis"].to_pylist()


def _names(canvas: Canvas, report: Report, table: pa.Table, axis: _Axis) -> None:
    """The names of the highest spenders beside their dots, where there is room."""
    order = pc.sort_indices(table, sort_keys=[("spend_12m_minor", "descending"), ("customer_id", "ascending")])
    taken: list[tuple[float, float, float]] = []
    for row in table.take(order[:_LABELLED]).to_pylist():
        if row["tier"] == "low" and not axis.magnified:
            continue
        name = shortened(report.label(row["customer_id"]), 130, 11)
        x, y = _x(min(row["potential"], 1)) + 8, _y(axis.place(row["spend_12m_minor"], row["value_axis"])) + 4
        wide = width_of(name, 11)
        if x + wide > _RIGHT:
            x -= wide + 16
        if any(abs(y - other) < 13 and x < right and x + wide > left for left, right, other in taken):
            continue
        taken.append((x, x + wide, y))
        canvas.text(x, y, name, size=11)


def _legend(canvas: Canvas, report: Report, note: str) -> None:
    counts, whole = report.counts("group"), len(report.measures)
    efforts = report.policies.get(GroupPolicy)
    for i, group in enumerate(GROUPS):
        y = _BOTTOM + 66 + i * 19
        canvas.circle(_LEFT + 6, y - 4, 6, COLORS[group], opacity=0.9)
        n = counts.get(group, 0)
        said = report.words(
            "pdf.group_line",
            group=report.term("group", group),
            n=f"{n:,}",
            share=report.percent(n / whole if whole else 0),
            effort=f"{getattr(efforts, f'{group}_share'):g}%",
        )
        canvas.text(_LEFT + 20, y, said, size=13)
    canvas.text(_RIGHT, _BOTTOM + 66, report.words(note), size=12, fill=QUIET, anchor="end")


def _tier_bars(report: Report) -> str:
    """Without potential the matrix has one axis: customers and spend by tier."""
    counts, colors = report.counts("tier"), (BLUE, TEAL, GREY, LINE)
    codes: Sequence[str | None] = (*TIERS, None) if counts.get(None) else TIERS
    found = [
        Bar(report.term("tier", code or "none"), counts.get(code, 0), f"{counts.get(code, 0):,}", color)
        for code, color in zip(codes, colors, strict=False)
    ]
    return bars(found, width=_W, name_room=160)
