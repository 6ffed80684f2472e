"""Customers are what an owner leaves behind."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.customers.services.handover import customers_hand_over, customers_owned
from zhike.foundation.access.estates import Estate, register

register(
    Estate(
        "customers", _("customers"), customers_owned, customers_hand_over,
        models=("customers.Customer", "customers.CustomerState"),
    )
)  # fmt: skip
