"""What the win room contributes to the snapshot."""

from __future__ import annotations

from zhike.foundation.facts import Dialect, snapshot_fact


@snapshot_fact(
    "contracts",
    customer_id="int64",
    contract_id="int64",
    signed_on="date",
    starts_on="date",
    ends_on="date",
    value_minor="int64",
)
def contracts(sql: Dialect) -> str:
    """Contracts signed up to the day."""
    return (
        "SELECT customer_id, id AS contract_id, signed_on, starts_on, ends_on, value_minor FROM win_contract"
        f" WHERE deleted_at IS NULL AND signed_on <= {sql.until} ORDER BY id"
    )


@snapshot_fact(
    "deals",
    customer_id="int64",
    deal_id="int64",
    opened_on="date",
    closed_on="date",
    stage="string",
    outcome="string",
    value_minor="int64",
)
def deals(sql: Dialect) -> str:
    """Deals opened up to the day; what was decided later is not known yet."""
    is_closed = f"closed_at IS NOT NULL AND {sql.day('closed_at')} <= {sql.until}"
    return (
        f"SELECT customer_id, id AS deal_id, {sql.day('opened_at')} AS opened_on,"
        f" CASE WHEN {is_closed} THEN {sql.day('closed_at')} END AS closed_on,"
        f" CASE WHEN {is_closed} AND stage = 'won' THEN 'signed' WHEN {is_closed} OR closed_at IS NULL THEN stage"
        " ELSE 'negotiation' END AS stage,"
        f" CASE WHEN {is_closed} THEN stage END AS outcome, amount_minor AS value_minor"
        f" FROM win_opportunity WHERE deleted_at IS NULL AND {sql.day('opened_at')} <= {sql.until} ORDER BY id"
    )
