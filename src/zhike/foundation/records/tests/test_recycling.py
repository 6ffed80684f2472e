"""The recycle bin as people meet it: what holds a record, what stands against its return, what follows it."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.test import Client

from zhike.customers.models import Contact, Customer
from zhike.customers.services.contact import contact_create
from zhike.customers.services.customer import customer_create
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import viewer_of
from zhike.foundation.audit.models import Entry
from zhike.foundation.records.testing import signed_in, staff, text_of
from zhike.ledger.models import Order

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager() -> Person:
    return staff("customer_manager")


@pytest.fixture
def client(manager: Person) -> Client:
    return signed_in(manager)


def firm(owner: Person, name: str = "杭州岚山精密有限公司") -> Customer:
    return customer_create(viewer=viewer_of(owner), kind="firm", name=name)


def delete(client: Client, code: str, uid: UUID) -> int:
    return client.post(f"/{code}/{uid}/delete/").status_code


@pytest.mark.requirement("DATA-01", proof="user")
def test_a_manager_deletes_a_file_finds_it_in_the_bin_and_takes_it_back_with_its_contacts(
    client: Client, manager: Person
) -> None:
    row = firm(manager)
    stays = contact_create(viewer=viewer_of(manager), customer_uid=row.uid, name="王磊石")
    gone = contact_create(viewer=viewer_of(manager), customer_uid=row.uid, name="诸葛静")
    assert delete(client, "contacts", gone.uid) == 302

    assert delete(client, "customers", row.uid) == 302
    bin_of_contacts = text_of(client.get("/contacts/bin/"))
    assert str(row.uid) not in text_of(client.get("/customers/"))
    assert str(row.uid) not in text_of(client.get("/search/?q=岚山"))
    assert client.post(f"/customers/{row.uid}/restore/").status_code == 302

    assert str(gone.uid) in bin_of_contacts
    assert str(stays.uid) not in bin_of_contacts, "it lies with its customer"
    assert str(row.uid) in text_of(client.get("/customers/?q=岚山"))
    assert list(Contact.objects.filter(customer=row, deleted_at=None)) == [stays]
    assert "客户档案已从回收站恢复" in text_of(client.get(f"/customers/{row.uid}/"))
    assert Entry.objects.filter(action="customer.restore", object_id=row.pk).count() == 1


def test_a_file_that_others_point_to_is_kept_and_the_refusal_names_them(client: Client, manager: Person) -> None:
    row = firm(manager)
    Order.objects.create(customer=row, number="SO-0815", ordered_on="2026-11-01", amount_minor=100)

    page = client.post(f"/customers/{row.uid}/delete/")
    answer = client.delete(f"/api/v1/customers/{row.uid}")

    assert page.status_code == 409
    assert "SO-0815" in text_of(page)
    assert answer.status_code == 409
    assert answer.json()["code"] == "still_held"
    row.refresh_from_db()
    assert row.deleted_at is None


def test_a_file_whose_name_is_taken_by_now_comes_back_only_if_it_is_another_one(
    client: Client, manager: Person
) -> None:
    row = firm(manager)
    delete(client, "customers", row.uid)
    firm(manager)

    refused = client.post(f"/customers/{row.uid}/restore/")
    row.refresh_from_db()
    still = row.deleted_at
    forced = client.post(f"/customers/{row.uid}/restore/", {"accept_duplicate": "1"})

    assert refused.status_code == 409
    assert "accept_duplicate" in text_of(refused)
    assert still is not None
    assert forced.status_code == 302


def test_a_contact_waits_for_its_firm(client: Client, manager: Person) -> None:
    row = firm(manager)
    contact = contact_create(viewer=viewer_of(manager), customer_uid=row.uid, name="王磊石")
    delete(client, "contacts", contact.uid)
    delete(client, "customers", row.uid)

    refused = client.post(f"/contacts/{contact.uid}/restore/")
    client.post(f"/customers/{row.uid}/restore/")
    restored = client.post(f"/contacts/{contact.uid}/restore/")

    assert refused.status_code == 409
    assert "请先恢复" in text_of(refused)
    assert restored.status_code == 302


def test_the_place_of_the_first_to_call_stays_with_who_took_it(client: Client, manager: Person) -> None:
    row, viewer = firm(manager), viewer_of(manager)
    first = contact_create(viewer=viewer, customer_uid=row.uid, name="王磊石", is_primary=True)
    delete(client, "contacts", first.uid)
    second = contact_create(viewer=viewer, customer_uid=row.uid, name="诸葛静", is_primary=True)

    client.post(f"/contacts/{first.uid}/restore/")

    assert list(Contact.objects.filter(customer=row, is_primary=True)) == [second]


def test_the_bin_of_a_kind_is_turned_page_by_page(client: Client, manager: Person) -> None:
    rows = [firm(manager, f"回收{n:02d}号有限公司") for n in range(53)]
    for row in rows:
        client.delete(f"/api/v1/customers/{row.uid}")

    first = client.get("/customers/bin/")
    second = client.get(f"/customers/bin/?before={first.context['blocks'][0]['older']}")

    seen = [row["uid"] for page in (first, second) for row in page.context["blocks"][0]["rows"]]
    assert len(first.context["blocks"][0]["rows"]) == 50
    assert seen == [row.uid for row in reversed(rows)]
