"""The door of the ledger."""

from zhike.ledger.arrears import Arrears, arrears_of
from zhike.ledger.packages import Package, Usage, packages_of, usage_of
from zhike.ledger.services.load import (
    BillRow,
    LineRow,
    OrderRow,
    PaymentRow,
    ProductRow,
    SubscriptionRow,
    UsageRow,
    bills_load,
    lines_load,
    orders_load,
    payments_load,
    products_load,
    subscriptions_load,
    usage_load,
)
from zhike.ledger.spending import last_year_spent

__all__ = [
    "Arrears",
    "BillRow",
    "LineRow",
    "OrderRow",
    "Package",
    "PaymentRow",
    "ProductRow",
    "SubscriptionRow",
    "Usage",
    "UsageRow",
    "arrears_of",
    "bills_load",
    "last_year_spent",
    "lines_load",
    "orders_load",
    "packages_of",
    "payments_load",
    "products_load",
    "subscriptions_load",
    "usage_load",
    "usage_of",
]
