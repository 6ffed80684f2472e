"""What the ledger contributes to the snapshot."""

from __future__ import annotations

from zhike.foundation.facts import Dialect, snapshot_fact


@snapshot_fact(
    "orders",
    order_id="int64",
    customer_id="int64",
    ordered_on="date",
    amount_minor="int64",
    currency="string",
    status="string",
)
def orders(sql: Dialect) -> str:
    """All orders up to the day, cancelled and returned ones marked."""
    return (
        "SELECT id AS order_id, customer_id, ordered_on, amount_minor, currency, status FROM ledger_order"
        f" WHERE deleted_at IS NULL AND ordered_on <= {sql.until} ORDER BY id"
    )


@snapshot_fact(
    "bills",
    customer_id="int64",
    period="date",
    amount_minor="int64",
    due_on="date",
    paid_on="date",
)
def bills(sql: Dialect) -> str:
    """Monthly bills; a payment after the day is not known yet."""
    return (
        "SELECT customer_id, period, amount_minor, due_on,"
        f" CASE WHEN paid_on <= {sql.until} THEN paid_on END AS paid_on FROM ledger_bill"
        f" WHERE deleted_at IS NULL AND period <= {sql.until} ORDER BY id"
    )


@snapshot_fact("usage", customer_id="int64", month="date", feature_uses="int64", logins="int64")
def usage(sql: Dialect) -> str:
    """Feature uses and logins by month."""
    return (
        f"SELECT customer_id, {sql.month('day')} AS month, sum(feature_uses) AS feature_uses, sum(logins) AS logins"
        f" FROM ledger_usageday WHERE day <= {sql.until} GROUP BY 1, 2 ORDER BY 1, 2"
    )
