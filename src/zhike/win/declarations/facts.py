"""What the win room contributes to the snapshot."""

from __future__ import annotations

import pyarrow as pa

from zhike.foundation.facts import Dialect, snapshot_fact


@snapshot_fact(
    "contracts",
    customer_id=pa.int64(),
    contract_id=pa.int64(),
    signed_on=pa.date32(),
    starts_on=pa.date32(),
    ends_on=pa.date32(),
    value_minor=pa.int64(),
)
def contracts(sql: Dialect) -> str:
    """Contracts signed up to the day."""
    return (
        "SELECT customer_id, id AS contract_id, signed_on, starts_on, ends_on, value_minor FROM win_contract"
        f" WHERE deleted_at IS NULL AND signed_on <= {sql.until} ORDER BY id"
    )
