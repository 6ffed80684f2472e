"""《客户流失预警名单》: drafted on Monday by the system, published, and the clocks it starts; and when it is missed."""

from __future__ import annotations

import datetime as dt
import io
import zlib
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from tests.journeys.company import row_of, whole
from zhike.customers.models import Customer
from zhike.customers.tests.office import Clock, Office, deliver
from zhike.foundation import obligations
from zhike.foundation.audit.models import Entry
from zhike.foundation.kit import clock
from zhike.foundation.obligations.models import Duty
from zhike.foundation.obligations.policy import StandardPolicy
from zhike.foundation.policies import current
from zhike.foundation.reports.models import Issue
from zhike.foundation.reports.services.drafting import draft_due
from zhike.retain.models import Warning
from zhike.retain.tests.casework import night, proposal
from zhike.win.tests.pages import at_work, page

pytestmark = pytest.mark.django_db
MONDAY = clock.start_of(dt.date(2026, 7, 20))
SIX, SEVEN = MONDAY + dt.timedelta(hours=6, minutes=5), MONDAY + dt.timedelta(hours=7)
SECOND = dt.timedelta(seconds=1)
TITLE = "Churn warning list"


@pytest.fixture
def office(db: None, settings: Any, tmp_path: Path) -> Office:
    settings.HOME = tmp_path / "home"
    return whole()


@pytest.fixture
def moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(tmp_path / "clock", monkeypatch)


def passes(moment: Clock, at: dt.datetime) -> None:
    """The clock stands at ``at``, and the worker looks."""
    moment.at(at)
    obligations.tick(clock.now())
    draft_due()
    deliver()


def three_at_risk(office: Office) -> tuple[Customer, Customer, Customer]:
    """A firm and a natural person of the customer manager, and a firm of the other department."""
    found = (office.firm("manager one", "青岚精密机械厂"), office.human("manager one"), office.firm("seller two"))
    night(
        proposal(found[0], tier="high", risk="high"),
        proposal(found[1], tier="core", risk="medium"),
        proposal(found[2], tier="low", risk="low"),
    )
    return found


@pytest.fixture
def drafted(office: Office, moment: Clock) -> Issue:
    moment.at(MONDAY - dt.timedelta(hours=1))
    three_at_risk(office)
    passes(moment, SIX)
    return Issue.objects.get(code="churn_warnings")


def do(client: Any, issue: Issue, act: str, **answers: Any) -> Any:
    issue.refresh_from_db()
    return client.post(f"/reports/{issue.uid}/do/{act}/", {"version": issue.version, **answers})


def published(office: Office, issue: Issue, **answers: Any) -> Issue:
    response = do(at_work(office, "data"), issue, "publish", summary="本周三户", **answers)
    assert response.status_code == 302, response.content.decode()[-2000:]
    deliver()
    issue.refresh_from_db()
    return issue


@pytest.mark.requirement("AUTO-09", proof="user")
def test_on_monday_morning_the_draft_and_its_clock_lie_on_the_owners_home(
    office: Office, moment: Clock, drafted: Issue
) -> None:
    data = at_work(office, "data")
    home = page(data, "/")

    assert (drafted.state, drafted.period, drafted.owner_id) == ("draft", "2026-W30", office.person("data"))
    assert f"/reports/{drafted.uid}/" in home
    assert "Reports due this week" in home
    assert row_of(page(data, "/notices/"), TITLE, "2026-W30", "drafted")
    assert row_of(page(data, "/tasks/"), TITLE, "/reports/churn_warnings/2026-W30/")
    assert data.get("/reports/churn_warnings/2026-W30/").url == f"/reports/{drafted.uid}/"

    passes(moment, SEVEN)
    assert Issue.objects.filter(code="churn_warnings").count() == 1, "once a period"


def test_before_the_hour_of_the_policy_nothing_is_drafted(office: Office, moment: Clock) -> None:
    passes(moment, MONDAY + dt.timedelta(hours=5, minutes=59))

    assert not Issue.objects.filter(code="churn_warnings").exists()


@pytest.mark.requirement("RET-07", proof="user")
def test_the_draft_names_level_and_main_cause_of_each_customer(office: Office, drafted: Issue) -> None:
    data = at_work(office, "data")

    said = page(data, f"/reports/{drafted.uid}/")

    assert row_of(said, "青岚精密机械厂", ">High<", "52.0", office.people["manager one"].name)
    assert row_of(said, ">Medium<")
    assert row_of(said, ">Low<")
    assert "欧阳静宜" not in said
    assert "欧***" in said or "欧阳**" in said


@pytest.mark.requirement("RET-07", proof="user")
def test_publishing_the_list_starts_the_contact_clocks_and_does_the_duty(office: Office, drafted: Issue) -> None:
    mild = Warning.objects.get(risk="low")

    grave = Warning.objects.get(risk="high")

    notes = {f"out:customers:{mild.uid}": "上周刚续约", f"comment:customers:{grave.uid}": "先打电话"}
    issue = published(office, drafted, **notes)

    assert issue.state == "published"
    assert set(Warning.objects.values_list("risk", "state")) == {
        ("high", "published"), ("medium", "published"), ("low", "dismissed"),
    }  # fmt: skip
    assert Warning.objects.get(risk="low").dismissed_reason == "上周刚续约"
    assert Duty.objects.get(code="B-42").state == "fulfilled"
    assert set(Duty.objects.filter(code="B-18").values_list("person_id", flat=True)) == {office.person("manager one")}

    manager = at_work(office, "manager one")
    said = page(manager, f"/reports/{issue.uid}/")
    assert row_of(page(manager, "/notices/"), TITLE, "published")
    assert row_of(page(manager, "/reports/"), TITLE, "2026-W30", office.people["data"].name)
    assert row_of(said, "青岚精密机械厂", "先打电话", "Published")
    assert "本周三户" in said
    due = Warning.objects.get(risk="high").contact_due_at
    assert due is not None
    assert due.isoformat() in said


@pytest.mark.requirement("PLAT-09", proof="user")
def test_each_reader_finds_the_own_customers_and_nobody_else_finds_the_list(office: Office, drafted: Issue) -> None:
    other = Customer.objects.get(owner=office.person("seller two"))
    assert at_work(office, "manager one").get(f"/reports/{drafted.uid}/").status_code == 404, "a draft is its owner's"

    issue = published(office, drafted)

    address = f"/reports/{issue.uid}/"
    manager, lead, boss = (page(at_work(office, who), address) for who in ("manager one", "lead two", "boss"))
    assert "青岚精密机械厂" in manager
    assert other.name not in manager
    assert "1 row is about a record outside your reach" in manager
    assert other.name in lead
    assert "青岚精密机械厂" not in lead
    assert "青岚精密机械厂" in boss
    assert other.name in boss
    for who in ("service", "market", "it", "legal"):
        client = at_work(office, who)
        assert client.get(address).status_code == 404
        assert client.get(f"{address}export/xlsx/").status_code == 404
        assert client.get("/reports/").status_code == 200
        assert TITLE not in page(client, "/reports/")


@pytest.mark.requirement("PLAT-09", proof="user")
def test_exports_hold_what_their_reader_may_see_and_are_logged(office: Office, drafted: Issue) -> None:
    issue = published(office, drafted)
    other = Customer.objects.get(owner=office.person("seller two"))
    manager = at_work(office, "manager one")

    csv = manager.get(f"/reports/{issue.uid}/export/csv/")
    book = CalamineWorkbook.from_filelike(io.BytesIO(manager.get(f"/reports/{issue.uid}/export/xlsx/").content))
    pdf = manager.get(f"/reports/{issue.uid}/export/pdf/").content

    lines = csv.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Customer,Tier,Risk,Main cause,Signals,Health,Contact due,Owner,State")
    assert len(lines) == 3
    assert other.name not in csv.content.decode()
    assert "欧阳静宜" not in csv.content.decode()
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[1][0] == "青岚精密机械厂"
    assert rows[1][5] == 52.0
    about = book.get_sheet_by_index(1).to_python()
    assert any("outside your reach" in str(cell) for row in about for cell in row)
    assert pdf.startswith(b"%PDF")
    assert Entry.objects.filter(action="report.export").count() == 3
    assert manager.get(f"/reports/{issue.uid}/export/docx/").status_code == 404, "no format of a list"


@pytest.mark.requirement("PLAT-09", proof="user")
def test_a_new_edition_keeps_the_published_one_for_its_readers_until_it_is_published(
    office: Office, moment: Clock, drafted: Issue
) -> None:
    issue = published(office, drafted)
    data, manager = at_work(office, "data"), at_work(office, "manager one")
    moment.at(SEVEN)
    Warning.objects.filter(risk="high").update(risk="medium")
    assert do(data, issue, "reopen").status_code == 302

    assert row_of(page(manager, f"/reports/{issue.uid}/"), "青岚精密机械厂", ">High<"), "as it was published"
    assert row_of(page(data, f"/reports/{issue.uid}/"), "青岚精密机械厂", ">Medium<")
    assert manager.get(f"/reports/{issue.uid}/?edition=2").status_code == 404
    said = page(data, f"/reports/{issue.uid}/compare/?edition=2&with=1")
    assert row_of(said, "青岚精密机械厂", "Risk: High → <strong>Medium</strong>")

    published(office, issue)
    assert row_of(page(manager, f"/reports/{issue.uid}/"), "青岚精密机械厂", ">Medium<")
    assert row_of(page(manager, f"/reports/{issue.uid}/?edition=1"), "青岚精密机械厂", ">High<")


def test_who_comes_second_is_told_and_who_does_not_own_it_is_refused(office: Office, drafted: Issue) -> None:
    data = at_work(office, "data")
    version = drafted.version
    assert do(data, drafted, "complete", summary="一").status_code == 302

    late = data.post(f"/reports/{drafted.uid}/do/publish/", {"version": version, "summary": "二"})
    assert late.status_code == 409
    assert "changed this record" in late.content.decode()
    assert do(at_work(office, "boss"), drafted, "publish").status_code == 404, "a draft is its owner's"
    issue = published(office, drafted)
    assert do(at_work(office, "boss"), issue, "reopen").status_code == 403
    assert do(data, issue, "publish").status_code == 409


@pytest.mark.requirement("PLAT-08", proof="user")
@pytest.mark.requirement("RET-07", proof="user")
def test_a_missed_list_reminds_is_overdue_and_reaches_the_superior(
    office: Office, moment: Clock, drafted: Issue
) -> None:
    duty = Duty.objects.get(code="B-42")
    data, boss = at_work(office, "data"), at_work(office, "boss")
    share = current().get(StandardPolicy).remind_at
    assert abs(duty.remind_at - duty.started_at - (duty.due_at - duty.started_at) * share) < SECOND
    assert duty.due_at == MONDAY + dt.timedelta(days=7) - SECOND
    assert not row_of(page(data, "/notices/"), TITLE, "reminder")

    passes(moment, duty.remind_at + SECOND)
    assert row_of(page(data, "/notices/"), TITLE, "reminder")
    assert "is-amber" in row_of(page(data, "/reports/"), TITLE)
    assert not row_of(page(boss, "/notices/"), TITLE, "escalation")

    passes(moment, duty.due_at + SECOND)
    duty.refresh_from_db()
    assert (duty.state, duty.escalated_to_id) == ("breached", office.person("boss"))
    assert row_of(page(boss, "/notices/"), TITLE, "escalation", office.people["data"].name)
    assert "is-breached" in row_of(page(boss, "/tasks/?scope=overdue"), TITLE)
    assert "is-breached" in row_of(page(data, "/reports/"), TITLE)

    published(office, drafted)
    duty.refresh_from_db()
    assert (duty.state, duty.breached_at) == ("fulfilled", duty.due_at), "done late stays counted as missed"


def test_a_natural_person_erased_or_renamed_is_read_from_the_file_not_from_the_report(
    office: Office, drafted: Issue
) -> None:
    issue = published(office, drafted)
    person = Customer.objects.get(kind="person")
    kept = bytes(issue.editions.get(number=1).content)

    assert person.name not in zlib.decompress(kept).decode()
    Customer.objects.filter(pk=person.pk).update(name="（已删除）")
    assert "（已删除）" in page(at_work(office, "manager one"), f"/reports/{issue.uid}/")
