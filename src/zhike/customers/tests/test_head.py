"""The head of the customer page: who looks after the customer, what comes next, and what can be added from there."""

from __future__ import annotations

import datetime as dt

import pytest

from zhike.customers.models import Customer
from zhike.customers.services.interaction import interaction_log
from zhike.customers.tests.office import Clock, Office
from zhike.foundation.access.models import Person
from zhike.foundation.kit import clock
from zhike.foundation.records.testing import signed_in

pytestmark = pytest.mark.django_db


def page_of(office: Office, who: str, customer: Customer) -> str:
    Person.objects.update(must_change_password=False)
    return signed_in(Person.objects.get(pk=office.person(who))).get(f"/customers/{customer.uid}/").content.decode()


def talked(office: Office, customer: Customer, *, kind: str = "call", action: str = "送报价单", days: int = 2) -> None:
    interaction_log(
        viewer=office.viewer("seller one"), customer_uid=customer.uid, kind=kind, feedback="要报价",
        next_action=action, next_on=clock.today() + dt.timedelta(days=days),
    )  # fmt: skip


@pytest.mark.requirement("DATA-12", proof="user")
def test_the_owner_and_the_next_step_stand_under_the_name(office: Office, moment: Clock) -> None:
    moment.at(clock.start_of(dt.date(2026, 7, 15)) + dt.timedelta(hours=9))
    customer = office.firm("seller one")
    assert "员工seller one · 销售一部" in page_of(office, "lead one", customer)

    talked(office, customer)
    assert "2026-07-17: 送报价单" in page_of(office, "lead one", customer)

    talked(office, customer, action="约拜访时间", days=1)
    page = page_of(office, "lead one", customer)
    assert "2026-07-16: 约拜访时间" in page
    assert "2026-07-17: 送报价单" not in page
    assert "已超时" not in page

    moment.at(clock.start_of(dt.date(2026, 7, 17)) + dt.timedelta(hours=9))
    assert "2026-07-16: 约拜访时间 (已超时)" in page_of(office, "lead one", customer)


@pytest.mark.requirement("PLAT-01", proof="user")
def test_what_may_be_added_for_the_customer_stands_in_one_menu(office: Office) -> None:
    customer = office.firm("seller one")

    page = page_of(office, "seller one", customer)
    menu = page.split("新建</summary>")[1].split("</details>")[0]
    assert f"/contacts/new/?customer={customer.uid}" in menu
    assert f"/opportunities/new/?customer={customer.uid}" in menu
    assert f"/orders/new/?customer={customer.uid}" not in menu, "orders come from the ledger"
