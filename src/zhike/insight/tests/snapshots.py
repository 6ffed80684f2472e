"""Snapshots for tests: written as the night and ``zhike try`` write them, from plain columns."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq


def write(
    folder: Path,
    as_of: dt.date,
    *,
    template: str = "b2b",
    source: str = "files",
    currency: str = "CNY",
    rates: dict[str, float] | None = None,
    **tables: dict[str, Any] | pa.Table,
) -> Path:
    """Write ``tables`` (columns by name) as a snapshot of ``as_of`` and return its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = {}
    for name, columns in tables.items():
        table = columns if isinstance(columns, pa.Table) else pa.table(columns)
        pq.write_table(table, folder / f"{name}.parquet")
        rows[name] = table.num_rows
    meta = {"as_of": as_of.isoformat(), "template": template, "source": source, "currency": currency, "tables": rows}
    (folder / "meta.json").write_text(json.dumps(meta | ({"rates": rates} if rates else {})), encoding="utf-8")
    return folder


def days(*values: str | dt.date | None) -> pa.Array:
    """Dates from ISO text."""
    read = [dt.date.fromisoformat(v) if isinstance(v, str) else v for v in values]
    return pa.array(read, pa.date32())


def orders(*rows: tuple[int, str, float] | tuple[int, str, float, str] | tuple[int, str, float, str, str]) -> pa.Table:
    """Orders from (customer, day, amount in major units[, status[, currency]])."""
    full = [(*row, *("done", "CNY")[len(row) - 3 :]) for row in rows]
    return pa.table(
        {
            "order_id": pa.array(range(len(full)), pa.int64()),
            "customer_id": pa.array([r[0] for r in full], pa.int64()),
            "ordered_on": days(*(r[1] for r in full)),
            "amount_minor": pa.array([round(r[2] * 100) for r in full], pa.int64()),
            "status": [r[3] for r in full],
            "currency": [r[4] for r in full],
        }
    )


def cdnow(path: Path) -> pa.Table:
    """CDNOW purchases as orders; the sample's second column is its customer, the master's the first."""
    rows = [line.split() for line in path.read_text().splitlines() if line.strip()]
    if rows[0][0].lower().startswith("customer"):
        rows = rows[1:]
    dated = 2 if len(rows[0]) == 5 else 1
    stamps = [f"{r[dated][:4]}-{r[dated][4:6]}-{r[dated][6:]}" for r in rows]
    return pa.table(
        {
            "order_id": pa.array(range(len(rows)), pa.int64()),
            "customer_id": pa.array([int(r[dated - 1]) for r in rows], pa.int64()),
            "ordered_on": pa.array(np.array(stamps, dtype="datetime64[D]")),
            "amount_minor": pa.array([round(float(r[-1]) * 100) for r in rows], pa.int64()),
            "currency": ["USD"] * len(rows),
            "status": ["done"] * len(rows),
        }
    )


def sales_pipeline(folder: Path) -> dict[str, pa.Table]:
    """The B2B pipeline as customers (accounts) and deals; deals without an account are left out."""
    with (folder / "accounts.csv").open(encoding="ascii") as file:
        accounts = list(csv.DictReader(file))
    ids = {row["account"]: i for i, row in enumerate(accounts, start=1)}
    with (folder / "sales_pipeline.csv").open(encoding="ascii") as file:
        deals = [row for row in csv.DictReader(file) if row["account"]]
    outcome = {"Won": "won", "Lost": "lost"}
    return {
        "customers": pa.table(
            {
                "customer_id": pa.array(ids.values(), pa.int64()),
                "kind": ["firm"] * len(ids),
                "industry": [row["sector"] for row in accounts],
            }
        ),
        "deals": pa.table(
            {
                "deal_id": pa.array(range(len(deals)), pa.int64()),
                "customer_id": pa.array([ids[row["account"]] for row in deals], pa.int64()),
                "opened_on": days(*(row["engage_date"] or None for row in deals)),
                "closed_on": days(*(row["close_date"] or None for row in deals)),
                "outcome": pa.array([outcome.get(row["deal_stage"]) for row in deals], pa.string()),
                "value_minor": pa.array(
                    [round(float(row["close_value"]) * 100) if row["close_value"] else None for row in deals],
                    pa.int64(),
                ),
            }
        ),
    }


def telco(path: Path) -> dict[str, pa.Table]:
    """IBM's telecom customers: bill, tenure and outcome as customers, all else as attributes."""
    with path.open(encoding="ascii") as file:
        rows = list(csv.DictReader(file))
    ids = pa.array(range(1, len(rows) + 1), pa.int64())
    core = {"customerID", "tenure", "MonthlyCharges", "Churn"}
    attributes = {name: [row[name] for row in rows] for name in rows[0] if name not in core}
    return {
        "customers": pa.table(
            {
                "customer_id": ids,
                "kind": ["person"] * len(rows),
                "tenure_months": pa.array([float(row["tenure"]) for row in rows]),
                "monthly_bill_minor": pa.array([round(float(row["MonthlyCharges"]) * 100) for row in rows], pa.int64()),
                "is_signed": [True] * len(rows),
                "churned": [row["Churn"] == "Yes" for row in rows],
            }
        ),
        "customer_attributes": pa.table({"customer_id": ids} | attributes),
    }
