"""Lists, pages, forms, API and exports of customers, contacts and follow-ups: generated from their declaration."""

from __future__ import annotations

import itertools

from django.utils.translation import override

from zhike.customers import reference
from zhike.customers.models import Contact, Customer, Interaction
from zhike.customers.records import CUSTOMERS
from zhike.customers.services.contact import contact_create
from zhike.customers.services.customer import customer_create
from zhike.customers.services.interaction import interaction_log
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import viewer_of
from zhike.foundation.records.testing import cases

_numbers = itertools.count(1)


def a_person(owner: Person) -> Customer:
    return customer_create(
        accept_duplicate=True,
        viewer=viewer_of(owner),
        kind="person",
        name=f"欧阳明{next(_numbers)}",
        phone="13812345678",
        address="浙江省杭州市西湖区文三路 99 号",
    )


def a_contact(owner: Person) -> Contact:
    customer = a_person(owner)
    return contact_create(viewer=viewer_of(owner), customer_uid=customer.uid, name="诸葛静", phone="13987654321")


def a_talk(owner: Person) -> Interaction:
    customer = a_person(owner)
    return interaction_log(viewer=viewer_of(owner), customer_uid=customer.uid, kind="call", feedback="要报价")


TestCustomers = cases(
    "customers",
    make=a_person,
    allowed="customer_manager",
    denied="it_team",
    create={"kind": "firm", "name": "杭州岚山精密有限公司", "short_name": "岚山", "staff_count": "120"},
    change={"short_name": "新简称", "core_needs": "稳定的交期"},
    secrets=("欧阳明", "13812345678", "文三路"),
)
TestContacts = cases(
    "contacts",
    make=a_contact,
    allowed="customer_manager",
    denied="it_team",
    create=lambda person: {"customer": str(a_person(person).uid), "name": "王磊", "title": "采购总监"},
    change={"title": "总经理"},
    secrets=("诸葛静", "13987654321"),
)
TestFollowUps = cases(
    "interactions",
    make=a_talk,
    allowed="customer_manager",
    denied="it_team",
    create=lambda person: {"customer": str(a_person(person).uid), "kind": "call", "feedback": "想要样品"},
)


def test_the_score_and_the_state_of_a_potential_customer_have_words_of_their_own() -> None:
    score = next(field.label for field in CUSTOMERS.fields if field.path == "state__potential")
    state = next(choice.label for choice in reference.LIFECYCLES if choice.code == "potential")

    with override("zh-hans"):
        assert (str(score), str(state)) == ("潜力", "潜在")
