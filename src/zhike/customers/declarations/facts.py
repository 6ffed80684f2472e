"""What the customers room contributes to the snapshot."""

from __future__ import annotations

from zhike.foundation.facts import Dialect, snapshot_fact


@snapshot_fact(
    "customers",
    customer_id="int64",
    kind="string",
    industry="string",
    region="string",
    owner_id="int64",
    department_id="int64",
    cooperation_since="date",
    prefers_custom="bool",
    is_signed="bool",
)
def customers(sql: Dialect) -> str:
    """One row per customer file that stood on the day; a cooperation that began later is not known yet."""
    since = f"CASE WHEN cooperation_since <= {sql.until} THEN cooperation_since END"
    return (
        "SELECT id AS customer_id, kind, nullif(industry, '') AS industry, nullif(region, '') AS region, owner_id,"
        f" department_id, {since} AS cooperation_since, prefers_custom, {since} IS NOT NULL AS is_signed"
        f" FROM customers_customer WHERE deleted_at IS NULL AND {sql.day('created_at')} <= {sql.until} ORDER BY id"
    )


@snapshot_fact(
    "interactions",
    customer_id="int64",
    on="date",
    kind="string",
    direction="string",
    mentions="string",
)
def interactions(sql: Dialect) -> str:
    """Talks with customers; notes to oneself are none."""
    return (
        f"SELECT customer_id, {sql.day('at')} AS \"on\", kind, direction, nullif(mentions, '') AS mentions"
        " FROM customers_interaction WHERE deleted_at IS NULL AND kind <> 'note'"
        f" AND {sql.day('at')} <= {sql.until} ORDER BY id"
    )
