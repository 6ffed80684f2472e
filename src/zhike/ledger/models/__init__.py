"""What customers bought, use and owe."""

from zhike.ledger.models.bill import Bill, Payment
from zhike.ledger.models.order import Order, OrderLine
from zhike.ledger.models.product import Product
from zhike.ledger.models.usage import PackageUse, Subscription, UsageDay

__all__ = ["Bill", "Order", "OrderLine", "PackageUse", "Payment", "Product", "Subscription", "UsageDay"]
