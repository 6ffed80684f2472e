"""A contract that ends before the hand-over, and an offer that is taken back."""

from __future__ import annotations

import datetime as dt

import pytest

from zhike.customers.models import Customer, TimelineEntry
from zhike.customers.tests.office import Office, deliver
from zhike.foundation.access.viewer import system
from zhike.foundation.kit import clock
from zhike.foundation.obligations.models import Duty
from zhike.foundation.records.testing import text_of
from zhike.onboard.models import HandOver, Milestone, Project
from zhike.onboard.services.project import milestones_flag
from zhike.onboard.tests.projects import a_project, accepted, offered, planned, prepared
from zhike.onboard.tests.test_delivery import handed
from zhike.win.tests.pages import at_work, do, page

pytestmark = pytest.mark.django_db


def contract_ended(office: Office, project: Project) -> None:
    project.refresh_from_db()
    answer = do(at_work(office, "seller one"), "contracts", project.contract, "terminate", reason="客户解约")
    assert answer.status_code == 302, text_of(answer)
    deliver()
    project.refresh_from_db()


@pytest.mark.requirement("ONB-01", proof="user")
def test_a_contract_that_ends_ends_its_project_and_what_is_owed_for_it(office: Office) -> None:
    project = a_project(office)
    deliver()
    assert Duty.objects.get(code="B-32").state == "open"

    contract_ended(office, project)

    assert (project.state, Duty.objects.get(code="B-32").state) == ("ended", "cancelled")
    seller = at_work(office, "seller one")
    shown = page(seller, f"/customers/{project.customer.uid}/")
    assert "Project ended: its contract is over" in shown
    assert "客户解约" in shown
    assert "Ended with its contract" in page(seller, f"/projects/{project.uid}/")


@pytest.mark.requirement("ONB-04", proof="rule")
def test_a_contract_that_ends_stops_the_clock_of_rectifying(office: Office) -> None:
    project = prepared(office)
    failed = {"outcome": "failed", "tested_on": clock.today().isoformat(), "comments": "登录慢"}
    implementer = at_work(office, "implementer")
    do(implementer, "projects", project, "test", **failed)
    deliver()

    contract_ended(office, project)

    assert Duty.objects.get(code="B-33").state == "cancelled"
    again = do(implementer, "projects", project, "test", **failed)
    assert "This step of the acceptance is not due" in text_of(again)


@pytest.mark.requirement("ONB-05", proof="user")
def test_a_contract_that_ends_declines_the_hand_over_that_waits(office: Office) -> None:
    form = offered(office)
    deliver()

    contract_ended(office, form.project)

    form.refresh_from_db()
    assert (form.state, form.reason) == ("declined", "客户解约")
    assert Duty.objects.get(code="B-34").state == "cancelled"
    assert "the contract is over" in page(at_work(office, "success"), "/notices/")
    again = do(at_work(office, "seller one"), "projects", form.project, "hand-over", **handed(office))
    assert "its contract is over" in text_of(again)


def test_a_project_handed_over_stays_so_when_its_contract_ends(office: Office) -> None:
    form = offered(office)
    do(at_work(office, "success"), "hand-overs", form, "accept")
    deliver()
    Customer.objects.filter(pk=form.customer_id).update(owner=office.person("seller one"))

    contract_ended(office, form.project)

    assert form.project.state == "handed_over"


@pytest.mark.requirement("ONB-03", proof="rule")
@pytest.mark.parametrize("what", ["ended", "deleted"])
def test_milestones_of_ended_projects_and_deleted_customers_are_not_flagged(office: Office, what: str) -> None:
    project = planned(office)
    Milestone.objects.update(due_on=clock.today() - dt.timedelta(days=1))
    if what == "ended":
        contract_ended(office, project)
    else:
        Customer.objects.filter(pk=project.customer_id).update(deleted_at=clock.now())

    assert milestones_flag(viewer=system("test"), day=clock.today()) == 0

    if what == "ended":
        step, today = project.milestones.get(), clock.today().isoformat()
        answer = do(at_work(office, "implementer"), "milestones", step, "reach", done_on=today)
        assert "its contract is over" in text_of(answer)


@pytest.mark.requirement("ONB-05", proof="user")
def test_an_offer_is_withdrawn_with_a_reason_and_another_is_asked(office: Office) -> None:
    form = offered(office)
    seller, success = at_work(office, "seller one"), at_work(office, "success")
    assert do(success, "hand-overs", form, "withdraw", reason="x").status_code == 403
    assert "Withdraw the offer" in page(seller, f"/hand-overs/{form.uid}/")
    assert do(seller, "hand-overs", form, "withdraw", reason="").status_code == 422

    assert do(seller, "hand-overs", form, "withdraw", reason="接收人休假").status_code == 302
    deliver()

    form.refresh_from_db()
    assert (form.state, form.reason) == ("withdrawn", "接收人休假")
    assert "withdrew the hand-over" in page(success, "/notices/")
    assert TimelineEntry.objects.filter(customer=form.customer_id, kind="hand_over.withdrawn").exists()
    assert "answered already" in text_of(do(success, "hand-overs", form, "accept"))
    assert do(seller, "projects", form.project, "hand-over", **handed(office, "success two")).status_code == 302
    assert HandOver.objects.filter(state="offered").count() == 1


def test_an_accepted_project_without_an_offer_ends_too(office: Office) -> None:
    project = accepted(office)
    deliver()

    contract_ended(office, project)

    assert (project.state, Duty.objects.get(code="B-34").state) == ("ended", "cancelled")
