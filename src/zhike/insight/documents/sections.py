"""The sections of the PDF, each from the report to items of the template; an empty list leaves a section out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow.compute as pc

from zhike.foundation.reports.svg import BLUE, GREY, ORANGE, RED, TEAL, YELLOW, Bar, bars, columns, shortened
from zhike.insight.documents.findings import top_causes
from zhike.insight.documents.origin import DANGER, VALUE, numbers_of
from zhike.insight.documents.parts import Item, picture, small, table, text
from zhike.insight.documents.report import STAGES, TIERS, Report
from zhike.insight.documents.understood import (
    column_lines,
    currency_line,
    feature_names,
    happenings,
    kind_of,
    reasons_line,
    remarks,
)
from zhike.insight.documents.workbooks import rows_with_counts, shares, warned_customers
from zhike.retain.policy import HealthPolicy, RiskPolicy, WarningPolicy
from zhike.segment.policy import RfmPolicy

_PERIODS = 6
Draw = Callable[[str, str], str]
_FILES, _COLUMNS, _WARNED, _CAUSES, _SIGNALS = 12, 24, 12, 8, 1
_STAGE_COLORS = {"active": TEAL, "new": TEAL, "dormant": YELLOW, "at_risk": ORANGE, "lost": RED}


def _understood(report: Report, draw: Draw) -> list[Item]:
    intake, language = report.intake, report.language
    head = [report.words(f"column.{code}") for code in ("file", "kind", "read", "accepted", "rejected")]
    rows = [
        [
            f.understanding.source.label,
            kind_of(f.understanding, language),
            f"{f.read:,}",
            f"{f.accepted:,}",
            f"{f.rejected:,}",
        ]
        for f in intake.files[:_FILES]
    ]
    items = [table(head, rows, widths=("1fr", "auto", "auto", "auto", "auto"), right=(2, 3, 4))]
    evidence = report.words(f"as_of.{intake.as_of_evidence}")
    items.append(text(report.words("about.as_of", day=intake.as_of.isoformat(), evidence=evidence)))
    items.append(text(currency_line(intake.plan, language)))
    items.append(_columns_table(report))
    lines = sum(len(column_lines(f.understanding, language)) for f in intake.files)
    if lines > _COLUMNS:
        items.append(small(report.words("pdf.more_columns", n=lines - _COLUMNS)))
    for f in intake.files:
        if names := feature_names(f.understanding):
            items.append(small(report.words("pdf.features_used", names=report.words("list.comma").join(names[:30]))))
        if f.rejected and f.understanding.kind:
            label = f.understanding.source.label
            items.append(small(f"{label} · " + report.words("pdf.rejected_why", reasons=reasons_line(f, language))))
        items += [small(f"{f.understanding.source.label} · {remark}") for remark in remarks(f.understanding, language)]
    return items + [small(line) for line in happenings(intake, language)[:_COLUMNS]]


def _columns_table(report: Report) -> Item:
    """Columns and their meaning; with the file's name where there are several."""
    found = [
        [f.understanding.source.label, *line]
        for f in report.intake.files
        for line in column_lines(f.understanding, report.language)
    ]
    codes, widths = ("file", "column", "meaning", "evidence", "examples"), ("auto", "auto", "auto", "auto", "1fr")
    skip = 0 if len({line[0] for line in found}) > 1 else 1
    head = [report.words(f"column.{code}") for code in codes[skip:]]
    return table(head, [line[skip:] for line in found[:_COLUMNS]], widths=widths[skip:])


def _tiers(report: Report, draw: Draw) -> list[Item]:
    whole, everything = len(report.measures), report.total("spend_12m_minor")
    found = shares(report, "tier", TIERS)
    colors = {"high": BLUE, "core": TEAL, "low": GREY}
    drawn = [
        Bar(
            report.term("tier", code or "none"), n, f"{n:,} ({report.percent(n / whole)})", colors.get(code or "", GREY)
        )
        for code, n, _ in found
    ]
    codes = ("tier", "count", "share", "spend_12m", "spend_share")
    head = [report.words(f"column.{code}", currency=report.currency) for code in codes]
    rows = [
        [
            report.term("tier", code or "none"),
            f"{n:,}",
            report.percent(n / whole),
            report.amount(spend),
            report.percent(spend / everything if spend is not None and everything else None),
        ]
        for code, n, spend in found
    ]
    items = [picture(draw("tiers.svg", bars(drawn))), table(head, rows, widths=("1fr",) * 5, right=(1, 2, 3, 4))]
    return items + _rfm(report)


def _rfm(report: Report) -> list[Item]:
    marked = report.measures.filter(pc.is_valid(report.measures["rfm"]))
    if not len(marked):
        return []
    best = pc.and_(pc.greater_equal(marked["r"], 4), pc.greater_equal(marked["f"], 4))
    n = pc.sum(pc.and_(best, pc.greater_equal(marked["m"], 4))).as_py() or 0
    note = report.words(f"pdf.rfm_{report.policies.get(RfmPolicy).mode}")
    told = report.words("pdf.rfm_best", n=f"{n:,}", share=report.percent(n / len(marked)))
    return [text(told), small(report.words("pdf.rfm_note", note=note))]


def _matrix(report: Report, draw: Draw) -> list[Item]:
    known = pc.sum(pc.is_valid(report.measures["potential"])).as_py()
    if not known or pc.sum(pc.is_valid(report.measures["value_axis"])).as_py() == 0:
        reasons = [
            report.says(g.code, g.data) for g in report.result.not_computed if g.measure in ("rfm", "tier", "spend")
        ]
        return [text(report.words("pdf.no_matrix", reason=" ".join(reasons[:2])))]
    return [picture("matrix.svg")]


def _lifecycle(report: Report, draw: Draw) -> list[Item]:
    counts = report.counts("lifecycle")
    drawn = [
        (report.term("stage", stage), counts.get(stage, 0), _STAGE_COLORS.get(stage, BLUE))
        for stage in STAGES
        if counts.get(stage) or stage not in ("potential", "developing")
    ]
    return [picture(draw("lifecycle.svg", columns(drawn))), *_churn_rate(report)]


def _churn_rate(report: Report) -> list[Item]:
    """Customers lost per period, where orders or contracts reach back far enough to tell."""
    found = report.churn
    if found is None:
        return []
    known = [row for row in found.rows if row.at_start and (found.known_from is None or row.end > found.known_from)]
    if not known:
        return []
    head = [report.words(f"pdf.{code}") for code in ("period", "at_start", "lost", "rate")]
    one_day = dt.timedelta(days=1)
    rows = [
        [f"{row.start} – {row.end - one_day}", f"{row.at_start:,}", f"{row.lost:,}", report.percent(row.rate)]
        for row in known[-_PERIODS:]
    ]
    definition = report.words(f"pdf.by_{found.definition}")
    note = small(report.words("pdf.churn_rate", definition=definition))
    return [note, table(head, rows, widths=("1.5fr", "1fr", "1fr", "1fr"), right=(1, 2, 3))]


def _health(report: Report, draw: Draw) -> list[Item]:
    items = _health_spread(report, draw)
    warned = warned_customers(report)
    if not len(warned):
        return [*items, text(report.words("pdf.no_warnings"))]
    drawn = [Bar(report.title(code), n, f"{n:,}", ORANGE) for code, n in top_causes(report, _CAUSES)]
    items.append(text(report.words("pdf.top_causes", n=len(drawn))))
    items.append(picture(draw("causes.svg", bars(drawn, name_room=170))))
    items.append(text(report.words("pdf.top_warned")))
    codes = ("customer", "tier", "risk", "main_cause", "signals", "at_stake")
    head = [report.words(f"column.{code}", currency=report.currency) for code in codes]
    rows = []
    for row in report.rows(warned.slice(0, _WARNED)):
        signals = sorted(row["signals"], key=lambda signal: signal["code"] != row["main_cause"])
        told = {**row, "signals": signals[:_SIGNALS]}
        rows.append(
            [
                shortened(report.label(row["customer_id"]), 110, 8.5),
                report.term("tier", row["tier"]),
                report.term("risk", row["risk"]),
                report.title(row["main_cause"]) if row["main_cause"] else "—",
                report.signals(told) or (report.health_reasons(row) or "—"),
                report.short(row["value_at_stake_minor"]),
            ]
        )
    items.append(table(head, rows, widths=("88pt", "auto", "auto", "72pt", "1fr", "auto"), right=(5,)))
    return items


def _health_spread(report: Report, draw: Draw) -> list[Item]:
    scores = pc.drop_null(report.measures["health"])
    if not len(scores):
        reasons = [report.says(g.code, g.data) for g in report.result.not_computed if g.measure == "health"]
        return [text(report.words("pdf.no_health", reason=" ".join(reasons)))]
    limit, high = report.policies.get(WarningPolicy).health_limit, report.policies.get(RiskPolicy).high_health_below
    values = np.asarray(scores.to_numpy())
    # A score that rests on too little is shown with the rest; what it rests on is said below the picture.
    thin = [report.says(g.code, g.data) for g in report.result.not_computed if g.code == "health.thin"]
    edges = np.arange(0, 101, 10)
    counted, _ = np.histogram(values, bins=edges)
    drawn = [
        (f"{edges[i]}-{edges[i + 1]}", int(n), RED if edges[i] < high else ORANGE if edges[i] < limit else TEAL)
        for i, n in enumerate(counted)
    ]
    told = report.words(
        "pdf.health_spread",
        scored=f"{len(values):,}",
        mean=f"{values.mean():.1f}",
        limit=f"{limit:g}",
        below=f"{int((values < limit).sum()):,}",
    )
    weights = report.policies.get(HealthPolicy)
    parts = ("stability", "service", "interaction", "usage")
    said = [f"{report.title(name)} {getattr(weights, f'{name}_weight'):g}" for name in parts]
    below = [small(words) for words in (report.words("list.separator").join(said), *thin)]
    return [text(told), picture(draw("health.svg", columns(drawn))), *below]


def _strategy(report: Report, draw: Draw) -> list[Item]:
    head = [report.words(f"column.{code}") for code in ("dimension", "goal", "responsible", "timing", "count")]
    rows = [
        [*(row.column(code, report.language) for code in ("dimension", "goal", "owner", "timing")), f"{n:,}"]
        for row, n in rows_with_counts(report)
    ]
    return [table(head, rows, widths=("1.5fr", "1.5fr", "1fr", "1fr", "auto"), right=(4,))]


def _clv(report: Report, draw: Draw) -> list[Item]:
    codes = ("tier", "count", "clv_handbook", "clv_fitted", "clv_low", "clv_high")
    head = [report.words(f"column.{code}", currency=report.currency) for code in codes]
    names = ("clv_handbook_minor", "clv_fitted_minor", "clv_low_minor", "clv_high_minor")
    rows = []
    for tier, n, _ in shares(report, "tier", TIERS):
        where = pc.equal(report.measures["tier"], tier) if tier else pc.is_null(report.measures["tier"])
        means = [pc.mean(report.measures.filter(where)[name]).as_py() for name in names]
        if n:
            rows.append([report.term("tier", tier or "none"), f"{n:,}", *(report.amount(mean) for mean in means)])
    items = [
        small(report.words("pdf.clv_mean")),
        table(head, rows, widths=("auto",) + ("1fr",) * 5, right=(1, 2, 3, 4, 5)),
    ]
    book = report.result.models["clv_handbook"]
    basis = report.words(f"pdf.basis_{book['retention_basis']}")
    share = report.percent(book["retention"])
    items.append(
        text(report.words("pdf.clv_handbook", years=f"{book['lifetime_years']:g}", retention=share, basis=basis))
    )
    return items + _fitted(report)


def _fitted(report: Report) -> list[Item]:
    """What was fitted, for all together or for firms and persons apart, and what was refused."""
    refused = [g for g in report.result.not_computed if g.measure.split(":")[0] == "clv_fitted"]
    items = [text(report.says(g.code, g.data)) for g in refused[:2]]
    for name, model in report.result.fitted.items():
        if "total" in model:
            items += [text(report.title(f"measure:{name}"))] if ":" in name else []
            items += _model(report, model)
    return items


def _model(report: Report, model: dict[str, Any]) -> list[Item]:
    often, spend, total, test = model["purchases"], model["spend"], model["total"], model["diagnosis"]
    return [
        text(
            report.words(
                "pdf.clv_model",
                months=f"{model['horizon_months']:g}",
                level=report.percent(model["interval"], 0),
                expected=f"{test['expected']:,.0f}",
                real=f"{test['real']:,.0f}",
            )
        ),
        text(
            report.words(
                "pdf.clv_total",
                total=report.whole(total["minor"]),
                low=report.whole(total["low"]),
                high=report.whole(total["high"]),
            )
        ),
        small(report.words("pdf.clv_params", **{k: f"{v:.3f}" for k, v in {**_only(often), **_only(spend)}.items()})),
    ]


def _only(params: dict[str, Any]) -> dict[str, float]:
    return {name: params[name] for name in ("r", "alpha", "a", "b", "p", "q", "v") if name in params}


def _gaps(report: Report, draw: Draw) -> list[Item]:
    if not report.result.not_computed:
        return [text(report.words("pdf.no_gaps"))]
    head = [report.words("column.measure"), report.words("column.reason")]
    reasons: dict[str, list[str]] = {}
    for gap in report.result.not_computed:
        reasons.setdefault(report.says(gap.code, gap.data), []).append(report.title(f"measure:{gap.measure}"))
    rows = [[report.words("list.comma").join(measures), reason] for reason, measures in reasons.items()]
    return [table(head, rows, widths=("120pt", "1fr"))]


def _method(report: Report, draw: Draw) -> list[Item]:
    items = []
    if model := report.result.models.get("churn"):
        source = report.words(f"pdf.churn_{model['learned_from']}")
        found = model["report"]
        rule = report.words("pdf.churn_rule", column=found["rule_column"], auc=f"{found['rule_auc']:.3f}")
        items.append(text(report.words("pdf.churn_model", source=source, auc=f"{model['auc']:.3f}", rule=rule)))
    name = report.words(f"template.{report.intake.plan.asked.template or 'none'}")
    items.append(small(report.words("pdf.policy_source", template=name)))
    numbers = numbers_of(report, (*VALUE, *DANGER))
    half = -(-len(numbers) // 2)
    pairs = [[*numbers[i], *(numbers[i + half] if i + half < len(numbers) else ("", ""))] for i in range(half)]
    head = [report.words("column.policy"), report.words("column.value")] * 2
    items.append(table(head, pairs, widths=("1fr", "auto", "1fr", "auto"), right=(1, 3)))
    return items


SECTIONS: dict[str, Callable[[Report, Draw], list[Item]]] = {
    "data": _understood,
    "tiers": _tiers,
    "matrix": _matrix,
    "lifecycle": _lifecycle,
    "health": _health,
    "strategy": _strategy,
    "clv": _clv,
    "gaps": _gaps,
    "method": _method,
}
