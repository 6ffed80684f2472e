"""What customers bought, use and owe comes in by the thousand: counts, defaults, timeline, no clock started."""

from __future__ import annotations

import datetime as dt

import pytest

from zhike.customers.models import TimelineEntry
from zhike.customers.tests.office import Office, deliver
from zhike.foundation.access.viewer import system
from zhike.foundation.audit.models import BatchItem, Entry
from zhike.foundation.facts import load as facts
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Forbidden
from zhike.foundation.obligations.models import Duty
from zhike.ledger import public as ledger
from zhike.ledger.models import Bill, Order, OrderLine, Payment, Product, Subscription, UsageDay

pytestmark = pytest.mark.django_db
IMPORT = system("test import")
DAY = dt.date(2026, 3, 2)


def orders(customer_id: int, count: int, **values: object) -> list[ledger.OrderRow]:
    made = [ledger.OrderRow(f"O{i}", customer_id, f"DD{i:05d}", DAY, 1000 + i, "CNY", "done") for i in range(count)]
    return [row._replace(**values) for row in made]


@pytest.mark.requirement("DATA-01", proof="rule")
def test_orders_with_lines_come_in_and_stand_on_the_timeline(office: Office) -> None:
    customer = office.firm("seller one")
    products = ledger.products_load(
        viewer=IMPORT, rows=[ledger.ProductRow("P1", "JX-100", "轴承", "零件", 9900)], origin="import"
    )

    ids = ledger.orders_load(viewer=IMPORT, rows=orders(customer.pk, 3), origin="import")
    lines = ledger.lines_load(viewer=IMPORT, rows=[ledger.LineRow(ids["O1"], products["P1"], 2, 500)])

    assert (len(ids), lines, Product.objects.get().price_minor) == (3, 1, 9900)
    order = Order.objects.get(pk=ids["O2"])
    assert (order.customer_id, order.number, order.ordered_on, order.amount_minor) == (
        customer.pk,
        "DD00002",
        DAY,
        1002,
    )
    assert (order.version, order.origin, order.external_id, order.currency) == (1, "import", "O2", "CNY")
    assert (order.owner_id, order.deleted_at, order.created_by_id) == (None, None, None)
    assert order.created_at == order.updated_at
    assert OrderLine.objects.get().order_id == ids["O1"]
    line = TimelineEntry.objects.filter(customer=customer, kind="order.done").latest("id")
    assert line.words == {"number": line.words["number"], "amount_minor": line.words["amount_minor"], "currency": "CNY"}
    assert (line.area, clock.local(line.at).date()) == ("orders", DAY)


def test_returns_and_cancelled_orders_keep_their_sign_and_state(office: Office) -> None:
    customer = office.firm("seller one")
    rows = [
        ledger.OrderRow("a", customer.pk, "1", DAY, -500, "CNY", "returned"),
        ledger.OrderRow("b", customer.pk, "2", DAY, 700, "USD", "cancelled"),
    ]

    ledger.orders_load(viewer=IMPORT, rows=rows, origin="import")

    assert set(Order.objects.values_list("amount_minor", "currency", "status")) == {
        (-500, "CNY", "returned"), (700, "USD", "cancelled"),
    }  # fmt: skip
    kinds = TimelineEntry.objects.filter(customer=customer).values_list("kind", flat=True)
    assert {"order.returned", "order.cancelled"} <= set(kinds)


def test_bills_payments_subscriptions_and_days_of_use(office: Office) -> None:
    customer = office.firm("seller one")
    month = dt.date(2026, 3, 1)
    bills = ledger.bills_load(
        viewer=IMPORT,
        rows=[ledger.BillRow("B1", customer.pk, month, 20_000, dt.date(2026, 4, 10), None)],
        origin="import",
    )
    paid = ledger.payments_load(
        viewer=IMPORT,
        rows=[ledger.PaymentRow("Y1", customer.pk, bills["B1"], dt.date(2026, 4, 2), 20_000)],
        origin="import",
    )
    running = ledger.subscriptions_load(
        viewer=IMPORT, rows=[ledger.SubscriptionRow("S1", customer.pk, None, month, None, 20_000)], origin="import"
    )

    assert (paid, running) == (1, 1)
    assert (Bill.objects.get().currency, Bill.objects.get().paid_on) == ("CNY", None)
    assert Payment.objects.get().bill_id == bills["B1"]
    assert (Subscription.objects.get().ends_on, Subscription.objects.get().currency) == (None, "CNY")
    for uses in (3, 8):
        ledger.usage_load(viewer=IMPORT, rows=[ledger.UsageRow(customer.pk, DAY, uses, 1)])
    assert list(UsageDay.objects.values_list("feature_uses", "logins")) == [(8, 1)], "the same day again replaces"


@pytest.mark.requirement("SEC-08", proof="rule")
def test_each_piece_has_one_entry_with_a_digest_per_row(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "CHUNK", 4)
    customer = office.firm("seller one")

    ledger.orders_load(viewer=IMPORT, rows=orders(customer.pk, 10), origin="import")

    assert list(Entry.objects.filter(action="order.load").order_by("id").values_list("batch_size", flat=True)) == [
        4,
        4,
        2,
    ]
    assert BatchItem.objects.values("digest").distinct().count() == 10


def test_what_comes_in_as_history_starts_no_duty(office: Office) -> None:
    customer = office.firm("seller one")

    for origin in ("import", "sample"):
        ledger.orders_load(viewer=IMPORT, rows=orders(customer.pk, 5), origin=origin)
    deliver()

    assert Order.objects.filter(origin="sample").count() == 5
    assert not Duty.objects.exists()


def test_who_may_not_edit_orders_loads_none(office: Office) -> None:
    customer = office.firm("seller one")
    viewer = office.viewer("seller one")  # reads orders

    with pytest.raises(Forbidden):
        ledger.orders_load(viewer=viewer, rows=orders(customer.pk, 1), origin="import")
    with pytest.raises(Forbidden):
        ledger.usage_load(viewer=viewer, rows=[ledger.UsageRow(customer.pk, DAY, 1, 1)])
    with pytest.raises(Forbidden):
        ledger.lines_load(viewer=viewer, rows=[])
    assert not Order.objects.exists()
