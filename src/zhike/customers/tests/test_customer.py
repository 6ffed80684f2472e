"""Opening, changing, handing over and removing customer files: who may, what is refused, what is told."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest

from zhike.customers.models import Contact, Customer, CustomerState
from zhike.customers.services.contact import contact_create, contact_delete, contact_update
from zhike.customers.services.customer import (
    DuplicateCustomer,
    customer_create,
    customer_delete,
    customer_reassign,
    customer_update,
)
from zhike.customers.tests.office import Office
from zhike.foundation.audit.models import Entry
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Forbidden, Invalid, NotFound, Stale
from zhike.foundation.outbox.models import EventRow

pytestmark = pytest.mark.django_db
CODE = "91330100MA2KXX000C"


def names_of_news() -> list[str]:
    return list(EventRow.objects.order_by("id").values_list("name", flat=True))


@pytest.mark.requirement("DATA-01", proof="rule")
def test_a_new_file_has_its_own_number_owner_department_and_state(office: Office) -> None:
    first = office.firm("seller one", "杭州岚山精密有限公司", industry="C", region="330000")
    second = office.human("seller one", "王小明", phone="138 1234 5678")

    assert first.number != second.number
    assert first.standing == "provisional"
    assert (first.owner_id, first.department) == (office.person("seller one"), office.departments["one"])
    assert first.ancestor_1 == office.departments["sales"].pk
    assert first.ancestor_2 == office.departments["one"].pk
    state = CustomerState.objects.get(pk=first.pk)
    assert (state.owner_id, state.department_id, state.ancestor_1) == (
        first.owner_id,
        first.department_id,
        first.ancestor_1,
    )
    assert names_of_news() == ["customers.CustomerCreated"] * 2
    assert Entry.objects.filter(action="customer.create", object_id=second.pk).count() == 1


@pytest.mark.requirement("SEC-04", proof="rule")
@pytest.mark.parametrize("who", ["market", "data", "it"])
def test_a_post_without_the_right_to_edit_is_refused_everywhere(office: Office, who: str) -> None:
    customer = office.firm("seller one")
    contact = contact_create(viewer=office.viewer("seller one"), customer_uid=customer.uid, name="王磊")
    viewer = office.viewer(who)
    attempts: list[Any] = [
        lambda: customer_create(viewer=viewer, kind="firm", name="新公司"),
        lambda: customer_update(viewer=viewer, uid=customer.uid, version=1, short_name="x"),
        lambda: customer_reassign(viewer=viewer, uid=customer.uid, owner_id=office.person("seller two")),
        lambda: customer_delete(viewer=viewer, uid=customer.uid),
        lambda: contact_create(viewer=viewer, customer_uid=customer.uid, name="李四"),
        lambda: contact_update(viewer=viewer, uid=contact.uid, version=1, title="经理"),
        lambda: contact_delete(viewer=viewer, uid=contact.uid),
    ]

    for attempt in attempts:
        with pytest.raises(Forbidden):
            attempt()
    customer.refresh_from_db()
    assert (customer.version, customer.deleted_at) == (1, None)


@pytest.mark.requirement("SEC-04", proof="rule")
def test_what_lies_outside_the_scope_is_not_found(office: Office) -> None:
    customer = office.firm("seller one")
    contact = contact_create(viewer=office.viewer("seller one"), customer_uid=customer.uid, name="王磊")
    viewer = office.viewer("seller two")
    attempts: list[Any] = [
        lambda: customer_update(viewer=viewer, uid=customer.uid, version=1, short_name="x"),
        lambda: customer_reassign(viewer=viewer, uid=customer.uid, owner_id=viewer.person_id or 0),
        lambda: customer_delete(viewer=viewer, uid=customer.uid),
        lambda: contact_create(viewer=viewer, customer_uid=customer.uid, name="李四"),
        lambda: contact_update(viewer=viewer, uid=contact.uid, version=1, title="经理"),
        lambda: customer_update(viewer=viewer, uid=uuid.uuid4(), version=1, short_name="x"),
    ]

    for attempt in attempts:
        with pytest.raises(NotFound):
            attempt()


@pytest.mark.parametrize(
    ("values", "problems"),
    [
        ({"name": " "}, {"name": "required"}),
        ({"name": "甲", "salary": 3}, {"salary": "unknown_field"}),
        ({"name": "甲", "owner_id": -5}, {"owner": "no_such_person"}),
        ({"name": "甲", "credit_code": "91330100MA2KXX0001"}, {"credit_code": "bad_credit_code"}),
        ({"name": "甲", "staff_count": -1, "revenue_minor": -1},
         {"staff_count": "too_small", "revenue_minor": "too_small"}),
        ({"name": "甲", "phone": "12", "email": "nobody"}, {"phone": "bad_phone", "email": "bad_email"}),
        ({"name": "名" * 121}, {"name": "too_long"}),
        ({"name": "甲", "id_number": "11010519491231002X"}, {"id_number": "only_for_persons"}),
        ({"name": "甲", "kind": "ghost"}, {"kind": "not_an_option"}),
    ],
)  # fmt: skip
def test_each_bad_value_of_a_firm_is_named(office: Office, values: dict[str, Any], problems: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        customer_create(viewer=office.viewer("seller one"), **{"kind": "firm", **values})

    assert refused.value.data["fields"] == problems
    assert not Customer.objects.exists()


@pytest.mark.requirement("DATA-03", proof="rule")
@pytest.mark.parametrize(
    ("values", "problems"),
    [
        ({"id_number": "110105194912310021"}, {"id_number": "bad_id_number"}),
        ({"birthday": "31.12.1980"}, {"birthday": "not_a_date"}),
        ({"birthday": "2126-01-01"}, {"birthday": "not_a_date"}),
    ],
)
def test_each_bad_value_of_a_person_is_named(office: Office, values: dict[str, Any], problems: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        office.human("seller one", **values)

    assert refused.value.data["fields"] == problems


def test_nothing_given_is_an_empty_text(office: Office) -> None:
    customer = office.firm("seller one", industry=None, phone=None, core_needs=None, staff_count=None)

    customer.refresh_from_db()
    assert (customer.industry, customer.phone, customer.core_needs, customer.staff_count) == ("", "", "", None)


@pytest.mark.requirement("DATA-01", proof="rule")
@pytest.mark.parametrize(
    "again", ["杭州岚山精密有限公司", "杭州岚山精密", "杭州岚山精密（集团）有限公司", "杭州 岚山精密 有限公司"]
)
def test_a_firm_of_the_same_name_is_a_duplicate_however_it_is_spelled(office: Office, again: str) -> None:
    first = office.firm("seller one", "杭州岚山精密有限公司")

    with pytest.raises(DuplicateCustomer) as refused:
        office.firm("seller one", again)
    assert refused.value.data["numbers"] == [first.number]
    with pytest.raises(DuplicateCustomer) as unseen:
        office.firm("seller two", again)
    assert unseen.value.data["numbers"] == [], "the number of a file outside one's scope is not told"
    assert office.firm("seller one", again, accept_duplicate=True).pk != first.pk


@pytest.mark.requirement("DATA-01", proof="rule")
def test_the_same_code_or_a_persons_phone_is_a_duplicate_and_a_removed_file_is_not(office: Office) -> None:
    firm = office.firm("seller one", "甲公司", credit_code="91350100M000100Y43")
    person = office.human("seller one", "王小明", phone="13812345678")

    with pytest.raises(DuplicateCustomer):
        office.firm("seller one", "乙公司", credit_code="91350100m000100y43")
    with pytest.raises(DuplicateCustomer):
        office.human("seller one", "李大力", phone="+86 138-1234-5678")
    office.human("seller one", "王小明", phone="13912345678")
    customer_delete(viewer=office.viewer("seller one"), uid=firm.uid)
    customer_delete(viewer=office.viewer("seller one"), uid=person.uid)

    office.firm("seller one", "甲公司", credit_code="91350100M000100Y43")
    office.human("seller one", "王小明", phone="13812345678")


def test_a_changed_name_may_not_be_another_firms_but_ones_own_may_stay(office: Office) -> None:
    office.firm("seller one", "甲公司")
    mine = office.firm("seller one", "乙公司")
    viewer = office.viewer("seller one")

    changed = customer_update(viewer=viewer, uid=mine.uid, version=1, name="乙公司", short_name="乙")
    with pytest.raises(DuplicateCustomer):
        customer_update(viewer=viewer, uid=mine.uid, version=changed.version, name="甲有限公司")
    customer_update(viewer=viewer, uid=mine.uid, version=changed.version, name="甲有限公司", accept_duplicate=True)


@pytest.mark.requirement("DATA-02", proof="rule")
def test_a_change_is_written_once_and_the_slower_writer_is_told(office: Office) -> None:
    customer = office.firm("seller one", "甲公司", staff_count=10)
    viewer = office.viewer("seller one")

    changed = customer_update(
        viewer=viewer, uid=customer.uid, version=1, staff_count=25, cooperation_since=dt.date(2024, 3, 1)
    )

    assert (changed.version, changed.updated_by_id) == (2, viewer.person_id)
    with pytest.raises(Stale) as stale:
        customer_update(viewer=viewer, uid=customer.uid, version=1, staff_count=30)
    assert stale.value.data["version"] == 2
    entry = Entry.objects.get(action="customer.update")
    assert ('"staff_count":10' in entry.before, '"staff_count":25' in entry.after) == (True, True)
    with pytest.raises(Stale):
        customer_delete(viewer=viewer, uid=customer.uid, version=1)


def test_a_person_can_be_renamed_and_keeps_what_was_not_named(office: Office) -> None:
    person = office.human("seller one", "王小明", phone="13812345678", email="xm@example.com")

    changed = customer_update(viewer=office.viewer("seller one"), uid=person.uid, version=1, name="王晓明")

    assert (changed.name, changed.phone, changed.email) == ("王**", "138****5678", "xm****@example.com")
    assert changed.name_key == "wang"


@pytest.mark.requirement("DATA-01", proof="rule")
def test_a_hand_over_moves_scope_state_and_news_and_to_the_same_owner_nothing(office: Office) -> None:
    customer = office.firm("seller one")
    lead = office.viewer("chief")

    same = customer_reassign(viewer=lead, uid=customer.uid, owner_id=office.person("seller one"))
    moved = customer_reassign(viewer=lead, uid=customer.uid, owner_id=office.person("seller two"), reason="换区")

    assert same.version == 1
    assert (moved.version, moved.department) == (2, office.departments["two"])
    state = CustomerState.objects.get(pk=customer.pk)
    assert (state.owner_id, state.ancestor_2) == (office.person("seller two"), office.departments["two"].pk)
    assert names_of_news().count("customers.CustomerReassigned") == 1
    assert Entry.objects.get(action="customer.reassign").reason == "换区"
    with pytest.raises(NotFound):
        customer_update(viewer=office.viewer("seller one"), uid=customer.uid, version=2, short_name="x")
    customer_update(viewer=office.viewer("seller two"), uid=customer.uid, version=2, short_name="x")


def test_somebody_who_has_left_gets_no_customer(office: Office) -> None:
    customer = office.firm("seller one")
    office.people["other one"].is_active = False
    office.people["other one"].save()

    with pytest.raises(Invalid) as refused:
        customer_reassign(viewer=office.viewer("chief"), uid=customer.uid, owner_id=office.person("other one"))
    assert refused.value.data["fields"] == {"owner": "no_such_person"}


def test_a_removed_file_takes_its_contacts_along_and_says_who_and_why(office: Office) -> None:
    customer = office.firm("seller one")
    viewer = office.viewer("seller one")
    contact_create(viewer=viewer, customer_uid=customer.uid, name="王磊")

    customer_delete(viewer=viewer, uid=customer.uid, reason="重复建档")

    customer.refresh_from_db()
    assert (customer.version, customer.updated_by_id) == (2, viewer.person_id)
    assert Contact.objects.get(customer=customer).deleted_at == customer.deleted_at
    assert Entry.objects.get(action="customer.delete").reason == "重复建档"
    with pytest.raises(NotFound):
        customer_delete(viewer=viewer, uid=customer.uid)


@pytest.mark.requirement("DATA-02", proof="rule")
def test_a_contact_is_written_like_a_customer_and_one_of_them_is_called_first(office: Office) -> None:
    customer = office.firm("seller one")
    viewer = office.viewer("seller one")
    first = contact_create(viewer=viewer, customer_uid=customer.uid, name="王磊", phone="13812345678", is_primary=True)
    second = contact_create(
        viewer=viewer, customer_uid=customer.uid, name="李娜", decision_role="signer", is_primary=True
    )

    first.refresh_from_db()
    assert (first.name, first.phone, first.is_primary, second.is_primary) == ("王*", "138****5678", False, True)
    with pytest.raises(Stale):
        contact_update(viewer=viewer, uid=first.uid, version=3, title="经理")
    for values, problems in (
        ({"name": ""}, {"name": "required"}),
        ({"name": "甲", "decision_role": "king"}, {"decision_role": "not_an_option"}),
        ({"name": "甲", "phone": "1"}, {"phone": "bad_phone"}),
        ({"name": "甲", "shoe_size": 43}, {"shoe_size": "unknown_field"}),
        ({"name": "甲", "title": "长" * 61}, {"title": "too_long"}),
    ):
        with pytest.raises(Invalid) as refused:
            contact_create(viewer=viewer, customer_uid=customer.uid, **values)
        assert refused.value.data["fields"] == problems
    contact_delete(viewer=viewer, uid=second.uid)
    with pytest.raises(NotFound):
        contact_update(viewer=viewer, uid=second.uid, version=2, title="x")


def test_the_time_of_a_change_is_the_clocks(office: Office, moment: Any) -> None:
    when = dt.datetime(2026, 7, 15, 9, 30, tzinfo=clock.ZONE)
    moment.at(when)

    customer = office.firm("seller one")

    assert abs((customer.created_at - when).total_seconds()) < 60
