"""Values of natural persons: encrypted in the store, masked in the row, shown only for a reason to who may."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from zhike.customers.models import Contact, Customer
from zhike.customers.selectors import contacts_of, customer_get
from zhike.customers.services.contact import contact_create, contact_update
from zhike.customers.services.customer import customer_delete, customer_update
from zhike.customers.services.duplicates import ContactRow, CustomerRow
from zhike.customers.services.interaction import interaction_log
from zhike.customers.services.load import customers_load
from zhike.customers.services.reveal import RevealNeedsApproval, contact_reveal, customer_reveal
from zhike.customers.tests.office import Office, deliver
from zhike.foundation import audit
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import system
from zhike.foundation.audit.models import Entry
from zhike.foundation.crypto import vault
from zhike.foundation.kit.refusals import Forbidden, Invalid, NotFound

PERSON = {
    "name": "欧阳静宜",
    "phone": "13812345678",
    "email": "jingyi.ouyang@example.com",
    "id_number": "11010519491231002X",
    "birthday": "1949-12-31",
    "address": "浙江省杭州市西湖区文三路九十九号",
}
CONTACT = {
    "name": "诸葛大力",
    "phone": "13987651234",
    "email": "dali@example.net",
    "wechat": "dali_zhuge",
    "birthday": "1980-02-29",
}
RENAMED = {
    "name": "司马相如",
    "phone": "13711112222",
    "email": "sima@example.org",
    "address": "上海市黄浦区人民大道二百号",
}
SECRETS = (
    *PERSON.values(), *CONTACT.values(), *RENAMED.values(),
    "静宜", "大力", "相如", "jingyi", "ouyang", "文三路", "人民大道", "5678123",
)  # fmt: skip


def written(office: Office) -> Customer:
    """Everything that is ever written about a person: one by one, changed, removed, loaded, searched, audited."""
    viewer = office.viewer("counter")
    person = office.human("counter", **PERSON)
    customer_update(viewer=viewer, uid=person.uid, version=1, **RENAMED)
    firm = office.firm("counter")
    contact = contact_create(viewer=viewer, customer_uid=firm.uid, **CONTACT)
    contact_update(viewer=viewer, uid=contact.uid, version=1, name="诸葛小力", title="经理")
    interaction_log(viewer=viewer, customer_uid=person.uid, kind="call", feedback="要报价")
    second = office.human("counter", name="王五", phone="13500001111")
    customer_delete(viewer=viewer, uid=second.uid)
    loaded = customers_load(
        viewer=system("test"), origin="import",
        rows=[CustomerRow("P1", "person", {**PERSON, "phone": "13812340000"}, contacts=[ContactRow(CONTACT)])],
    )  # fmt: skip
    assert loaded.refused == {}
    customer_reveal(viewer=viewer, uid=person.uid, field="phone", reason="回访")
    deliver()
    return person


def texts_of_all_tables() -> str:
    """Every value of every table, as text."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                found += [
                    bytes(v).decode("utf-8", "replace") if isinstance(v, bytes | memoryview) else str(v) for v in row
                ]
    return "\n".join(found)


@pytest.mark.requirement("SEC-17", proof="rule")
@pytest.mark.django_db
def test_no_table_holds_a_personal_value_in_plain_text(office: Office) -> None:
    person = written(office)

    everything = texts_of_all_tables()
    escaped = everything.replace("\\u", "")
    assert "要报价" in everything, "the dump sees what is not personal"
    for secret in SECRETS:
        assert secret not in everything, secret
        assert secret.encode("unicode_escape").decode().replace("\\u", "") not in escaped or secret.isascii()
    opened = vault.open_values([person.uid], ["name", "phone", "birthday"])[person.uid]
    assert opened == {"name": "司马相如", "phone": "13711112222", "birthday": "1949-12-31"}


@pytest.mark.requirement("SEC-17", proof="rule")
@pytest.mark.django_db(transaction=True)
def test_the_database_file_holds_no_personal_value_either(tmp_path: Path) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL keeps many files; its tables are read in the test above")
    from zhike.customers.tests.office import opened

    written(opened())
    with sqlite3.connect(connection.settings_dict["NAME"]) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()

    raw = Path(connection.settings_dict["NAME"]).read_bytes()
    raw += b"".join(
        p.read_bytes() for p in Path(connection.settings_dict["NAME"]).parent.glob("*-wal") if p.stem in str(p)
    )
    assert "要报价".encode() in raw
    for secret in SECRETS:
        assert secret.encode() not in raw, secret


@pytest.mark.requirement("SEC-08", proof="rule")
@pytest.mark.django_db
def test_the_audit_keeps_a_persons_values_as_ciphertext_that_an_erasure_makes_unreadable(office: Office) -> None:
    person = written(office)

    entry = Entry.objects.get(action="customer.update", object_id=person.pk)
    sealed = json.loads(entry.personal)
    assert list(sealed) == [str(person.uid)]
    said = json.loads(vault.unseal_text(person.uid, sealed[str(person.uid)]) or "{}")
    assert (said["before"]["name"], said["after"]["name"]) == ("欧阳静宜", "司马相如")
    vault.erase([person.uid])
    assert vault.unseal_text(person.uid, sealed[str(person.uid)]) is None
    told = [line.action for line in audit.entries(office.viewer("boss"), audit.Filters(object_uid=person.uid))]
    assert told == ["value.reveal", "customer.update", "customer.create"], "what happened stays, its values do not"


@pytest.mark.requirement("SEC-09", proof="rule")
@pytest.mark.django_db
def test_the_row_of_a_person_is_masked(office: Office) -> None:
    person = office.human("seller one", **PERSON)

    assert (person.name, person.phone, person.email) == ("欧***", "138****5678", "ji****@example.com")
    assert (person.id_number, person.birthday, person.address) == ("1101**********2X", "****-**-**", "浙江省杭州市****")


@pytest.mark.requirement("SEC-04", proof="rule")
@pytest.mark.requirement("SEC-05", proof="rule")
@pytest.mark.django_db
def test_d4_16_specialist_sees_basic_and_masked_manager_all_dimensions_sensitive_closed_for_both(
    office: Office,
) -> None:
    """D4-16: ordinary specialist / manager opens a customer → basic, masked / all dimensions; sensitive values closed
    for both without approval."""
    person = office.human("seller one", **PERSON)
    specialist, manager = office.viewer("seller one"), office.viewer("boss")

    for viewer in (specialist, manager):
        opened = customer_get(viewer, person.uid)
        assert (opened.name, opened.phone, opened.id_number) == ("欧***", "138****5678", "1101**********2X")
    assert specialist.may(Area.PROFILE, Level.BASIC)
    assert not specialist.may(Area.PROFILE, Level.FULL)
    dimensions = (Area.PROFILE, Area.TIMELINE, Area.DEALS, Area.ORDERS, Area.TICKETS, Area.COMPLAINTS, Area.FEEDBACK,
                  Area.STRATEGY, Area.HEALTH, Area.LOYALTY)  # fmt: skip
    assert all(manager.may(area, Level.FULL) for area in dimensions)
    for viewer in (specialist, manager):
        with pytest.raises(RevealNeedsApproval):
            customer_reveal(viewer=viewer, uid=person.uid, field="id_number", reason="核对身份")
    assert not Entry.objects.filter(action="value.reveal").exists()


@pytest.mark.requirement("SEC-08", proof="rule")
@pytest.mark.django_db
def test_a_masked_value_opens_for_a_reason_and_each_time_is_logged(office: Office) -> None:
    person = office.human("seller one", **PERSON)
    viewer = office.viewer("seller one")

    with pytest.raises(Invalid) as refused:
        customer_reveal(viewer=viewer, uid=person.uid, field="phone", reason="  ")
    assert refused.value.data["fields"] == {"reason": "required"}
    assert not Entry.objects.filter(action="value.reveal").exists()
    for _ in range(2):
        assert customer_reveal(viewer=viewer, uid=person.uid, field="phone", reason="回访") == "13812345678"
    entries = Entry.objects.filter(action="value.reveal", object_id=person.pk)
    assert [(e.actor_id, e.reason, e.after) for e in entries] == [(viewer.person_id, "回访", '{"field":"phone"}')] * 2


@pytest.mark.requirement("SEC-09", proof="rule")
@pytest.mark.django_db
def test_who_may_not_read_the_value_does_not_open_it(office: Office) -> None:
    person = office.human("seller one", **PERSON)
    attempts: dict[str, tuple[str, Any]] = {
        "seller two": ("phone", NotFound),  # another department
        "data": ("phone", Forbidden),  # sees the customer, but works on de-identified data
        "it": ("phone", Forbidden),
        "seller one": ("birthday", Forbidden),  # only who sees all dimensions
    }

    for who, (field, refusal) in attempts.items():
        with pytest.raises(refusal):
            customer_reveal(viewer=office.viewer(who), uid=person.uid, field=field, reason="看看")
    assert (
        customer_reveal(viewer=office.viewer("lead one"), uid=person.uid, field="birthday", reason="生日关怀")
        == "1949-12-31"
    )
    with pytest.raises(Invalid):
        customer_reveal(viewer=office.viewer("lead one"), uid=person.uid, field="password", reason="x")


@pytest.mark.django_db
def test_a_contacts_value_opens_the_same_way_and_a_firms_phone_is_logged_too(office: Office) -> None:
    firm = office.firm("seller one", phone="057188889999")
    viewer = office.viewer("seller one")
    contact = contact_create(viewer=viewer, customer_uid=firm.uid, **CONTACT)

    assert contact_reveal(viewer=viewer, uid=contact.uid, field="wechat", reason="加好友") == "dali_zhuge"
    assert customer_reveal(viewer=viewer, uid=firm.uid, field="phone", reason="致电") == "57188889999"
    assert Entry.objects.filter(action="value.reveal").count() == 2
    with pytest.raises(NotFound):
        contact_reveal(viewer=office.viewer("seller two"), uid=contact.uid, field="phone", reason="x")
    with pytest.raises(Invalid):
        customer_reveal(viewer=viewer, uid=firm.uid, field="wechat", reason="x")
    assert [c.pk for c in contacts_of(viewer, firm)] == [contact.pk]
    assert Contact.objects.get().phone == "139****1234"
