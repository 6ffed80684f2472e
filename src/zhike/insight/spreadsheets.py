"""Spreadsheets in, reports out: reading, computing and writing in one go, with the night's own computation."""

from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhike.foundation.kit import clock
from zhike.foundation.policies.load import load_defaults
from zhike.foundation.tables.faults import Fault, UnusableInput, WrongUse
from zhike.insight.compute.churn_rate import churn_rate
from zhike.insight.compute.run import compute
from zhike.insight.documents import names
from zhike.insight.documents.customers_csv import write_customers
from zhike.insight.documents.delivery import deliver, workshop
from zhike.insight.documents.manifest import write_manifest
from zhike.insight.documents.report import Report
from zhike.insight.documents.summary import fonts, write_summary
from zhike.insight.documents.understood import understood_text
from zhike.insight.documents.workbooks import write_matrix, write_strategy, write_warnings
from zhike.insight.intake.read import Asked, Plan, plan_reading, read_files
from zhike.insight.intake.texts import fault_said

Progress = Callable[[str, float], None]
# How the time of a run divides, for one bar over all of it.
_STAGES = {"understand": (0.0, 0.05), "read": (0.05, 0.35), "compute": (0.35, 0.65), "write": (0.65, 1.0)}

__all__ = [
    "Asked",
    "Fault",
    "Finished",
    "Plan",
    "UnusableInput",
    "WrongUse",
    "fault_said",
    "report_on",
    "understood_text",
]


@dataclass(frozen=True)
class Finished:
    """What a run left in ``out``."""

    out: Path
    manifest: dict[str, Any]


def report_on(
    asked: Asked,
    out: Path,
    *,
    on_understood: Callable[[Plan], None] | None = None,
    progress: Progress | None = None,
) -> Finished:
    """Read the files of ``asked`` and write the reports to ``out``; nothing is written unless all of it is.

    ``on_understood`` is told what the columns were taken for before the work starts; ``progress`` hears the
    stage (understand, read, compute, write) and the share of the whole that is done.

    Raises: UnusableInput (the files), WrongUse (paths, map, template), Fault (fonts missing, disk full).
    """
    tell = progress or (lambda stage, share: None)
    fonts()
    plan = plan_reading(asked, _within("understand", tell))
    if on_understood:
        on_understood(plan)
    with workshop(out) as folder:
        try:
            made, manifest = _make(asked, plan, folder, tell)
            deliver(made, out)
        except OSError as fault:
            if fault.errno in (errno.ENOSPC, errno.EDQUOT):
                raise Fault("disk_full", path=str(out)) from fault
            raise
    return Finished(out, manifest)


def _make(asked: Asked, plan: Plan, folder: Path, tell: Progress) -> tuple[Path, dict[str, Any]]:
    made, data, scratch = folder / "made", folder / "data", folder / "scratch"
    for each in (made, data, scratch):
        each.mkdir()
    intake = read_files(plan, data, made / names.REJECTED, _within("read", tell))
    policies = load_defaults(asked.template)
    result = compute(intake.snapshot, policies, intake.as_of, _within("compute", tell))
    churn = churn_rate(intake.snapshot, policies, intake.as_of)
    report = Report(intake, result, policies, asked.language, clock.local(clock.now()).replace(microsecond=0), churn)
    steps: tuple[Callable[[], object], ...] = (
        lambda: write_customers(report, made / names.CUSTOMERS),
        lambda: write_summary(report, made / names.SUMMARY, made / names.MATRIX_PICTURE, scratch),
        lambda: write_matrix(report, made / names.MATRIX_BOOK, made / names.MATRIX_PICTURE),
        lambda: write_warnings(report, made / names.WARNINGS),
        lambda: write_strategy(report, made / names.STRATEGY),
    )
    for i, step in enumerate(steps):
        _within("write", tell)("", i / len(steps))
        step()
    manifest = write_manifest(report, made / names.MANIFEST)
    _within("write", tell)("", 1.0)
    return made, manifest


def _within(stage: str, tell: Progress) -> Progress:
    """The share of a stage as a share of the whole run."""
    start, end = _STAGES[stage]
    return lambda _step, share: tell(stage, start + (end - start) * min(max(share, 0.0), 1.0))
