"""What was understood of the files, as words: for the terminal, the PDF and the manifest alike."""

from __future__ import annotations

from collections.abc import Sequence

from zhike.insight.intake.meanings import kinds, meanings
from zhike.insight.intake.people import features_of
from zhike.insight.intake.read import FileRead, Intake, Plan, missing_said
from zhike.insight.intake.texts import said
from zhike.insight.intake.understanding import Column, Understanding, day_example, examples_of


def column_lines(u: Understanding, language: str) -> list[tuple[str, str, str, str]]:
    """(column, meaning, evidence, examples) for the columns that are used."""
    return [
        (column.name, meanings()[column.meaning].called(language), evidence_of(column, language), examples_of(column))
        for column in u.columns
        if u.kind and column.meaning
    ]


def evidence_of(column: Column, language: str) -> str:
    return said(f"evidence.{column.evidence}", language)


def feature_names(u: Understanding) -> list[str]:
    """Columns that only serve to learn churn."""
    return [column.name for column, _ in features_of(u)] if u.kind == "customers" else []


def unused_names(u: Understanding) -> list[str]:
    """Columns that are not used at all."""
    used = set(feature_names(u))
    return [c.name for c in u.columns if (not c.meaning or not u.kind) and c.name not in used]


def kind_of(u: Understanding, language: str) -> str:
    """What the table holds, or that it is not used."""
    return kinds()[u.kind].called(language) if u.kind else said("short.file_not_used", language)


def remarks(u: Understanding, language: str) -> list[str]:
    """What a reader must know about how this file was read: titles passed over, order of day and month, units."""
    told = [said(code, language, **data) for code, data in u.source.notes]
    if not u.kind:
        return [*told, said("note.not_used", language, missing=missing_of(u, language))]
    for column in u.columns:
        if column.meaning and column.date_evidence and column.date_evidence.evidence != "no_need":
            order = said(f"order.{column.date_evidence.order}", language)
            code = f"note.order_{column.date_evidence.evidence}"
            told.append(said(code, language, column=column.name, order=order, example=day_example(column)))
        if column.meaning and column.decimal_comma:
            told.append(said("note.decimal_comma", language, column=column.name))
        if column.meaning and column.factor != 1:
            told.append(said("note.factor", language, column=column.name, factor=f"{column.factor:,}"))
    return told


def missing_of(u: Understanding, language: str) -> str:
    """The meanings a table lacks to be usable."""
    return missing_said(u.reading.missing, language) or "—"


def currency_line(plan: Plan, language: str) -> str:
    evidence = said(f"currency.{plan.currency_evidence}", language)
    return said("about.currency", language, currency=plan.currency, evidence=evidence)


def reasons_line(file: FileRead, language: str) -> str:
    """Why rows were refused, the commonest reason first."""
    ordered = sorted(file.reasons.items(), key=lambda item: -item[1])
    told = [
        said("pdf.reason_count", language, reason=said(f"short.{code.split('.')[1]}", language), n=f"{n:,}")
        for code, n in ordered
    ]
    return said("list.comma", language).join(told)


def happenings(intake: Intake, language: str) -> list[str]:
    """What was taken with a remark while reading: returns, cancellations, cells that count as empty."""
    told = [said(f"note.{code}", language, rows=f"{n:,}") for code, n in intake.counts.items()]
    for (label, column), short in intake.shortfalls.items():
        data = {"file": label, "column": column, "cells": f"{short.cells:,}", "line": str(short.line)}
        told.append(said("note.shortfall", language, text=short.text.strip()[:40], **data))
    return told


def understood_text(plan: Plan, language: str) -> str:
    """Everything understood, as the terminal shows it before the work starts."""
    lines: list[str] = []
    for u in plan.understandings:
        lines += [f"{u.source.label}: {kind_of(u, language)}", *_table(column_lines(u, language))]
        if used := feature_names(u):
            lines.append("  " + said("pdf.features_used", language, names=_some(used, language)))
        if left := unused_names(u):
            lines.append("  " + said("pdf.not_used_columns", language, names=_some(left, language)))
        lines += [f"  {remark}" for remark in remarks(u, language)]
    return "\n".join([*lines, currency_line(plan, language)])


def _some(names: Sequence[str], language: str, limit: int = 12) -> str:
    shown = said("list.comma", language).join(names[:limit])
    more = len(names) - limit
    return shown if more <= 0 else shown + said("list.comma", language) + said("list.more", language, n=more)


def _table(rows: Sequence[tuple[str, str, str, str]]) -> list[str]:
    """Lines with the first three columns aligned, Chinese characters counted as two."""
    widths = [max((_wide(row[i]) for row in rows), default=0) for i in range(3)]
    return [
        "  " + "  ".join(row[i] + " " * (widths[i] - _wide(row[i])) for i in range(3)) + "  " + row[3] for row in rows
    ]


def _wide(words: str) -> int:
    return sum(2 if c > "\u2e80" else 1 for c in words)
