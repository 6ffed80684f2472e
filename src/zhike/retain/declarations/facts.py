"""What the retain room contributes to the snapshot."""

from __future__ import annotations

from zhike.foundation.facts import Dialect, snapshot_fact


@snapshot_fact("losses", customer_id="int64", lost_on="date", cause="string")
def losses(sql: Dialect) -> str:
    """Customers whose retention failed up to the day, whatever their orders and contracts say yet (MEAS-02)."""
    lost = sql.day("closed_at")
    return (
        f"SELECT customer_id, {lost} AS lost_on, nullif(cause, '') AS cause FROM retain_retentioncase"
        f" WHERE deleted_at IS NULL AND state IN ('lost', 'archived') AND {lost} <= {sql.until} ORDER BY id"
    )
