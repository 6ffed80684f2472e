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
