"""Programs send many records in one call: taken in, tried out, written, and answered row by row."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from zhike.customers.models import Customer
from zhike.customers.tests.office import Office, opened
from zhike.foundation import jobs, policies
from zhike.foundation.access.models import Person
from zhike.foundation.imports.models import Import
from zhike.foundation.imports.policy import CallPolicy, ImportPolicy
from zhike.foundation.records.testing import signed_in
from zhike.ledger.models import Order

pytestmark = pytest.mark.django_db
ROWS = [
    {"external_id": "A1", "kind": "firm", "name": "杭州甲机械有限公司", "staff_count": 120},
    {"external_id": "A2", "kind": "firm", "name": "杭州乙机械有限公司", "staff_count": "many"},
    {"external_id": "A3", "kind": "person", "name": "欧阳静宜", "phone": "13800138000"},
]


@pytest.fixture
def office(db: None) -> Office:
    return opened()


def program(office: Office, name: str) -> Client:
    Person.objects.filter(pk=office.person(name)).update(must_change_password=False, language="en")
    return signed_in(Person.objects.get(pk=office.person(name)))


def send(client: Client, code: str, rows: Any, *, key: str = "", **options: Any) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    body = json.dumps({"rows": rows, **options})
    return client.post(f"/api/v1/{code}/bulk", body, content_type="application/json", headers=headers)


def results(client: Client, answer: Any) -> list[dict[str, Any]]:
    """All rows after the work is done, page by page."""
    assert answer.status_code == 202, answer.content.decode()
    jobs.run_due()
    found, after = [], ""
    while after is not None:
        page = client.get(answer.json()["rows_address"], {"after": after}).json()
        found += page["items"]
        after = page["next"]
    return found


@pytest.mark.requirement("PLAT-06", proof="user")
def test_many_records_come_in_with_one_call_and_each_row_is_answered(office: Office) -> None:
    client = program(office, "seller one")
    answer = send(client, "customers", ROWS, on_match="skip")
    assert answer["Location"] == answer.json()["address"]
    rows = results(client, answer)

    first, third = Customer.objects.order_by("external_id")
    assert [row["outcome"] for row in rows] == ["new", "rejected", "new"]
    assert [row["uid"] for row in rows] == [str(first.uid), None, str(third.uid)]
    assert rows[1]["problems"] == {"staff_count": "Send a number."}
    assert (first.name, first.staff_count, first.owner_id, first.origin, third.name) == (
        "杭州甲机械有限公司", 120, office.person("seller one"), "import", "欧***",
    )  # fmt: skip
    done = client.get(answer["Location"]).json()
    assert (done["state"], done["counts"]["new"], done["report"]["agrees"]) == ("done", 2, True)


@pytest.mark.requirement("PLAT-06", proof="user")
def test_a_dry_run_says_row_by_row_what_would_happen_and_writes_nothing(office: Office) -> None:
    client = program(office, "seller one")
    rows = results(client, send(client, "customers", ROWS, dry_run=True))

    assert [(row["outcome"], row["uid"]) for row in rows] == [("new", None), ("rejected", None), ("new", None)]
    assert not Customer.objects.exists()


@pytest.mark.requirement("PLAT-06", proof="user")
def test_rows_are_recognised_by_the_key_and_what_is_there_is_named(office: Office) -> None:
    mine = office.firm("seller one", name="杭州甲机械有限公司")
    theirs = office.firm("seller two", name="宁波丙轴承有限公司")
    for firm, number in ((mine, "A1"), (theirs, "B1")):
        Customer.objects.filter(pk=firm.pk).update(external_id=number)
    client = program(office, "seller one")
    sent = [
        {"external_id": "A1", "kind": "firm", "name": "杭州甲机械有限公司", "short_name": "甲机械"},
        {"external_id": "B1", "kind": "firm", "name": "宁波丙轴承有限公司"},
    ]
    skipped = results(client, send(client, "customers", sent, on_match="skip"))
    assert {row["outcome"] for row in skipped} == {"rejected"}
    kept = results(client, _keyed(client, sent, "skip"))
    assert [(row["outcome"], row["uid"]) for row in kept] == [("unchanged", str(mine.uid)), ("rejected", None)]
    changed = results(client, _keyed(client, sent, "overwrite"))

    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (changed[0]["outcome"], changed[0]["uid"], mine.short_name) == ("updated", str(mine.uid), "甲机械")
    assert "not yours" in changed[1]["problems"]["external_id"]
    assert theirs.version == 1


def _keyed(client: Client, rows: Any, on_match: str, name: str = "external_id", **more: Any) -> Any:
    body = json.dumps({"rows": rows, "key": name, "on_match": on_match, **more})
    return client.post("/api/v1/customers/bulk", body, content_type="application/json")


@pytest.mark.requirement("PLAT-06", proof="user")
def test_records_are_changed_by_uid_and_version_and_never_made(office: Office) -> None:
    mine, stale = office.firm("seller one"), office.firm("seller one")
    theirs = office.firm("seller two")
    client = program(office, "seller one")
    sent = [
        {"uid": str(mine.uid), "version": 1, "short_name": "一"},
        {"uid": str(stale.uid), "version": 7, "short_name": "二"},
        {"uid": str(theirs.uid), "version": 1, "short_name": "三"},
        {"uid": "no uid", "short_name": "四"},
    ]
    rows = results(client, _keyed(client, sent, "overwrite", "uid"))

    assert [row["outcome"] for row in rows] == ["updated", "rejected", "rejected", "rejected"]
    assert rows[1]["problems"]["version"].startswith("Somebody changed this record")
    assert rows[2]["problems"]["uid"].startswith("This record does not exist")
    assert rows[3]["problems"] == {"uid": "Send a uid."}
    assert list(Customer.objects.order_by("pk").values_list("short_name", flat=True)) == ["一", "", ""]


@pytest.mark.requirement("PLAT-06", proof="user")
def test_orders_name_their_customer_by_uid_or_number_and_amounts_in_minor_units(office: Office) -> None:
    firm = office.firm("seller one")
    client = program(office, "it")
    order = {"ordered_on": "2026-03-01", "amount": 125050}
    sent = [
        order | {"number": "O-1", "customer": str(firm.uid)},
        order | {"number": "O-2", "customer.number": firm.number},
        order | {"number": "O-3", "customer": "00000000-0000-7000-8000-000000000000"},
    ]
    rows = results(client, send(client, "orders", sent))

    assert [row["outcome"] for row in rows] == ["new", "new", "rejected"], rows
    assert set(Order.objects.values_list("customer_id", "amount_minor")) == {(firm.pk, 125050)}


@pytest.mark.requirement("PLAT-06", proof="rule")
def test_a_call_that_is_sent_twice_is_one_import(office: Office) -> None:
    client = program(office, "seller one")
    first = send(client, "customers", ROWS[:1], key="erp-1")
    again = send(client, "customers", ROWS[:1], key="erp-1")

    assert (again["Idempotency-Replayed"], again.json()["uid"]) == ("true", first.json()["uid"])
    assert Import.objects.count() == 1


@pytest.mark.requirement("PLAT-06", proof="user")
def test_what_one_call_does_not_take_is_refused_whole(office: Office) -> None:
    client, limits = program(office, "seller one"), policies.current().get(CallPolicy)
    unknown = send(client, "customers", [{"kind": "firm", "name": "x", "colour": "red"}])
    too_many = send(client, "customers", [{"kind": "firm", "name": "x"}] * (limits.rows_max + 1))
    too_large = send(client, "customers", [{"name": "x" * (limits.body_mib_max * 1024 * 1024)}])
    not_rows = send(client, "customers", {"name": "x"})
    without_name = send(client, "customers", [{"kind": "firm"}])
    not_mine = send(program(office, "market"), "bills", [{"external_id": "1"}])

    assert (unknown.status_code, list(unknown.json()["fields"])) == (422, ["colour"])
    assert (too_many.status_code, too_many.json()["code"]) == (413, "too_many_rows")
    assert (too_large.status_code, not_rows.status_code, without_name.status_code) == (413, 422, 422)
    assert "name" in without_name.json()["fields"]
    assert not_mine.status_code == 403
    assert not Import.objects.exists()


@pytest.mark.requirement("PLAT-06", proof="rule")
def test_a_body_larger_than_a_form_and_several_pieces_come_in(office: Office) -> None:
    length = policies.current().get(ImportPolicy).piece_rows
    rows = [{"kind": "firm", "name": f"嘉兴第{n}号泵业有限公司", "short_name": f"{n}号"} for n in range(length + 10)]
    client = program(office, "seller one")
    body = json.dumps({"rows": rows}).encode() + b" " * settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    found = results(client, client.post("/api/v1/customers/bulk", body, content_type="application/json"))

    assert Import.objects.get().size_bytes == len(body)
    assert [row["row"] for row in found] == list(range(1, length + 11))
    assert {row["outcome"] for row in found} == {"new"}, found[0]
    assert Customer.objects.count() == length + 10
