"""From the result of a computation to the tables: the state's columns, and the history."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from zhike.foundation.kit import bulk
from zhike.insight.models import MeasureHistory, NightRun

_HISTORY = (
    "tier", "lifecycle", "health", "risk", "warned", "clv_fitted_minor", "spend_12m_minor",
    "strategy_row",
)  # fmt: skip
_DETAIL = ("health_stability", "health_service", "health_interaction", "health_usage")
_CHUNK = 50_000


def state_table(measures: pa.Table) -> pa.Table:
    """The columns of the customers' state, with all that explains them gathered in ``reasons`` (JSON)."""
    explained = ["reasons", "health_reasons", "signals", "tier_basis", "r", "f", "m", "tenure_years", *_DETAIL]
    present = [name for name in explained if name in measures.column_names]
    reasons = pa.chunked_array(
        [
            pa.array([_gathered(row) for row in part.to_pylist()], pa.string())
            for part in measures.select(present).to_batches(max_chunksize=_CHUNK)
        ],
        type=pa.string(),
    )
    kept = measures.drop_columns(["reasons"]) if "reasons" in measures.column_names else measures
    return kept.append_column("reasons", reasons)


def _gathered(row: dict[str, Any]) -> str:
    inputs = json.loads(row.pop("reasons", None) or "{}")
    for name, inner in (("health_reasons", "data"), ("signals", "evidence")):
        row[name] = [entry | {inner: json.loads(entry[inner] or "{}")} for entry in row.get(name) or ()]
    return json.dumps({"inputs": inputs} | row, ensure_ascii=False, separators=(",", ":"), default=str)


def history_write(run: NightRun, measures: pa.Table, version: str) -> int:
    """One row per customer for this night; the same night again replaces them."""
    fields = ("customer", "run", "as_of", *_HISTORY, "model_version")
    return bulk.upsert(
        MeasureHistory,
        fields,
        _rows(run, measures, version[:80]),
        conflict=("customer", "as_of"),
        update=("run", *_HISTORY, "model_version"),
    )


def _rows(run: NightRun, measures: pa.Table, version: str) -> Iterator[tuple[Any, ...]]:
    columns = ["customer_id", *_HISTORY]
    for part in measures.select(columns).to_batches(max_chunksize=_CHUNK):
        values = [part.column(name).to_pylist() for name in columns]
        for customer_id, tier, lifecycle, health, risk, warned, clv, spend, row in zip(*values, strict=True):
            yield (
                customer_id, run.pk, run.as_of, tier or "", lifecycle or "", health, risk or "", bool(warned), clv,
                spend, row or "", version,
            )  # fmt: skip
