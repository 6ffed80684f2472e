"""The company as a whole: the same every time, whole, and inside its two years."""

from __future__ import annotations

import datetime as dt
import time

import numpy as np
import pytest

from zhike.foundation.kit.clock import months_before
from zhike.sample.company import BLOCK, Company, generate, generate_lean, stream
from zhike.sample.tests.conftest import AS_OF

# Made with the locked numpy. A change here means that everybody's demo data change: say so in the changelog.
PINNED = "2503308937a6baa1cd4d836d48c56c2ec859559163f5ada6f4322cb0d27317db"
OWN_IDS = {
    "customers": "customer_id",
    "contacts": "contact_id",
    "orders": "order_id",
    "lines": "line_id",
    "subscriptions": "subscription_id",
    "bills": "bill_id",
    "payments": "payment_id",
    "contracts": "contract_id",
    "tickets": "ticket_id",
    "complaints": "complaint_id",
    "interactions": "interaction_id",
    "deals": "deal_id",
}
REFERENCES = (
    ("orders", "returns_order_id", "orders"),
    ("lines", "order_id", "orders"),
    ("bills", "subscription_id", "subscriptions"),
    ("payments", "bill_id", "bills"),
    ("payments", "order_id", "orders"),
    ("contracts", "renews_contract_id", "contracts"),
    ("interactions", "contact_id", "contacts"),
)
HAPPENED = {
    "orders": ("ordered_on",),
    "bills": ("period", "paid_on"),
    "payments": ("paid_on",),
    "contracts": ("signed_on", "starts_on"),
    "usage": ("month",),
    "usage_days": ("day",),
    "tickets": ("opened_on", "closed_on"),
    "complaints": ("received_on", "closed_on"),
    "interactions": ("on",),
    "deals": ("opened_on", "closed_on"),
    "customers": ("cooperation_since", "created_on", "birthday"),
}
# Agreements may be older than the history kept.
MAY_BE_OLDER = {"contracts", "customers"}


def assert_sound(company: Company) -> None:
    """Ids without gaps, no orphan, nothing outside the two years, sums that agree."""
    tables = company.tables()
    for name, column in OWN_IDS.items():
        ids = getattr(tables[name], column)
        assert np.array_equal(np.sort(ids), np.arange(1, len(ids) + 1)), name
    for name, column, target in REFERENCES:
        ids = getattr(tables[name], column)
        assert ids.min() >= 0, (name, column)
        assert ids.max() <= len(tables[target]), (name, column)
    for name, table in tables.items():
        customer = table.columns().get("customer_id")
        if customer is not None:
            assert customer.min() >= 1, name
            assert customer.max() <= company.size, name
    first, last = np.datetime64(months_before(company.as_of, 24)), np.datetime64(company.as_of) - 1
    for name, columns in HAPPENED.items():
        for column in columns:
            days = getattr(tables[name], column)
            days = days[~np.isnat(days)]
            assert days.max() <= last, (name, column)
            if name not in MAY_BE_OLDER:
                oldest = first if column not in ("period", "month") else first.astype("M8[M]").astype("M8[D]")
                assert days.min() >= oldest, (name, column)


def test_the_same_size_seed_and_day_give_the_same_company_bit_for_bit() -> None:
    company = generate(200, seed=7, as_of=AS_OF)

    assert company.digest() == generate(200, seed=7, as_of=AS_OF).digest()
    assert company.digest() == PINNED


@pytest.mark.parametrize(
    "other",
    [
        {"customers": 201, "seed": 7, "as_of": AS_OF},
        {"customers": 200, "seed": 8, "as_of": AS_OF},
        {"customers": 200, "seed": 7, "as_of": AS_OF + dt.timedelta(days=1)},
    ],
)
def test_another_size_seed_or_day_gives_another_company(other: dict[str, object]) -> None:
    assert generate(**other).digest() != PINNED  # type: ignore[arg-type]


def test_ids_dates_and_references_are_sound(company: Company) -> None:
    assert_sound(company)


@pytest.mark.parametrize("day", ["2024-02-29", "2025-01-01", "2025-03-31", "2026-01-31", "2026-12-31"])
def test_any_day_of_the_year_gives_a_sound_company(day: str) -> None:
    assert_sound(generate(400, seed=3, as_of=dt.date.fromisoformat(day)))


def test_fewer_than_fifty_customers_are_refused_with_the_reason() -> None:
    with pytest.raises(ValueError, match="at least 50"):
        generate(49, as_of=AS_OF)


def test_a_company_of_several_blocks_is_sound_and_equals_its_stream() -> None:
    size = BLOCK + 300
    parts = list(stream(size, seed=5, as_of=AS_OF))
    whole = generate(size, seed=5, as_of=AS_OF)

    assert [len(part.customers) for part in parts] == [BLOCK, 300]
    assert_sound(whole)
    for name, table in whole.tables().items():
        for column, values in table.columns().items():
            pieces = np.concatenate([getattr(getattr(part, name), column) for part in parts])
            assert np.array_equal(pieces, values, equal_nan=values.dtype.kind in "fM"), (name, column)


def test_the_lean_company_has_the_very_same_customers_and_orders(company: Company) -> None:
    lean = generate_lean(2_000, seed=7, as_of=AS_OF)

    assert list(lean.tables()) == ["customers", "orders", "lines", "truth"]
    for name in ("customers", "orders", "lines", "truth"):
        for column, values in getattr(company, name).columns().items():
            same = getattr(getattr(lean, name), column)
            assert np.array_equal(same, values, equal_nan=values.dtype.kind in "fM"), (name, column)


def test_an_order_is_the_sum_of_its_lines_and_a_line_of_its_price(company: Company) -> None:
    orders, lines = company.orders, company.lines
    total = np.zeros(len(orders) + 1, np.int64)
    np.add.at(total, lines.order_id, lines.amount_minor)
    gross = np.abs(lines.quantity) * lines.unit_price_minor
    net = gross * (10_000 - lines.discount_bp) // 10_000

    assert np.array_equal(total[orders.order_id], orders.amount_minor)
    assert np.array_equal(net * np.sign(lines.quantity), lines.amount_minor)


def test_a_return_gives_back_at_most_what_was_bought_and_later(company: Company) -> None:
    orders = company.orders
    back = orders.take(orders.status == "returned")
    place = {number: row for row, number in enumerate(orders.order_id.tolist())}
    source = orders.take(np.array([place[number] for number in back.returns_order_id.tolist()]))

    assert len(back) > 100
    assert (back.amount_minor < 0).all()
    assert (-back.amount_minor <= source.amount_minor).all()
    assert (back.ordered_on > source.ordered_on).all()
    assert np.array_equal(back.customer_id, source.customer_id)
    assert (source.status == "done").all()


def test_days_of_use_add_up_to_the_months(company: Company) -> None:
    days, months = company.usage_days, company.usage
    assert days is not None
    assert months is not None
    recent = months.take(months.month >= days.day.min().astype("M8[M]").astype("M8[D]"))
    for column in ("feature_uses", "logins"):
        by_month: dict[tuple[int, str], int] = {}
        keys = zip(days.customer_id.tolist(), days.day.astype("M8[M]").astype(str).tolist(), strict=True)
        for key, value in zip(keys, getattr(days, column).tolist(), strict=True):
            by_month[key] = by_month.get(key, 0) + value
        stated = {
            (who, month): value
            for who, month, value in zip(
                recent.customer_id.tolist(),
                recent.month.astype("M8[M]").astype(str).tolist(),
                getattr(recent, column).tolist(),
                strict=True,
            )
            if value
        }
        assert {key: value for key, value in by_month.items() if value} == stated


def test_payments_are_for_what_was_billed_or_bought(company: Company) -> None:
    payments, bills = company.payments, company.bills
    assert payments is not None
    assert bills is not None
    for_bill = payments.bill_id > 0

    assert np.array_equal(for_bill, payments.order_id == 0)
    assert np.array_equal(np.sort(payments.bill_id[for_bill]), np.sort(bills.bill_id[~np.isnat(bills.paid_on)]))
    amount = np.zeros(len(bills) + 1, np.int64)
    amount[bills.bill_id] = bills.amount_minor
    assert np.array_equal(amount[payments.bill_id[for_bill]], payments.amount_minor[for_bill])


def test_two_thousand_customers_take_less_than_three_seconds() -> None:
    started = time.perf_counter()
    generate(2_000, seed=11, as_of=AS_OF)

    assert time.perf_counter() - started < 3


@pytest.mark.slow
def test_a_hundred_thousand_customers_take_less_than_a_minute() -> None:
    started = time.perf_counter()
    rows = sum(len(part.orders) for part in stream(100_000, seed=7, as_of=AS_OF))

    assert time.perf_counter() - started < 60
    assert rows > 1_000_000
