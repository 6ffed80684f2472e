"""A lead opens nobody's file: who enters or claims one sees of a person what their own reach allows."""

from __future__ import annotations

import json

import pytest

from zhike.acquire.models import Lead
from zhike.acquire.services.holding import lead_assign, lead_claim
from zhike.acquire.services.reveal import lead_reveal
from zhike.acquire.services.taking import lead_update
from zhike.acquire.tests.intake import asked
from zhike.customers.models import Customer
from zhike.customers.tests.office import Office
from zhike.foundation.audit.models import Entry
from zhike.foundation.kit.refusals import NotFound
from zhike.foundation.records.testing import signed_in

pytestmark = pytest.mark.django_db
PHONE = "13911112222"


@pytest.fixture
def held(office: Office) -> Customer:
    """A formal file of somebody who does not handle leads, outside the reach of seller two."""
    person = office.human("manager one", name="欧阳静宜", phone=PHONE)
    Customer.objects.filter(pk=person.pk).update(standing="formal")
    return person


def entered(office: Office, who: str, owner: str) -> Lead:
    return asked(
        office.viewer(who), kind="person", contact=None, values={"name": "欧阳", "phone": PHONE},
        owner_id=office.person(owner),
    )  # fmt: skip


def phone(office: Office, who: str, lead: Lead) -> str:
    return lead_reveal(viewer=office.viewer(who), uid=lead.uid, field="customer_phone", reason="回电")


def test_a_seller_who_types_somebodys_number_gets_neither_the_lead_nor_the_person(
    office: Office, held: Customer
) -> None:
    typed = {"kind": "person", "name": "某人", "phone": PHONE, "need": "询价", "urgency": "later", "source": "other"}
    person = office.people["seller two"]
    person.must_change_password = False
    person.save()
    client = signed_in(person)

    assert client.post("/leads/new/", typed).status_code == 302

    lead = Lead.objects.get(customer=held)
    assert lead.owner_id is None
    answer = client.post(
        f"/api/v1/leads/{lead.uid}/reveal", {"field": "customer_phone", "reason": "回电"},
        content_type="application/json",
    )  # fmt: skip
    assert answer.status_code == 404
    assert PHONE not in answer.content.decode()
    lead_claim(viewer=office.viewer("seller two"), uid=lead.uid, version=lead.version)
    with pytest.raises(NotFound):
        phone(office, "seller two", lead)


def test_nor_does_a_colleague_named_as_owner(office: Office, held: Customer) -> None:
    assert entered(office, "other one", "seller two").owner_id is None


def test_a_lead_that_was_the_sellers_own_entry_before_opens_nothing_either(office: Office, held: Customer) -> None:
    lead = entered(office, "seller two", "seller two")
    Lead.objects.filter(pk=lead.pk).update(owner=office.person("seller two"))

    with pytest.raises(NotFound):
        phone(office, "seller two", lead)


def test_who_was_given_the_lead_by_the_sales_lead_reaches_the_person(office: Office, held: Customer) -> None:
    lead = entered(office, "seller two", "seller two")
    lead_assign(
        viewer=office.viewer("chief"), uid=lead.uid, version=lead.version, owner=office.person("seller two")
    )  # fmt: skip
    assert phone(office, "seller two", lead) == PHONE

    Lead.objects.all().delete()
    assert phone(office, "seller two", entered(office, "chief", "seller two")) == PHONE


def test_a_provisional_file_is_open_to_who_has_the_lead(office: Office, held: Customer) -> None:
    Customer.objects.filter(pk=held.pk).update(standing="provisional")

    assert phone(office, "seller two", entered(office, "seller two", "seller two")) == PHONE


def test_what_the_customer_needs_is_not_written_into_the_log_when_it_changes(office: Office) -> None:
    lead = asked(office.viewer("seller one"), owner_id=office.person("seller one"))
    lead_update(
        viewer=office.viewer("seller one"), uid=lead.uid, version=lead.version, need="沈雨桐要报价",
        details="沈雨桐来电", urgency="month",
    )  # fmt: skip

    entry = Entry.objects.get(action="lead.update")
    assert json.loads(entry.after) == {"fields": ["details", "need", "urgency"], "urgency": "month"}
    assert json.loads(entry.before) == {"urgency": "later"}
