"""From spooled rows to the snapshot that ``insight.compute`` reads."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from zhike.insight.intake.registry import Registry
from zhike.insight.intake.spool import Spool

FIRM_TEMPLATES, PERSON_TEMPLATES = ("b2b", "saas"), ("retail", "telecom")
_COMPANY_MARKS = (
    "公司",
    "集团",
    "厂",
    "有限",
    "中心",
    "学校",
    "医院",
    "inc",
    "ltd",
    "llc",
    "corp",
    "gmbh",
    "company",
    "group",
)
_MEMORY = "600MB"
_PLAIN = {
    "deals": "row_number() OVER () AS deal_id, *",
    "contracts": "row_number() OVER () AS contract_id, *",
    "tickets": "row_number() OVER () AS ticket_id, *",
    "complaints": "row_number() OVER () AS complaint_id, *",
    "bills": "*",
    "interactions": "*",
}
# Lines of one order number are one order. A line that was cancelled, or sent back at its full price, adds nothing
# to an order whose other lines stand; an order of which no line stands keeps its amount and says why.
_ORDERS = """
COPY (
  WITH lines AS (
    SELECT source, order_key, customer_id, currency, min(ordered_on) AS ordered_on,
           sum(amount_minor) FILTER (status = 'done' OR amount_minor < 0) AS standing,
           count(*) FILTER (status = 'done') AS done,
           count(*) FILTER (status = 'cancelled') AS cancelled,
           sum(amount_minor) AS whole
    FROM read_parquet($spool) WHERE order_key IS NOT NULL AND order_key <> ''
    GROUP BY source, order_key, customer_id, currency
  ), orders AS (
    SELECT customer_id, ordered_on, currency,
           CASE WHEN done > 0 THEN standing ELSE whole END AS amount_minor,
           CASE WHEN done > 0 AND standing >= 0 THEN 'done'
                WHEN done = 0 AND cancelled > 0 AND whole >= 0 THEN 'cancelled' ELSE 'returned' END AS status
    FROM lines
    UNION ALL
    SELECT customer_id, ordered_on, currency, amount_minor, status
    FROM read_parquet($spool) WHERE order_key IS NULL OR order_key = ''
  )
  SELECT row_number() OVER () AS order_id, customer_id, ordered_on, amount_minor::BIGINT AS amount_minor,
         currency, status
  FROM orders
) TO '{target}' (FORMAT parquet)
"""
_USAGE = """
COPY (
  SELECT customer_id, month, sum(feature_uses)::BIGINT AS feature_uses, sum(logins)::BIGINT AS logins
  FROM read_parquet($spool) GROUP BY customer_id, month
) TO '{target}' (FORMAT parquet)
"""
_COPY = "COPY (SELECT {columns} FROM read_parquet($spool)) TO '{target}' (FORMAT parquet)"


def write_snapshot(
    spool: Spool,
    registry: Registry,
    folder: Path,
    *,
    as_of: dt.date,
    template: str | None,
    currency: str,
    rates: Mapping[str, float],
) -> dict[str, int]:
    """Write ``folder`` and return the rows per table. ``spool`` must be closed."""
    folder.mkdir()
    with duckdb.connect(":memory:") as database:
        database.execute(f"SET memory_limit = '{_MEMORY}'")
        database.execute(f"SET temp_directory = '{_quoted(spool.folder / 'spill')}'")
        for table in spool.rows:
            if table in _PLAIN or table in ("orders", "usage"):
                target = _quoted(folder / f"{table}.parquet")
                text = {"orders": _ORDERS, "usage": _USAGE}.get(table, _COPY)
                statement = text.format(target=target, columns=_PLAIN.get(table, ""))
                database.execute(statement, {"spool": str(spool.path(table))}).fetchall()
    _write_customers(spool, registry, folder, template)
    _write_attributes(spool, folder)
    tables = {path.stem: pq.read_metadata(path).num_rows for path in sorted(folder.glob("*.parquet"))}
    meta = {
        "as_of": as_of.isoformat(),
        "template": template,
        "source": "files",
        "currency": currency,
        "rates": dict(rates),
        "tables": tables,
    }
    (folder / "meta.json").write_text(json.dumps(meta, ensure_ascii=False, indent=1), encoding="utf-8")
    return tables


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _write_customers(spool: Spool, registry: Registry, folder: Path, template: str | None) -> None:
    """One row per customer that any file named; columns that no file gave are left out."""
    size = len(registry)
    columns: dict[str, Any] = {"customer_id": pa.array(range(1, size + 1), type=pa.int64())}
    given: pa.Table | None = None
    if "customers" in spool.rows:
        described = pq.read_table(spool.path("customers"))
        given = columns_of_all(described, size)
        columns.update({name: given[name] for name in given.column_names if given[name].null_count < size})
    kinds = columns.pop("kind", None)
    everyone = "firm" if template is None and "deals" in spool.rows else default_kind(registry, template)
    known = kinds.to_pylist() if kinds is not None else [None] * size
    columns["kind"] = pa.array([kind or everyone for kind in known], type=pa.string())
    for what in ("industry", "region"):
        if said := registry.extras.get(what):
            columns[what] = pa.array([said.get(i) for i in range(1, size + 1)], type=pa.string())
    if owners := registry.extras.get("owner"):
        numbers = {name: i for i, name in enumerate(sorted(set(owners.values())), start=1)}
        columns["owner_id"] = pa.array([numbers.get(owners.get(i, "")) for i in range(1, size + 1)], type=pa.int64())
    pq.write_table(pa.table(columns), folder / "customers.parquet")


def columns_of_all(described: pa.Table, size: int) -> pa.Table:
    """The rows of customers that a table described, spread over all ``size`` customers, null for the others."""
    rows = described["customer_id"].to_numpy()
    place: list[int | None] = [None] * size
    for position, customer in enumerate(rows):
        place[customer - 1] = position
    taken = described.take(pa.array(place, type=pa.int64()))
    return taken.drop_columns(["customer_id"])


def default_kind(registry: Registry, template: str | None) -> str:
    """What a customer is where no column says so: by the template, else by what most names look like."""
    if template in FIRM_TEMPLATES:
        return "firm"
    if template in PERSON_TEMPLATES:
        return "person"
    names = [name.lower() for name in registry.shown_name[:2000] if name]
    firms = sum(1 for name in names if any(mark in name for mark in _COMPANY_MARKS))
    return "firm" if names and firms * 3 >= len(names) else "person"


def _write_attributes(spool: Spool, folder: Path) -> None:
    tables = [pq.read_table(spool.path(name)) for name in spool.rows if name.startswith("attributes_")]
    if tables:
        merged = pa.concat_tables(tables, promote_options="permissive")
        pq.write_table(merged, folder / "customer_attributes.parquet")
