"""The snapshot: the agreed schema, nothing personal, nothing from the future, no truth."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from zhike.sample.company import Company, generate_lean
from zhike.sample.public import to_snapshot
from zhike.sample.tests.conftest import AS_OF

SCHEMA = {
    "customers": "customer_id:int64 kind:string industry:string region:string owner_id:int64 department_id:int64 "
    "cooperation_since:date32[day] tenure_months:double contract_end:date32[day] monthly_bill_minor:int64 "
    "annual_spend_minor:int64 is_signed:bool churned:bool prefers_custom:bool satisfaction:double",
    "orders": "order_id:int64 customer_id:int64 ordered_on:date32[day] amount_minor:int64 currency:string "
    "status:string",
    "bills": "customer_id:int64 period:date32[day] amount_minor:int64 due_on:date32[day] paid_on:date32[day]",
    "usage": "customer_id:int64 month:date32[day] feature_uses:int64 logins:int64",
    "contracts": "customer_id:int64 contract_id:int64 signed_on:date32[day] starts_on:date32[day] "
    "ends_on:date32[day] value_minor:int64",
    "tickets": "ticket_id:int64 customer_id:int64 opened_on:date32[day] closed_on:date32[day] satisfaction:double",
    "complaints": "complaint_id:int64 customer_id:int64 received_on:date32[day] closed_on:date32[day] cause:string",
    "interactions": "customer_id:int64 on:date32[day] kind:string direction:string mentions:string",
    "deals": "customer_id:int64 deal_id:int64 opened_on:date32[day] closed_on:date32[day] stage:string "
    "outcome:string value_minor:int64",
}
# What is agreed ahead and may lie in the future.
AHEAD = {("contracts", "ends_on"), ("customers", "contract_end"), ("bills", "due_on")}


@pytest.fixture(scope="module")
def folder(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return to_snapshot(company, tmp_path_factory.mktemp("snapshot"))


def test_tables_and_columns_are_those_agreed(folder: Path) -> None:
    found = {path.stem: pq.read_schema(path) for path in folder.glob("*.parquet")}

    assert {
        name: " ".join(f"{field.name}:{field.type}" for field in schema) for name, schema in found.items()
    } == SCHEMA


def test_meta_says_what_is_there(folder: Path) -> None:
    meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))

    assert (meta["as_of"], meta["template"], meta["currency"]) == (AS_OF.isoformat(), "b2b", "CNY")
    assert meta["tables"] == {name: pq.read_metadata(folder / f"{name}.parquet").num_rows for name in SCHEMA}


def test_nothing_has_happened_after_as_of(folder: Path) -> None:
    for name in SCHEMA:
        table = pq.read_table(folder / f"{name}.parquet")
        for field in table.schema:
            if pa.types.is_date(field.type) and (name, field.name) not in AHEAD:
                days = table[field.name].drop_null().to_numpy()
                assert days.max() < np.datetime64(AS_OF), (name, field.name)


def test_missing_values_are_null_not_nan_or_none_as_text(folder: Path) -> None:
    customers = pq.read_table(folder / "customers.parquet")
    interactions = pq.read_table(folder / "interactions.parquet")

    assert customers["satisfaction"].null_count > 0
    assert not np.isnan(customers["satisfaction"].drop_null().to_numpy()).any()
    assert customers["industry"].null_count == (np.array(customers["kind"]) == "person").sum()
    assert interactions["mentions"].null_count > 0
    assert "None" not in set(interactions["mentions"].to_pylist())


def test_a_lean_company_leaves_tables_out_instead_of_writing_empty_ones(tmp_path: Path) -> None:
    to_snapshot(generate_lean(60, as_of=AS_OF), tmp_path)

    assert {path.stem for path in tmp_path.glob("*.parquet")} == {"customers", "orders"}
