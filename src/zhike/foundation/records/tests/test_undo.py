"""Taking back as people meet it: within the minutes, by who did it, one record or many, no secret in plain."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from zhike.customers.models import Customer
from zhike.customers.services.customer import customer_create, customer_update
from zhike.foundation import jobs
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import viewer_of
from zhike.foundation.audit.models import Entry
from zhike.foundation.crypto import vault
from zhike.foundation.kit import ids
from zhike.foundation.records import undo
from zhike.foundation.records.models import BulkChange, BulkRecord, Change
from zhike.foundation.records.policy import ListPolicy
from zhike.foundation.records.testing import signed_in, staff, text_of
from zhike.foundation.records.tests.numbers import let_be

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager() -> Person:
    return staff("customer_manager")


@pytest.fixture
def client(manager: Person) -> Client:
    return signed_in(manager)


def firms(owner: Person, count: int) -> list[Customer]:
    viewer = viewer_of(owner)
    return [customer_create(viewer=viewer, kind="firm", name=f"撤销{n:02d}号有限公司") for n in range(count)]


def change(client: Client, row: Customer, **values: Any) -> None:
    row.refresh_from_db()
    body = {"version": row.version, **values}
    answer = client.patch(f"/api/v1/customers/{row.uid}", body, content_type="application/json")
    assert answer.status_code == 200, text_of(answer)


def in_bulk(client: Client, rows: list[Customer], **typed: str) -> str:
    sent = {"uid": [str(row.uid) for row in rows], "question": "", "do": "run", "token": str(ids.uid())}
    return str(client.post("/customers/many/", sent | typed)["Location"])


@pytest.mark.requirement("PLAT-01", proof="user")
def test_a_saved_field_offers_to_be_taken_back_at_once(client: Client, manager: Person) -> None:
    row = firms(manager, 1)[0]
    version = {"version": "1", "name": row.name, "source": "展会"}

    saved = client.post(f"/customers/{row.uid}/edit/", version, headers={"HX-Request": "true"})
    undone = client.post(f"/customers/{row.uid}/undo/", headers={"HX-Request": "true"})

    assert f"/customers/{row.uid}/undo/" in saved["HX-Trigger"]
    assert undone.status_code == 204
    row.refresh_from_db()
    assert row.source == ""
    assert Entry.objects.get(action="records.undone").object_id == row.pk


@pytest.mark.parametrize("path", ["/customers/{uid}/", "/customers/{uid}/peek/"])
def test_undo_is_offered_to_who_changed_the_record_last_and_as_long_as_it_stands(
    client: Client, manager: Person, path: str
) -> None:
    row = firms(manager, 1)[0]
    page, offer = path.format(uid=row.uid), f'href="/customers/{row.uid}/undo/"'

    assert offer not in text_of(client.get(page))
    change(client, row, source="展会")
    assert offer in text_of(client.get(page))
    row.refresh_from_db()
    customer_update(viewer=viewer_of(manager), uid=row.uid, version=row.version, source="官网")
    assert offer not in text_of(client.get(page))


def test_after_the_minutes_of_the_policy_nothing_is_taken_back(client: Client, manager: Person) -> None:
    early, late = firms(manager, 2)
    for row in (early, late):
        change(client, row, source="展会")
    edge = dt.timedelta(minutes=undo.minutes())
    for row, age in ((early, edge - dt.timedelta(seconds=20)), (late, edge + dt.timedelta(seconds=1))):
        kept = Change.objects.get(record_uid=row.uid)
        Change.objects.filter(pk=kept.pk).update(at=kept.at - age)

    answers = [client.post(f"/api/v1/customers/{row.uid}/undo") for row in (early, late)]

    assert [answer.status_code for answer in answers] == [200, 409]
    assert answers[1].json()["code"] == "nothing_to_undo"


def test_nobody_takes_back_what_another_did(client: Client, manager: Person) -> None:
    row = firms(manager, 1)[0]
    change(client, row, source="展会")
    lead = staff("management")

    answer = signed_in(lead).post(f"/api/v1/customers/{row.uid}/undo")

    assert answer.status_code in (403, 404, 409)
    row.refresh_from_db()
    assert row.source == "展会"


def test_a_personal_value_is_kept_sealed_and_comes_back_whole(client: Client, manager: Person) -> None:
    viewer = viewer_of(manager)
    row = customer_create(viewer=viewer, kind="person", name="欧阳明", phone="13812345678")
    change(client, row, phone="13900001111")
    kept = Change.objects.get()

    shown = text_of(client.get(f"/customers/{row.uid}/undo/"))
    client.post(f"/api/v1/customers/{row.uid}/undo")

    assert "13812345678" not in f"{kept.before}{kept.sealed}{shown}"
    assert vault.open_values([row.uid], ["phone"])[row.uid]["phone"] == "13812345678"
    row.refresh_from_db()
    assert row.phone == "138****5678"


def test_what_was_erased_does_not_come_back(client: Client, manager: Person) -> None:
    row = customer_create(viewer=viewer_of(manager), kind="person", name="欧阳明", phone="13812345678")
    change(client, row, phone="13900001111")
    vault.erase([row.uid])

    answer = client.post(f"/api/v1/customers/{row.uid}/undo")

    assert answer.status_code == 409


def test_a_change_of_many_is_taken_back_and_what_was_changed_since_is_listed_and_stays(
    client: Client, manager: Person
) -> None:
    rows = firms(manager, 3)
    address = in_bulk(client, rows, operation="field:source", source="展会")
    touched = rows[1]
    customer_update(viewer=viewer_of(manager), uid=touched.uid, version=2, source="转介绍")

    page = client.get(address)
    shown = client.get(page.context["undo"])
    result = client.get(client.post(page.context["undo"], {"token": str(shown.context["token"])})["Location"])

    assert (shown.context["preview"].total, shown.context["preview"].refused_count) == (3, 1)
    assert result.context["counts"] == {"waiting": 0, "done": 2, "refused": 1}
    assert [one["name"] for one in result.context["refused"]] == [touched.name]
    assert list(Customer.objects.order_by("pk").values_list("source", flat=True)) == ["", "转介绍", ""]


def test_many_customers_given_away_come_back_by_the_button(client: Client, manager: Person) -> None:
    rows, successor = firms(manager, 2), staff("customer_manager")
    sent = {"uid": [str(row.uid) for row in rows], "owner": str(successor.uid), "sure": "1"}
    director = signed_in(staff("management"))
    who = director if director.post("/customers/bulk/reassign/", sent).status_code == 302 else client
    if who is client:
        client.post("/customers/bulk/reassign/", sent)
    made = BulkChange.objects.get()
    address = f"/customers/many/{made.uid}/undo/"

    who.post(address, {"token": str(ids.uid())})

    expected = {manager.pk} if who is director else {successor.pk}
    assert set(Customer.objects.values_list("owner_id", flat=True)) == expected


def test_a_worker_takes_back_many_though_it_comes_late(
    client: Client, manager: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = firms(manager, 3)
    address = in_bulk(client, rows, operation="field:source", source="展会")
    let_be(monkeypatch, ListPolicy, bulk_at_once=0)
    client.post(client.get(address).context["undo"], {"token": str(ids.uid())})
    late = dt.timedelta(minutes=2 * undo.minutes())
    for made in BulkChange.objects.all():
        finished = made.finished_at - late if made.finished_at else None
        BulkChange.objects.filter(pk=made.pk).update(created_at=made.created_at - late, finished_at=finished)

    jobs.run_due()

    assert set(Customer.objects.values_list("source", flat=True)) == {""}


def test_another_persons_change_of_many_is_not_taken_back(client: Client, manager: Person) -> None:
    address = in_bulk(client, firms(manager, 1), operation="field:source", source="展会")
    other = signed_in(staff("customer_manager"))

    assert other.get(address + "undo/").status_code == 404
    assert other.post(address + "undo/", {"token": str(ids.uid())}).status_code == 404
    assert set(Customer.objects.values_list("source", flat=True)) == {"展会"}


def test_what_can_no_longer_be_taken_back_is_forgotten(client: Client, manager: Person) -> None:
    rows = firms(manager, 2)
    change(client, rows[0], source="展会")
    in_bulk(client, rows[1:], operation="field:source", source="展会")
    old = dt.timedelta(days=2)
    Change.objects.update(at=Change.objects.get().at - old)
    BulkChange.objects.update(created_at=BulkChange.objects.get().created_at - old)

    undo.forget()

    assert not Change.objects.exists()
    assert not BulkRecord.objects.exclude(before=None).exists()
