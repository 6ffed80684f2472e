"""The bulk form of opening files: the same checks per row, one audit entry and one event per batch."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import connection

from zhike.customers.models import Contact, Customer, CustomerState, NumberSeries, TimelineEntry
from zhike.customers.models.series import take
from zhike.customers.services import load
from zhike.customers.services.duplicates import ContactRow, CustomerRow
from zhike.customers.services.load import InteractionRow, customers_load, interactions_load
from zhike.customers.tests.office import Office, deliver, opened
from zhike.foundation.access.viewer import system
from zhike.foundation.audit.models import BatchItem, Entry
from zhike.foundation.crypto import vault
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Forbidden
from zhike.foundation.obligations.models import Duty
from zhike.foundation.outbox.models import EventRow
from zhike.foundation.outbox.tests.processes import spawn

IMPORT = system("test import")


@pytest.mark.requirement("DATA-01", proof="rule")
@pytest.mark.django_db
def test_good_rows_go_in_and_each_bad_one_is_named(office: Office) -> None:
    owner = office.person("seller one")
    rows = [
        CustomerRow(
            "1", "firm", {"name": "甲公司", "staff_count": 5, "credit_code": "91350100M000100Y43"}, owner_id=owner
        ),
        CustomerRow("2", "person", {"name": "王小明", "phone": "+86 138-1234-5678"}, owner_id=owner),
        CustomerRow("3", "firm", {"name": ""}),
        CustomerRow("4", "firm", {"name": "乙公司", "phone": "1"}),
        CustomerRow("5", "firm", {"name": "丙公司", "deleted_at": None}),
        CustomerRow("6", "ghost", {"name": "丁公司", "revenue_minor": -1}),
        CustomerRow("7", "firm", {"name": "戊公司"}, owner_id=-1),
        CustomerRow("8", "firm", {"name": "甲 公司"}),
        CustomerRow("9", "firm", {"name": "己公司", "credit_code": "91350100m000100y43"}),
        CustomerRow("10", "person", {"name": "李大力", "phone": "13812345678"}),
        CustomerRow("1", "firm", {"name": "庚公司"}),
        CustomerRow("12", "firm", {"name": "辛公司"}, contacts=[ContactRow({"name": "", "email": "x"})]),
    ]

    loaded = customers_load(viewer=IMPORT, rows=rows, origin="import")

    assert sorted(loaded.ids) == ["1", "2"]
    assert loaded.refused == {
        "3": {"name": "required"},
        "4": {"phone": "bad_phone"},
        "5": {"deleted_at": "unknown_field"},
        "6": {"kind": "not_an_option", "revenue_minor": "too_small"},
        "7": {"owner": "no_such_person"},
        "8": {"name": "duplicate"},
        "9": {"credit_code": "duplicate"},
        "10": {"phone": "duplicate"},
        "1": {"external_id": "duplicate"},
        "12": {"contact 1 name": "required", "contact 1 email": "bad_email"},
    }
    assert Customer.objects.count() == CustomerState.objects.count() == 2


@pytest.mark.django_db
def test_a_loaded_row_is_like_a_typed_one(office: Office) -> None:
    typed = office.human("seller one", "欧阳静宜", phone="138 1234 0000", birthday="1980-02-29")
    values = {"name": "诸葛静宜", "phone": "+86 138-1234-5678", "birthday": dt.date(1980, 2, 29)}

    loaded = customers_load(
        viewer=IMPORT, origin="import", rows=[CustomerRow("x", "person", values, owner_id=office.person("seller one"))]
    )

    row = Customer.objects.get(pk=loaded.ids["x"])
    for field in ("owner_id", "department_id", "ancestor_1", "ancestor_2", "birthday", "kind"):
        assert getattr(row, field) == getattr(typed, field), field
    assert (row.phone, row.standing, row.origin) == ("138****5678", "formal", "import")
    assert bytes(row.phone_blind) == vault.blind("phone", "13812345678")
    assert vault.open_values([row.uid], ["phone", "birthday"])[row.uid] == {
        "phone": "13812345678",
        "birthday": "1980-02-29",
    }
    state = CustomerState.objects.get(pk=row.pk)
    assert (state.owner_id, state.ancestor_2) == (row.owner_id, row.ancestor_2)


@pytest.mark.django_db
def test_the_same_file_again_opens_nothing_twice(office: Office) -> None:
    rows = [CustomerRow(str(i), "firm", {"name": f"第{i}机械厂"}) for i in range(5)]
    customers_load(viewer=IMPORT, rows=rows, origin="import")

    again = customers_load(viewer=IMPORT, rows=rows, origin="import")
    all_the_same = customers_load(viewer=IMPORT, rows=rows, origin="import", accept_duplicates=True)

    assert (again.ids, all_the_same.ids) == ({}, {})
    assert Customer.objects.count() == 5
    other = [CustomerRow("other", "firm", {"name": "第1机械厂"})]
    assert customers_load(viewer=IMPORT, rows=other, origin="import").refused == {"other": {"name": "duplicate"}}
    assert customers_load(viewer=IMPORT, rows=other, origin="import", accept_duplicates=True).refused == {}


@pytest.mark.requirement("SEC-08", proof="rule")
@pytest.mark.django_db
def test_a_batch_has_one_event_and_one_entry_with_a_digest_per_row(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "CHUNK", 4)
    rows = [CustomerRow(str(i), "person", {"name": "王小明", "phone": f"1381234{i:04d}"}) for i in range(10)]

    loaded = customers_load(viewer=IMPORT, rows=rows, origin="import")

    events = EventRow.objects.filter(name="customers.CustomersLoaded").order_by("id")
    assert [(e.payload["count"], e.origin) for e in events] == [(4, "import"), (4, "import"), (2, "import")]
    assert [e.batch_size for e in Entry.objects.filter(action="customer.load").order_by("id")] == [4, 4, 2]
    assert set(BatchItem.objects.values_list("object_id", flat=True)) == set(loaded.ids.values())
    assert BatchItem.objects.values("digest").distinct().count() == 10
    deliver()
    assert not Duty.objects.exists()


@pytest.mark.django_db
def test_who_may_not_open_one_file_may_not_open_many(office: Office) -> None:
    with pytest.raises(Forbidden):
        customers_load(viewer=office.viewer("data"), rows=[CustomerRow("1", "firm", {"name": "甲"})], origin="import")


@pytest.mark.django_db
def test_contacts_come_with_their_firm(office: Office) -> None:
    people = [ContactRow({"name": "王磊", "phone": "138 1234 5678", "is_primary": True}), ContactRow({"name": "李娜"})]

    loaded = customers_load(
        viewer=IMPORT, origin="import", rows=[CustomerRow("1", "firm", {"name": "甲"}, contacts=people)]
    )

    contacts = Contact.objects.filter(customer=loaded.ids["1"]).order_by("id")
    assert [(c.name, c.phone, c.is_primary) for c in contacts] == [("王*", "138****5678", True), ("李*", "", False)]
    assert vault.open_values([contacts[0].uid], ["phone"])[contacts[0].uid] == {"phone": "13812345678"}


@pytest.mark.django_db
def test_talks_of_the_past_stand_on_the_timeline_and_meet_no_duty(office: Office) -> None:
    customer = office.firm("seller one")
    at = clock.now() - dt.timedelta(days=40)

    said = ("call", "in", at, "问价格", "", "", None, "price")
    talk = InteractionRow("t1", customer.pk, office.person("seller one"), *said)

    written = interactions_load(viewer=IMPORT, origin="import", rows=[talk])

    assert written == 1
    line = TimelineEntry.objects.get(customer=customer, kind="interaction")
    assert (line.at, line.is_contact, line.words["feedback"]) == (at, True, "问价格")
    assert not EventRow.objects.filter(name="customers.InteractionLogged").exists()


def numbers_taken(rounds: int, found: list[int]) -> None:
    from django.db import transaction

    try:
        for _ in range(rounds):
            with transaction.atomic():
                found.append(take("customer")[0])
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_two_writers_at_once_never_get_the_same_number() -> None:
    first: list[int] = []
    second: list[int] = []
    writers = [threading.Thread(target=numbers_taken, args=(40, found)) for found in (first, second)]

    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)

    assert sorted(first + second) == list(range(1, 81))
    assert NumberSeries.objects.get(name="customer").next == 81


@pytest.mark.django_db(transaction=True)
def test_two_processes_that_open_files_at_once_both_succeed() -> None:
    office = opened()
    code = """
import sys
from zhike.customers.services.customer import customer_create
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import viewer_of
viewer = viewer_of(Person.objects.get(pk={person}))
for i in range(15):
    customer_create(viewer=viewer, kind="firm", name="第%d机械厂{letter}" % i)
"""
    writers = [spawn(code.format(person=office.person("seller one"), letter=letter)) for letter in "AB"]

    for writer in writers:
        _out, errors = writer.communicate(timeout=60)
        assert writer.returncode == 0, errors.decode()
    numbers = list(Customer.objects.order_by("number").values_list("number", flat=True))
    assert numbers == [f"C{i:07d}" for i in range(1, 31)]


def test_row_defaults() -> None:
    row: Any = CustomerRow("1", "firm", {"name": "甲"})

    assert (row.standing, row.contacts, row.created_at) == ("formal", (), None)
