"""Limits of section D4 as the posts meet them, on their pages; the rules behind are proved in the rooms."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.company import row_of, whole
from zhike.customers.models import Customer
from zhike.customers.tests.office import Clock, Office, deliver
from zhike.foundation import obligations
from zhike.foundation.access.models import Person
from zhike.foundation.access.viewer import system
from zhike.foundation.kit import clock
from zhike.foundation.obligations.models import Duty
from zhike.foundation.records.testing import text_of
from zhike.insight.public import night_run
from zhike.insight.tests.enterprise import AS_OF, founded
from zhike.interfaces.portal.tests.test_door import taken_into_use
from zhike.ledger import public as ledger
from zhike.serve.models import Article, Ticket
from zhike.serve.services.ticket import ticket_receive
from zhike.serve.tests.conftest import Standing
from zhike.win.tests.pages import at_work, do, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(tmp_path / "clock", monkeypatch)


@pytest.fixture
def standing(moment: Clock, monkeypatch: pytest.MonkeyPatch) -> Standing:
    return Standing(moment, monkeypatch)


@pytest.fixture
def office(db: None) -> Office:
    made = whole()
    Person.objects.update(must_change_password=False)
    return made


def a_ticket(office: Office) -> Ticket:
    row = ticket_receive(
        viewer=office.viewer("service"), customer=office.firm("counter").uid, subject="报表无法导出", content="报错"
    )
    deliver()
    return row


@pytest.mark.requirement("SERV-02", proof="user")
@pytest.mark.parametrize(("time", "is_breach"), [("10:00", False), ("10:01", True)])
def test_d4_5_ticket_at_09_00_classified_10_00_in_time_10_01_breach(
    office: Office, standing: Standing, time: str, is_breach: bool
) -> None:
    """D4-5: ticket at 09:00, classified 10:00 / 10:01 → in time / breach."""
    standing.at("2026-06-01", "09:00")
    ticket, service, supervisor = a_ticket(office), at_work(office, "service"), at_work(office, "supervisor")
    assert row_of(page(service, "/tasks/"), "Classify the ticket", "1 h left")

    standing.at("2026-06-01", time)
    obligations.tick(clock.now())
    assert bool(row_of(page(supervisor, "/tasks/?scope=overdue"), "Classify the ticket")) is is_breach
    assert do(service, "tickets", ticket, "classify", ticket_class="technical").status_code == 302
    deliver()

    told = row_of(page(service, f"/tickets/{ticket.uid}/"), "Classify the ticket")
    assert ("Done late" if is_breach else "Done in time") in told
    assert not row_of(page(supervisor, "/tasks/?scope=overdue"), "Classify the ticket")


@pytest.mark.requirement("SERV-06", proof="user")
def test_d4_7_problem_solved_on_the_3rd_10_00_knowledge_case_due_the_5th_10_00(
    office: Office, standing: Standing
) -> None:
    """D4-7: problem solved on the 3rd 10:00 → knowledge case due the 5th 10:00."""
    standing.at("2026-06-03", "09:30")
    ticket, engineer = a_ticket(office), at_work(office, "engineer")
    do(at_work(office, "service"), "tickets", ticket, "classify", ticket_class="technical")
    due = standing.at("2026-06-05", "10:00")
    standing.at("2026-06-03", "10:00")

    assert do(engineer, "tickets", ticket, "solve", solution="清空筛选后再导出", problem="new").status_code == 302
    deliver()

    assert Duty.objects.get(code="B-05").due_at == due
    assert row_of(page(engineer, "/tasks/"), "Write the knowledge article", "48 h left")
    article = Article.objects.get()
    assert "Write the knowledge article" in page(engineer, f"/knowledge/{article.uid}/")
    standing.at("2026-06-05", "10:00")
    assert do(engineer, "knowledge", article, "publish").status_code == 302
    deliver()
    assert "Done in time" in row_of(page(engineer, f"/knowledge/{article.uid}/"), "Write the knowledge article")


@pytest.mark.requirement("SERV-03", proof="user")
def test_d4_22_who_passes_the_ticket_on_stays_answerable_until_the_customer_has_an_answer(office: Office) -> None:
    """D4-22: first-contact person passes the ticket on → stays answerable until the customer has an answer."""
    account, portal = taken_into_use(office)
    asked = {"subject": "排产报表导出报错", "content": "无法导出"}
    assert portal.post("/portal/requests/new/", asked).status_code == 302
    deliver()
    ticket = Ticket.objects.get(customer=account.customer)
    service, engineer = at_work(office, "service"), at_work(office, "engineer")
    assert do(service, "tickets", ticket, "take").status_code == 302
    deliver()

    handed = {"handler": str(office.people["engineer"].uid), "note": "请看日志"}
    assert do(service, "tickets", ticket, "pass_on", **handed).status_code == 302
    deliver()

    mine = row_of(page(service, "/tasks/"), "Answer the customer")
    assert "left" in mine, "the clock of the first contact goes on"
    assert not row_of(page(engineer, "/tasks/"), "Answer the customer")
    shown = page(service, f"/tickets/{ticket.uid}/")
    assert office.people["service"].name in shown
    assert office.people["engineer"].name in shown
    assert "请清空筛选" not in text_of(portal.get(f"/portal/requests/{ticket.uid}/"))

    assert do(engineer, "tickets", ticket, "answer", text="请清空筛选后再导出").status_code == 302
    deliver()

    assert "请清空筛选" in text_of(portal.get(f"/portal/requests/{ticket.uid}/"))
    assert not row_of(page(service, "/tasks/"), "Answer the customer")


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("RET-01", proof="user")
@pytest.mark.requirement("RET-02", proof="user")
def test_d4_3_and_13_on_the_desk_of_the_data_specialist(moment: Clock, settings: Any, tmp_path: Path) -> None:
    """D4-3: feature use 50 → 40 / 50 → 41 in a month → signal / none. D4-13: one / two complaints → no complaint
    signal / signal."""
    settings.HOME = tmp_path / "home"
    moment.at(clock.start_of(AS_OF) + dt.timedelta(hours=27))
    enterprise = founded()
    month = clock.months_before(AS_OF.replace(day=1), 1)
    ledger.usage_load(viewer=system("test"), rows=[ledger.UsageRow(enterprise.ids["well"], month, 41, 20)])
    night_run(viewer=system("test night"), as_of=AS_OF)
    deliver()
    data = at_work(enterprise.office, "data")

    desk = page(data, "/desk/")
    for name, is_warned in (
        ("use falls", True), ("well", False), ("two complaints", True), ("one complaint", False),
    ):  # fmt: skip
        assert (f">{name}有限公司" in desk or f"{name}有限公司<" in desk) is is_warned, name
    manager = at_work(enterprise.office, "seller one")
    for name, words, is_said in (
        ("use falls", "Feature use fell from 50 to 40", True), ("well", "Feature use fell", False),
        ("two complaints", "2 complaints in", True), ("one complaint", "complaints in", False),
    ):  # fmt: skip
        customer = Customer.objects.get(pk=enterprise.ids[name])
        assert (words in page(manager, f"/customers/{customer.uid}/")) is is_said, (name, words)
