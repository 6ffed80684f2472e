"""The door of the ledger."""

from zhike.ledger.arrears import Arrears, arrears_of
from zhike.ledger.owed import NearLimit, OwedBill, bill_owed, bills_owed, use_near_limit, uses_near_limit
from zhike.ledger.packages import Package, Usage, packages_of, usage_of
from zhike.ledger.services.load import (
    BillRow,
    LineRow,
    OrderRow,
    PackageUseRow,
    PaymentRow,
    ProductRow,
    SubscriptionRow,
    UsageRow,
    bills_load,
    lines_load,
    orders_load,
    package_uses_load,
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
    "NearLimit",
    "OrderRow",
    "OwedBill",
    "Package",
    "PackageUseRow",
    "PaymentRow",
    "ProductRow",
    "SubscriptionRow",
    "Usage",
    "UsageRow",
    "arrears_of",
    "bill_owed",
    "bills_load",
    "bills_owed",
    "last_year_spent",
    "lines_load",
    "orders_load",
    "package_uses_load",
    "packages_of",
    "payments_load",
    "products_load",
    "subscriptions_load",
    "usage_load",
    "usage_of",
    "use_near_limit",
    "uses_near_limit",
]
