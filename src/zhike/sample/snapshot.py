"""Writes the sample company as the snapshot that insight computes on: no database in between, and no truth."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from zhike.sample.company import Company
from zhike.sample.tables import CURRENCY


def _day(values: Any) -> pa.Array:
    return pa.array(values.astype("M8[D]"), pa.date32())


def _int(values: Any) -> pa.Array:
    return pa.array(values, pa.int64())


def _text(values: Any) -> pa.Array:
    return pa.array(values, pa.string())


def _float(values: Any) -> pa.Array:
    return pa.array(values, pa.float64(), mask=np.isnan(values))


def _none(count: int, kind: pa.DataType) -> pa.Array:
    return pa.nulls(count, kind)


def _customers(company: Company) -> pa.Table:
    them = company.customers
    count = len(them)
    return pa.table(
        {
            "customer_id": _int(them.customer_id),
            "kind": _text(them.kind),
            "industry": _text(them.industry_code),
            "region": _text(them.region_code),
            "owner_id": _int(them.owner_id),
            "department_id": _int(them.department_id),
            "cooperation_since": _day(them.cooperation_since),
            "tenure_months": _none(count, pa.float64()),
            "contract_end": _day(_contract_ends(company)),
            "monthly_bill_minor": _none(count, pa.int64()),
            "annual_spend_minor": _none(count, pa.int64()),
            "is_signed": pa.array(them.is_signed, pa.bool_()),
            "churned": _none(count, pa.bool_()),
            "prefers_custom": pa.array(them.prefers_custom, pa.bool_()),
            "satisfaction": _float(them.satisfaction),
        }
    )


def _contract_ends(company: Company) -> Any:
    """The end of the newest contract of each customer, NaT without one."""
    ends = np.full(len(company.customers), np.datetime64("NaT", "D"))
    if company.contracts is not None:
        order = np.argsort(company.contracts.ends_on, kind="stable")
        row = company.contracts.customer_id[order] - int(company.customers.customer_id[0])
        ends[row] = company.contracts.ends_on[order]
    return ends


def _facts(company: Company) -> dict[str, pa.Table]:
    orders = company.orders
    found = {
        "orders": pa.table(
            {
                "order_id": _int(orders.order_id),
                "customer_id": _int(orders.customer_id),
                "ordered_on": _day(orders.ordered_on),
                "amount_minor": _int(orders.amount_minor),
                "currency": _text([CURRENCY] * len(orders)),
                "status": _text(orders.status),
            }
        )
    }
    for name, table in (
        ("bills", company.bills),
        ("usage", company.usage),
        ("contracts", company.contracts),
        ("tickets", company.tickets),
        ("complaints", company.complaints),
        ("interactions", company.interactions),
        ("deals", company.deals),
    ):
        if table is not None:
            columns = table.columns()
            found[name] = pa.table({column: make(columns[column]) for column, make in _SCHEMA[name].items()})
    return found


_SCHEMA: dict[str, dict[str, Any]] = {
    "bills": {"customer_id": _int, "period": _day, "amount_minor": _int, "due_on": _day, "paid_on": _day},
    "usage": {"customer_id": _int, "month": _day, "feature_uses": _int, "logins": _int},
    "contracts": {
        "customer_id": _int, "contract_id": _int, "signed_on": _day, "starts_on": _day, "ends_on": _day,
        "value_minor": _int,
    },
    "tickets": {
        "ticket_id": _int, "customer_id": _int, "opened_on": _day, "closed_on": _day, "satisfaction": _float
    },
    "complaints": {
        "complaint_id": _int, "customer_id": _int, "received_on": _day, "closed_on": _day, "cause": _text
    },
    "interactions": {"customer_id": _int, "on": _day, "kind": _text, "direction": _text, "mentions": _text},
    "deals": {
        "customer_id": _int, "deal_id": _int, "opened_on": _day, "closed_on": _day, "stage": _text,
        "outcome": _text, "value_minor": _int,
    },
}  # fmt: skip


def to_snapshot(company: Company, folder: Path, template: str = "b2b") -> Path:
    """Parquet file per table and ``meta.json`` in ``folder`` (made if missing); returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = {"customers": _customers(company)} | _facts(company)
    for name, table in tables.items():
        pq.write_table(table, folder / f"{name}.parquet")
    meta = {
        "as_of": company.as_of.isoformat(),
        "template": template,
        "source": "database",
        "currency": CURRENCY,
        "tables": {name: table.num_rows for name, table in tables.items()},
    }
    (folder / "meta.json").write_text(json.dumps(meta, ensure_ascii=False, indent=2), encoding="utf-8")
    return folder
