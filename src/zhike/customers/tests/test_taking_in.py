"""Finding or opening the file of somebody who asks, and letting it change hands with the lead."""

from __future__ import annotations

from typing import Any

import pytest

from zhike.customers.models import Contact, Customer
from zhike.customers.public import Taken, customer_hand_over, customer_take_in
from zhike.customers.tests.office import Office
from zhike.foundation.audit.models import Entry
from zhike.foundation.crypto import vault
from zhike.foundation.kit.refusals import Forbidden, Invalid

pytestmark = pytest.mark.django_db
CODE, OTHER_CODE = "91110000600037341L", "91350100M000100Y43"


def taken(office: Office, name: str = "嘉善联众纸业有限公司", who: str = "market", **more: Any) -> Taken:
    values = {"name": name, **more.pop("values", {})}
    return customer_take_in(viewer=office.viewer(who), kind=more.pop("kind", "firm"), values=values, **more)


def test_a_new_file_is_provisional_potential_and_nobodys(office: Office) -> None:
    found = taken(office)

    customer = Customer.objects.get(pk=found.customer_id)
    assert found.is_new
    assert (customer.standing, customer.owner_id, customer.state.lifecycle) == ("provisional", None, "potential")


def test_the_code_counts_before_the_name_and_another_code_is_another_firm(office: Office) -> None:
    coded = taken(office, values={"credit_code": CODE})

    assert taken(office, "联众纸品厂", values={"credit_code": CODE}).customer_id == coded.customer_id
    assert taken(office).customer_id == coded.customer_id
    assert taken(office, values={"credit_code": OTHER_CODE}).is_new


def test_a_contact_is_added_once_and_its_values_are_in_the_vault(office: Office) -> None:
    whom = {"name": "章建国", "phone": "13800130001", "email": "zhang@example.com"}
    first = taken(office, contact=whom)
    again = taken(office, contact={"name": "章", "email": "zhang@example.com"})

    contact = Contact.objects.get()
    assert first.contact_id == again.contact_id == contact.pk
    assert contact.name == "章**"
    assert vault.open_values([contact.uid], ["name"])[contact.uid]["name"] == "章建国"
    assert not Entry.objects.filter(after__contains="章建国").exists()


def test_in_a_provisional_file_only_what_was_unknown_is_filled_in(office: Office) -> None:
    first = taken(office, values={"industry": "C"})
    taken(office, values={"industry": "J", "region": "330000", "staff_count": 80})
    formal = office.firm("seller one", name="湖州永信木业")
    Customer.objects.filter(pk=formal.pk).update(standing="formal")
    taken(office, "湖州永信木业", values={"industry": "C"})

    customer = Customer.objects.get(pk=first.customer_id)
    assert (customer.industry, customer.region, customer.staff_count) == ("C", "330000", 80)
    formal.refresh_from_db()
    assert formal.industry == ""


def test_posts_without_leads_and_files_take_nobody_in_and_faults_are_named(office: Office) -> None:
    with pytest.raises(Forbidden):
        taken(office, who="it")
    with pytest.raises(Invalid):
        taken(office, contact={"name": "章", "phone": "12"})
    assert not Customer.objects.exists()


def test_only_a_file_of_nobody_or_of_who_gives_it_changes_hands(office: Office) -> None:
    seller, other, lead = (office.person(name) for name in ("seller one", "other one", "lead one"))
    file = taken(office).customer_id
    viewer = office.viewer("seller one")

    def handed(before: int | None, after: int | None) -> int | None:
        return customer_hand_over(viewer=viewer, customer_id=file, from_owner_id=before, to_owner_id=after)

    assert handed(None, seller) == seller
    assert handed(other, lead) == seller, "it is not the other's to give"
    assert handed(seller, None) is None
    assert handed(None, other) == other
    Customer.objects.filter(pk=file).update(standing="formal")
    assert handed(other, seller) == other, "a customer's owner is not taken away"
    customer = Customer.objects.get(pk=file)
    assert customer.owner_id == customer.state.owner_id == other
