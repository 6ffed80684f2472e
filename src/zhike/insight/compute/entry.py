"""The computations by name, light to import: what needs DuckDB is loaded when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    import pyarrow as pa

    from zhike.foundation.policies.load import PolicySet
    from zhike.insight.compute.churn_rate import ChurnRate
    from zhike.insight.compute.matrix import ValueMatrix
    from zhike.insight.compute.relations import Relations
    from zhike.insight.compute.result import ComputeResult, Progress


def compute(
    snapshot: Path, policies: PolicySet, as_of: dt.date, progress: Progress | None = None, **engine: Any
) -> ComputeResult:
    """Measure every customer of ``snapshot``; see :func:`zhike.insight.compute.run.compute`."""
    from zhike.insight.compute import run

    return run.compute(snapshot, policies, as_of, progress, **engine)


def churn_rate(snapshot: Path, policies: PolicySet, as_of: dt.date, **options: Any) -> ChurnRate | None:
    """Churn rate by period; see :func:`zhike.insight.compute.churn_rate.churn_rate`."""
    from zhike.insight.compute import churn_rate as computation

    return computation.churn_rate(snapshot, policies, as_of, **options)


def relations(
    snapshot: Path, policies: PolicySet, as_of: dt.date, measures: pa.Table, **engine: Any
) -> Relations | None:
    """Who was a customer from when to when; see :func:`zhike.insight.compute.relations.relations`."""
    from zhike.insight.compute import relations as computation

    return computation.relations(snapshot, policies, as_of, measures, **engine)


def value_matrix(measures: pa.Table, policies: PolicySet) -> ValueMatrix:
    """The value matrix; see :func:`zhike.insight.compute.matrix.value_matrix`."""
    from zhike.insight.compute import matrix

    return matrix.value_matrix(measures, policies)
