"""``manifest.json``: for machines, everything that was read, understood, computed and left out."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from zhike import __version__
from zhike.insight.documents import names
from zhike.insight.documents.report import Report
from zhike.insight.documents.understood import feature_names, happenings, remarks
from zhike.insight.intake.read import FileRead, Plan
from zhike.insight.intake.texts import said
from zhike.insight.intake.understanding import Column, Understanding

FORMAT = 1


def manifest(report: Report) -> dict[str, Any]:
    """The manifest as plain data: numbers as numbers, reasons as code and as sentence."""
    intake, result, language = report.intake, report.result, report.language
    asked = intake.plan.asked
    files = [file_entry(file, language) for file in intake.files]
    return {
        "format": FORMAT,
        "zhike": __version__,
        "made_at": report.made_at.isoformat(timespec="seconds"),
        "language": language,
        "template": asked.template,
        "as_of": intake.as_of.isoformat(),
        "as_of_evidence": intake.as_of_evidence,
        "as_of_said": said(f"as_of.{intake.as_of_evidence}", language),
        "currency": report.currency,
        "currency_evidence": intake.plan.currency_evidence,
        "first_date": intake.first_day.isoformat() if intake.first_day else None,
        "last_date": intake.last_day.isoformat() if intake.last_day else None,
        "files": files,
        "rows": {what: sum(file[what] for file in files) for what in ("read", "accepted", "rejected")},
        "remarks": happenings(intake, language),
        "counts": dict(intake.counts),
        "tables": dict(intake.tables),
        "customers": len(report.measures),
        "results": _results(report),
        "churn_rate": _churn_rate(report),
        "policies": result.policy_versions,
        "models": result.models,
        "metrics": _metrics(result.models),
        "not_computed": [
            {"measure": gap.measure, "code": gap.code, "data": gap.data, "reason": report.says(gap.code, gap.data)}
            for gap in result.not_computed
        ],
        "outputs": list(names.ALL),
    }


def file_entry(file: FileRead, language: str) -> dict[str, Any]:
    """One source: how it was read, what its columns mean, and the count of its rows."""
    found = understanding_entry(file.understanding, language)
    found |= {"read": file.read, "accepted": file.accepted, "rejected": file.rejected}
    found["rejected_because"] = [
        {
            "code": code.split(".")[1],
            "reason": said(f"short.{code.split('.')[1]}", language),
            "rows": n,
            "first_line": file.first_lines[code],
        }
        for code, n in sorted(file.reasons.items(), key=lambda item: -item[1])
    ]
    return found


def understanding_entry(u: Understanding, language: str) -> dict[str, Any]:
    """One source as understood, before it is read in full."""
    features = set(feature_names(u))
    return {
        "file": u.source.label,
        "kind": u.kind,
        **u.source.facts(),
        "currency": u.currency if u.kind else None,
        "columns": [_column(column, u, column.name in features) for column in u.columns],
        "not_understood": [c.name for c in u.columns if (not c.meaning or not u.kind) and c.name not in features],
        "missing": [list(group) for group in u.reading.missing],
        "remarks": remarks(u, language),
    }


def _column(column: Column, u: Understanding, is_feature: bool) -> dict[str, Any]:
    found: dict[str, Any] = {
        "column": column.name,
        "meaning": column.meaning if u.kind else None,
        "evidence": "feature" if is_feature else column.evidence or None,
    }
    if column.meaning and column.date_style:
        found["date_order"] = column.date_style.pattern or column.date_style.order
    if column.meaning and column.factor != 1:
        found["factor"] = column.factor
    if column.meaning and column.decimal_comma:
        found["decimal_comma"] = True
    return found


def plan_entry(plan: Plan, language: str) -> dict[str, Any]:
    """What was understood, for ``--json`` when nothing more can be done."""
    return {"files": [understanding_entry(u, language) for u in plan.understandings], "currency": plan.currency}


def _results(report: Report) -> dict[str, Any]:
    columns = ("tier", "group", "lifecycle", "risk", "strategy_row")
    found: dict[str, Any] = {
        name: {code or "none": n for code, n in sorted(report.counts(name).items(), key=lambda i: str(i[0]))}
        for name in columns
    }
    money = ("spend_12m_minor", "clv_handbook_minor", "clv_fitted_minor")
    found |= {name.removesuffix("_minor"): report.major(report.total(name)) for name in money}  # type: ignore[arg-type]
    found["warned"] = report.counts("warned").get(True, 0)  # type: ignore[call-overload]
    return found


def _churn_rate(report: Report) -> dict[str, Any] | None:
    if report.churn is None:
        return None
    rows = [
        {"start": row.start.isoformat(), "end": row.end.isoformat(), "at_start": row.at_start, "lost": row.lost}
        | {"rate": None if row.rate is None else round(row.rate, 6)}
        for row in report.churn.rows
    ]
    known = report.churn.known_from
    return {"definition": report.churn.definition, "known_from": known.isoformat() if known else None, "periods": rows}


def _metrics(models: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The figures people look for first, flat and rounded."""
    found: dict[str, Any] = {}
    if churn := models.get("churn"):
        found["churn_auc"] = round(churn["auc"], 4)
    for kind, fitted in ((name.removeprefix("clv_fitted"), model) for name, model in models.items()):
        if "purchases" in fitted:
            found[f"bgnbd{kind}"] = {name: round(fitted["purchases"][name], 3) for name in ("r", "alpha", "a", "b")}
        if "spend" in fitted:
            found[f"gamma_gamma{kind}"] = {name: round(fitted["spend"][name], 3) for name in ("p", "q", "v")}
    return found


def _finite(value: Any) -> Any:
    """JSON knows no NaN: an unknown number is null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(k): _finite(v) for k, v in value.items()}
    return [_finite(v) for v in value] if isinstance(value, list | tuple) else value


def write_manifest(report: Report, path: Path) -> dict[str, Any]:
    """Write the file and return what stands in it."""
    found: dict[str, Any] = _finite(manifest(report))
    path.write_text(json.dumps(found, ensure_ascii=False, indent=2, default=str) + "\n", encoding="utf-8")
    return found
