"""Two people edit one record: the second sees who changed what, and nothing typed or saved is lost."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from zhike.customers.models import Customer
from zhike.customers.services.customer import customer_create, customer_update
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import viewer_of
from zhike.foundation.records.testing import signed_in, staff, text_of
from zhike.foundation.records.testing.writing import _form_values

pytestmark = pytest.mark.django_db


@pytest.fixture
def second() -> Person:
    return staff("customer_manager")


@pytest.fixture
def client(second: Person) -> Client:
    return signed_in(second)


@pytest.fixture
def customer(second: Person) -> Customer:
    return customer_create(
        viewer=viewer_of(second), kind="firm", name="冲突有限公司", short_name="原简称", source="原来源",
        staff_count=10, cooperation_since=dt.date(2026, 1, 2),
    )  # fmt: skip


def form_of(client: Client, customer: Customer) -> dict[str, str]:
    return _form_values(client.get(f"/customers/{customer.uid}/edit/"))


def save(client: Client, customer: Customer, typed: dict[str, str]) -> Any:
    return client.post(f"/customers/{customer.uid}/edit/", typed)


def saved_by_the_first(customer: Customer, **values: Any) -> Person:
    first = staff("customer_specialist")
    customer_update(viewer=viewer_of(first), uid=customer.uid, version=customer.version, **values)
    return first


@pytest.mark.requirement("DATA-01", proof="user")
def test_the_second_editor_sees_who_changed_what_and_keeps_what_was_typed(client: Client, customer: Customer) -> None:
    typed = form_of(client, customer) | {"short_name": "我的简称", "core_needs": "我的需求"}
    first = saved_by_the_first(customer, short_name="他的简称", source="他的来源")

    page = save(client, customer, typed)
    rows = {row.key: row for row in page.context["conflict"]}

    assert page.status_code == 409
    assert first.name in text_of(page)
    assert {key: (row.is_theirs, row.is_mine) for key, row in rows.items()} == {
        "short_name": (True, True), "source": (True, False), "core_needs": (False, True),
    }  # fmt: skip
    assert (rows["short_name"].now, rows["short_name"].typed) == ("他的简称", "我的简称")
    again = _form_values(page)
    assert (again["short_name"], again["core_needs"], again["source"]) == ("我的简称", "我的需求", "他的来源")


def test_what_the_second_had_not_touched_is_not_turned_back(client: Client, customer: Customer) -> None:
    typed = form_of(client, customer) | {"short_name": "我的简称"}
    saved_by_the_first(customer, source="他的来源", staff_count=99, prefers_custom=True)

    done = save(client, customer, _form_values(save(client, customer, typed)))
    kept = Customer.objects.get(pk=customer.pk)

    assert done.status_code == 302
    assert (kept.short_name, kept.source, kept.staff_count, kept.prefers_custom) == ("我的简称", "他的来源", 99, True)
    assert kept.cooperation_since == dt.date(2026, 1, 2)


@pytest.mark.parametrize(("take", "kept"), [("theirs", "他的简称"), ("mine", "我的简称")])
def test_one_choice_takes_theirs_or_mine(client: Client, customer: Customer, take: str, kept: str) -> None:
    typed = form_of(client, customer) | {"short_name": "我的简称", "source": "我的来源"}
    saved_by_the_first(customer, short_name="他的简称")

    page = save(client, customer, typed)
    done = save(client, customer, _form_values(page) | {"take.short_name": take})
    now = Customer.objects.get(pk=customer.pk)

    assert done.status_code == 302
    assert (now.short_name, now.source) == (kept, "我的来源")


def test_a_third_save_in_between_is_noticed_again(client: Client, customer: Customer) -> None:
    typed = form_of(client, customer) | {"short_name": "我的简称"}
    saved_by_the_first(customer, source="他的来源")
    page = save(client, customer, typed)
    customer.refresh_from_db()
    saved_by_the_first(customer, short_name="第三人")

    again = save(client, customer, _form_values(page))

    assert again.status_code == 409
    assert [(row.key, row.is_both) for row in again.context["conflict"]] == [("short_name", True)]


@pytest.mark.parametrize("opened", ["", "nonsense", "[]", '{"short_name": 5}', "[" * 5000])
def test_without_what_the_form_was_opened_with_every_difference_is_shown(
    client: Client, customer: Customer, opened: str
) -> None:
    typed = form_of(client, customer) | {"short_name": "我的简称", "opened_with": opened}
    saved_by_the_first(customer, source="他的来源")

    page = save(client, customer, typed)

    assert page.status_code == 409
    assert {row.key for row in page.context["conflict"] if row.is_both} == {"short_name", "source"}
