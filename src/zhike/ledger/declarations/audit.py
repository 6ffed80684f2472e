"""Words of the log about orders, bills and payments: facts that come in from elsewhere."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.audit import words

words.declare("product", _("Product"), actions={"product.load": _("Loaded products")})
words.declare(
    "order",
    _("Order"),
    records="orders",
    actions={
        "order.load": _("Loaded orders"),
        "order.update": _("Changed an order"),
        "order.remove": _("Took loaded orders back"),
    },
)
words.declare(
    "bill",
    _("Bill"),
    records="bills",
    actions={
        "bill.load": _("Loaded bills"),
        "bill.update": _("Changed a bill"),
        "bill.remove": _("Took loaded bills back"),
    },
)
words.declare("payment", _("Payment"), actions={"payment.load": _("Loaded payments")})
words.declare("subscription", _("Subscription"), actions={"subscription.load": _("Loaded subscriptions")})
words.declare(
    "packageuse",
    _("Package use"),
    records="package-uses",
    actions={
        "packageuse.load": _("Loaded use of packages"),
        "packageuse.update": _("Changed a figure of package use"),
        "packageuse.remove": _("Took loaded use of packages back"),
    },
)
