"""Writing what is true about customers now: the measures of a night, in bulk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from django.db import connection, transaction

from zhike.foundation.access.viewer import Viewer

if TYPE_CHECKING:
    import pyarrow as pa

# A chunk is one transaction; at 5,000 rows it stays under 200 ms, so that pages go on being served meanwhile.
CHUNK = 5_000
COLUMNS = (
    "order_count", "order_count_12m", "first_order_on", "last_order_on", "spend_12m_minor", "spend_total_minor",
    "avg_order_minor", "rfm", "tier", "potential", "group", "lifecycle", "lifecycle_cause", "lifecycle_since",
    "health", "health_coverage", "risk", "main_cause", "warned", "churn_probability", "p_alive",
    "clv_handbook_minor", "clv_fitted_minor", "clv_low_minor", "clv_high_minor", "value_at_stake_minor",
    "strategy_row", "reasons",
)  # fmt: skip
_NEVER_NULL = {"order_count": 0, "order_count_12m": 0, "warned": False, "reasons": "{}"} | dict.fromkeys(
    ("rfm", "tier", "group", "lifecycle", "lifecycle_cause", "risk", "main_cause", "strategy_row"), ""
)
_TEXT_LIMITS = {"lifecycle_cause": 40, "main_cause": 40}


def measures_set(
    *, viewer: Viewer, measures: pa.Table, as_of: dt.date, run_id: int, model_version: str, currency: str
) -> int:
    """Write one row per customer of ``measures`` into the customers' state. Returns how many were written.

    ``measures`` has ``customer_id`` and the columns of ``COLUMNS`` (missing ones become unknown). Rows whose
    state is already newer than ``as_of`` are left alone. Running it again writes the same rows again.
    """
    if not viewer.is_system:
        raise PermissionError("only the night writes measures")
    fixed = {"as_of": as_of, "run_id": run_id, "model_version": model_version[:80], "currency": currency}
    written = 0
    for rows in _chunks(measures):
        with transaction.atomic():
            written += _write(rows, fixed)
    return written


def _chunks(measures: pa.Table) -> Iterator[list[tuple[object, ...]]]:
    present = [c for c in COLUMNS if c in measures.column_names]
    table = measures.select(["customer_id", *present])
    for start in range(0, table.num_rows, CHUNK):
        part = table.slice(start, CHUNK)
        known = {name: part.column(name).to_pylist() for name in part.column_names}
        absent = [None] * part.num_rows
        columns = [known["customer_id"]]
        for name in COLUMNS:
            values = known.get(name, absent)
            default = _NEVER_NULL.get(name)
            columns.append([default if v is None else v for v in values] if name in _NEVER_NULL else values)
        yield list(zip(*columns, strict=True))


def _write(rows: list[tuple[object, ...]], fixed: Mapping[str, object]) -> int:
    names = [f'"{name}"' for name in COLUMNS]
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE IF NOT EXISTS measures_in AS SELECT customer_id, {', '.join(names)}"  # noqa: S608
            " FROM customers_customerstate WHERE 1 = 0"
        )
        cursor.execute("DELETE FROM measures_in")
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY measures_in (customer_id, {', '.join(names)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * (len(COLUMNS) + 1))
            cursor.executemany(f"INSERT INTO measures_in VALUES ({marks})", rows)  # noqa: S608
        sets = ", ".join(f"{name} = measures_in.{name}" for name in names)
        own = ", ".join(f"{column} = %s" for column in fixed)
        cursor.execute(
            f"UPDATE customers_customerstate SET health_before = CASE WHEN customers_customerstate.as_of < %s"  # noqa: S608
            f" THEN customers_customerstate.health ELSE health_before END, {own}, {sets} FROM measures_in"
            " WHERE customers_customerstate.customer_id = measures_in.customer_id"
            " AND (customers_customerstate.as_of IS NULL OR customers_customerstate.as_of <= %s)",
            [fixed["as_of"], *fixed.values(), fixed["as_of"]],
        )
        return int(cursor.rowcount)
