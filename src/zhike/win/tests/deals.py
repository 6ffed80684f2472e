"""Deals and contracts for tests, made through the services as people make them."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from zhike.customers.models import Contact, Customer
from zhike.customers.services.contact import contact_create
from zhike.customers.services.customer import customer_create
from zhike.customers.tests.office import Office
from zhike.foundation.access.models import Department, Person
from zhike.foundation.access.people import person_add, viewer_of
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.win.models import Contract, Opportunity
from zhike.win.services.contract import contract_clauses, contract_create
from zhike.win.services.opportunity import opportunity_create
from zhike.win.services.review import contract_approve, contract_sign, contract_submit

_numbers = itertools.count(1)
CLAUSES = {
    "heading_1": "交付", "text_1": "乙方应在合同生效后 10 个工作日内完成交付。",
    "heading_2": "付款", "text_2": "甲方于验收合格后 15 个工作日内支付全款。",
}  # fmt: skip
OPINIONS = {"compliance": "符合", "data_security": "已约定数据处理", "intellectual_property": "归属清楚"}


def with_more_posts(office: Office) -> Office:
    """The office with legal, an implementation manager and, unless it has one, a service representative."""
    root = Department.objects.get(pk=office.departments["root"].pk)
    for name, post in (
        ("legal", "legal"), ("implementer", "implementation_manager"), ("service", "service_representative"),
    ):  # fmt: skip
        if name in office.people:
            continue
        office.people[name] = person_add(
            username=f"{name}-{next(_numbers)}", name=f"员工{name}", post_codes=[post], department=root,
            superior=office.people["boss"],
        )  # fmt: skip
        office.people[name].holdings.update(since="2020-01-01")
    return office


def a_firm(owner: Person) -> Customer:
    return customer_create(
        viewer=viewer_of(owner), kind="firm", name=f"湖州第{next(_numbers)}机械有限公司", accept_duplicate=True
    )


def a_deal(owner: Person, customer: Customer | None = None, **values: Any) -> Opportunity:
    customer = customer or a_firm(owner)
    return opportunity_create(viewer=viewer_of(owner), customer=customer.uid, title="五十个席位", **values)


def a_signer(viewer: Viewer, customer: Customer) -> Contact:
    return contact_create(
        viewer=viewer, customer_uid=customer.uid, name="诸葛静", title="总经理", decision_role="signer"
    )


def a_draft(
    owner: Person, deal: Opportunity | None = None, customer: Customer | None = None, **clauses: str
) -> Contract:
    """A draft ready for review."""
    viewer = viewer_of(owner)
    customer = deal.customer if deal is not None else customer or a_firm(owner)
    draft = contract_create(
        viewer=viewer, customer=customer.uid, title="年度服务合同", our_party="知客科技有限公司",
        value_minor=12_000_000, starts_on=clock.today(), ends_on=clock.today() + dt.timedelta(days=365),
        opportunity=deal.uid if deal is not None else None,
    )  # fmt: skip
    return contract_clauses(viewer=viewer, uid=draft.uid, version=draft.version, **(clauses or CLAUSES))


def approved(office: Office, draft: Contract) -> Contract:
    owner = Person.objects.get(pk=draft.owner_id)
    sent = contract_submit(viewer=viewer_of(owner), uid=draft.uid, version=draft.version)
    return contract_approve(viewer=office.viewer("legal"), uid=sent.uid, version=sent.version, **OPINIONS)


def signed(office: Office, contract: Contract) -> Contract:
    owner = Person.objects.get(pk=contract.owner_id)
    signer = a_signer(viewer_of(owner), contract.customer)
    return contract_sign(
        viewer=viewer_of(owner), uid=contract.uid, version=contract.version, signer=str(signer.uid),
        authority="power_of_attorney", authority_reference="授权书 2026-17", signed_on=clock.today(), is_sealed=True,
    )  # fmt: skip
