"""Customers with a custom field of each kind: the generated cases, and what only such fields can get wrong."""

from __future__ import annotations

import pytest

from zhike.customers.tests.test_records import a_person
from zhike.foundation.records.custom.testing import one_of_each
from zhike.foundation.records.testing import cases

TYPED = {
    "x_nickname": "岚山老客户",
    "x_site_notes": "门卫要登记\n二楼",
    "x_seats": "120",
    "x_utilisation": "73.5",
    "x_deposit": "5000.50",
    "x_renewal_day": "2026-12-31",
    "x_renewal_cycle": "yearly",
}


class TestCustomersWithCustomFields(
    cases(
        "customers",
        make=a_person,
        allowed="customer_manager",
        denied="it_team",
        create={"kind": "firm", "name": "杭州岚山精密有限公司", **TYPED},
        change={"x_seats": "150", "x_renewal_cycle": "monthly", "x_renewal_day": "2027-01-31", "x_nickname": "岚山"},
    )  # type: ignore[misc]
):
    """Everything that holds for declared fields."""

    @pytest.fixture(autouse=True)
    def fields(self, db: None) -> None:
        one_of_each("customers")
