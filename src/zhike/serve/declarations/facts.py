"""What the serve room contributes to the snapshot."""

from __future__ import annotations

from zhike.foundation.facts import Dialect, snapshot_fact


@snapshot_fact(
    "tickets",
    ticket_id="int64",
    customer_id="int64",
    opened_on="date",
    closed_on="date",
    satisfaction="float64",
)
def tickets(sql: Dialect) -> str:
    """Tickets received up to the day; what was closed later was open then."""
    opened, closed = sql.day("opened_at"), sql.day("closed_at")
    return (
        f"SELECT id AS ticket_id, customer_id, {opened} AS opened_on,"
        f" CASE WHEN {closed} <= {sql.until} THEN {closed} END AS closed_on,"
        f" CASE WHEN {closed} <= {sql.until} THEN satisfaction END AS satisfaction"
        f" FROM serve_ticket WHERE deleted_at IS NULL AND {opened} <= {sql.until} ORDER BY id"
    )


@snapshot_fact(
    "complaints",
    complaint_id="int64",
    customer_id="int64",
    received_on="date",
    closed_on="date",
    cause="string",
)
def complaints(sql: Dialect) -> str:
    """Complaints received up to the day."""
    received, closed = sql.day("received_at"), sql.day("closed_at")
    return (
        f"SELECT id AS complaint_id, customer_id, {received} AS received_on,"
        f" CASE WHEN {closed} <= {sql.until} THEN {closed} END AS closed_on, nullif(cause, '') AS cause"
        f" FROM serve_complaint WHERE deleted_at IS NULL AND {received} <= {sql.until} ORDER BY id"
    )
