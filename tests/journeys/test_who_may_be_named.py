"""Whoever is named for a piece of work can do it: the posts include it, and the customer lies within reach."""

from __future__ import annotations

from typing import Any

import pytest

from zhike.acquire.tests.intake import asked
from zhike.customers.services.customer import customer_reassign
from zhike.customers.tests.office import Office, opened
from zhike.foundation.access.matrix import Area
from zhike.foundation.access.models import Person
from zhike.foundation.access.naming import BeyondReach, PostsLackWork, able
from zhike.foundation.access.people import holders_of
from zhike.foundation.access.staff import person_deactivate
from zhike.foundation.policies import current
from zhike.foundation.records.testing import text_of
from zhike.onboard.models import Project
from zhike.onboard.services.project import project_team
from zhike.retain.policy import RoutePolicy
from zhike.retain.services.leading import lead_of
from zhike.serve.services.ticket import ticket_receive
from zhike.win.services.opportunity import opportunities_follow
from zhike.win.tests.deals import a_deal, a_draft, approved, signed, with_more_posts
from zhike.win.tests.pages import JSON, at_work, do

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(db: None) -> Office:
    return with_more_posts(opened())


def uid(office: Office, name: str) -> str:
    return str(office.people[name].uid)


def person(office: Office, name: str) -> Person:
    return Person.objects.get(pk=office.person(name))


@pytest.mark.requirement("SEC-04", proof="user")
@pytest.mark.parametrize(
    ("language", "refused"),
    [
        ("en", "员工manager one does not see this customer"),
        ("zh-hans", "员工manager one看不到该客户，无法办理此项工作。请选择负责该客户的人员"),
    ],
)
def test_a_ticket_is_not_passed_on_to_somebody_who_does_not_see_the_customer(
    office: Office, language: str, refused: str
) -> None:
    customer = office.firm("seller one")
    row = ticket_receive(viewer=office.viewer("service"), customer=customer.uid, subject="打印机报错")

    answer = do(at_work(office, "service", language), "tickets", row, "pass_on", handler=uid(office, "manager one"))

    row.refresh_from_db()
    assert answer.status_code == 422
    assert refused in text_of(answer)
    assert row.handler_id == office.person("service")


@pytest.mark.requirement("SEC-04", proof="user")
def test_a_deal_goes_to_a_seller_who_sees_the_customer_and_the_form_offers_sellers(office: Office) -> None:
    deal = a_deal(person(office, "seller one"))
    lead = at_work(office, "lead one")

    form = lead.get(f"/opportunities/{deal.uid}/do/assign/").content.decode()
    far = do(lead, "opportunities", deal, "assign", owner=uid(office, "seller two"))
    idle = do(lead, "opportunities", deal, "assign", owner=uid(office, "legal"))

    assert uid(office, "seller two") in form
    assert uid(office, "legal") not in form
    assert "员工seller two does not see this customer" in text_of(far)
    assert idle.status_code == 422
    customer_reassign(
        viewer=office.viewer("chief"), uid=deal.customer.uid, owner_id=office.person("other one")
    )  # fmt: skip
    deal.refresh_from_db()
    assert deal.owner_id == office.person("other one"), "with the customer it goes along"


def test_deals_do_not_go_along_to_somebody_who_does_not_sell(office: Office) -> None:
    deal = a_deal(person(office, "seller one"))

    opportunities_follow(
        customer_id=deal.customer_id, owner_before=office.person("seller one"), owner_after=office.person("service")
    )

    deal.refresh_from_db()
    assert deal.owner_id == office.person("seller one")


@pytest.mark.requirement("SEC-04", proof="user")
def test_a_customer_is_not_given_to_somebody_whose_posts_do_not_include_customers(office: Office) -> None:
    customer = office.firm("seller one")
    lead = at_work(office, "lead one")

    form = lead.post("/customers/bulk/reassign/", {"uid": str(customer.uid)}).content.decode()
    with pytest.raises(PostsLackWork):
        customer_reassign(viewer=office.viewer("lead one"), uid=customer.uid, owner_id=office.person("it"))

    assert uid(office, "seller two") in form
    assert uid(office, "it") not in form
    customer.refresh_from_db()
    assert customer.owner_id == office.person("seller one")


def test_nor_does_it_pass_to_such_a_person_when_somebody_leaves(office: Office) -> None:
    customer = office.firm("seller one")

    with pytest.raises(PostsLackWork):
        person_deactivate(
            viewer=office.viewer("it"), uid=office.people["seller one"].uid, version=1, receiver=office.person("it"),
            reason="离职",
        )  # fmt: skip

    customer.refresh_from_db()
    assert customer.owner_id == office.person("seller one")


@pytest.mark.requirement("SEC-04", proof="user")
def test_a_lead_is_entered_for_and_given_to_those_who_handle_leads(office: Office) -> None:
    lead = asked(office.viewer("seller one"), owner_id=office.person("seller one"))

    answer = at_work(office, "lead one").post(
        f"/api/v1/leads/{lead.uid}/assign", {"version": lead.version, "owner": uid(office, "service")}, JSON
    )

    assert answer.status_code == 409
    assert "The posts of 员工service do not include this work." in answer.json()["title"]
    with pytest.raises(PostsLackWork):
        asked(office.viewer("seller one"), owner_id=office.person("service"))


def test_the_sales_lead_of_a_service_team_sees_the_project(office: Office) -> None:
    signed(office, approved(office, a_draft(person(office, "seller one"))))
    project = Project.objects.get()
    team = {
        "implementation_manager": office.person("implementer"),
        "service_representative": office.person("service"),
    }

    def formed(lead: str) -> Any:
        project.refresh_from_db()
        return project_team(
            viewer=office.viewer("lead one"), uid=project.uid, version=project.version,
            sales_lead=office.person(lead), **team,
        )  # fmt: skip

    with pytest.raises(BeyondReach):
        formed("lead two")
    assert formed("lead one").sales_lead_id == office.person("lead one")


def test_who_cannot_work_on_churn_does_not_lead_a_case(office: Office) -> None:
    customer = office.firm("seller one")

    lead = lead_of(
        customer_id=customer.pk, manager_id=office.person("market"), tier="core", risk="high",
        policy=current().get(RoutePolicy),
    )  # fmt: skip

    assert lead.person_id in able(Area.HEALTH)
    assert lead.person_id in {one.pk for one in holders_of("sales_lead")}
