"""Every declared report on its whole way: drafted, completed, submitted or published, read, exported, masked."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from python_calamine import CalamineWorkbook

from tests.journeys.company import whole
from zhike.acquire.tests.intake import FITS, asked
from zhike.customers.models import Customer, CustomerState
from zhike.customers.tests.office import Clock, Office, deliver
from zhike.foundation import obligations
from zhike.foundation.access.models import Person
from zhike.foundation.audit.models import Entry
from zhike.foundation.kit import clock
from zhike.foundation.obligations.models import Duty
from zhike.foundation.records.testing import signed_in, staff, text_of
from zhike.foundation.reports.declare import Report, every, find
from zhike.foundation.reports.models import Issue
from zhike.foundation.reports.services.drafting import draft_due
from zhike.insight.models import NightRun, Relation
from zhike.retain.tests.casework import night, proposal
from zhike.serve.services.ticket import ticket_receive

pytestmark = pytest.mark.django_db
# The first of a month that begins a week, a quarter and a half-year would be rare: a Wednesday serves as well.
MORNING = clock.start_of(dt.date(2026, 7, 1)) + dt.timedelta(hours=6, minutes=5)
CODES = (
    "churn_warnings", "overdue_duties", "customer_health", "value_matrix", "promising_leads", "churn_and_value",
    "service_timeliness", "data_quality", "data_risk", "churn_attribution", "retention_effect",
)  # fmt: skip
BEGINS = {"xlsx": b"PK", "docx": b"PK", "pdf": b"%PDF", "png": b"\x89PNG", "svg": b"<svg", "csv": b"\xef\xbb\xbf"}
NAME = "欧阳静宜"


@pytest.fixture
def office(db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Customers of two departments, one of them a natural person, each in danger, scored, late and asking."""
    settings.HOME = tmp_path / "home"
    moment = Clock(tmp_path / "clock", monkeypatch)
    moment.at(MORNING - dt.timedelta(days=4))
    found = whole()
    held = [found.human("manager one", NAME), found.firm("manager one"), found.firm("seller two")]
    night(*(proposal(customer, risk="high") for customer in held))
    for customer, group in zip(held, ("strategic", "potential", "strategic"), strict=True):
        CustomerState.objects.filter(pk=customer.pk).update(
            health=55, health_before=70, tier="high", risk="high", main_cause="complaints", group=group,
            potential=0.9, spend_12m_minor=70_000_000, clv_fitted_minor=90_000_000,
            reasons={"health_reasons": [{"code": "health_service", "data": {}}]},
        )  # fmt: skip
        ticket_receive(viewer=found.viewer("service"), customer=customer.uid, subject="无法导出", content="报错")
        Relation.objects.create(customer=customer, began_on=dt.date(2025, 3, 1), tier="high")
    Relation.objects.filter(customer=held[1]).update(lost_on=dt.date(2026, 6, 10))
    told = {"known_from": "2025-01-01", "definition": "orders", "lost_months": 12, "grace_days": 30}
    NightRun.objects.create(as_of=dt.date(2026, 6, 30), state="done", template="b2b", data={"churn": told})
    asked(found.viewer("seller one"), profile=FITS, urgency="month", owner_id=found.person("seller one"))
    deliver()
    moment.at(MORNING)
    obligations.tick(clock.now())
    draft_due()
    deliver()
    return found


@pytest.fixture(params=CODES)
def report(request: pytest.FixtureRequest) -> Report:
    found = find(request.param)
    assert found is not None
    return found


def holder(post: str) -> Client:
    """Somebody who holds ``post``, and reads English."""
    person = Person.objects.filter(holdings__post=post, is_active=True).order_by("id").first() or staff(post)
    Person.objects.filter(pk=person.pk).update(must_change_password=False, language="en")
    return signed_in(Person.objects.get(pk=person.pk))


def do(client: Client, issue: Issue, act: str, **answers: Any) -> int:
    issue.refresh_from_db()
    return client.post(f"/reports/{issue.uid}/do/{act}/", {"version": issue.version, **answers}).status_code


def brought_out(report: Report) -> Issue:
    """The draft of this morning, published by whoever may."""
    issue = Issue.objects.get(code=report.code)
    if report.owner and report.approved_by:
        assert do(holder(report.owner), issue, "submit", summary="已核对") == 302
        assert do(holder(report.approved_by[0]), issue, "approve") == 302
    elif report.owner:
        assert do(holder(report.owner), issue, "publish", summary="已核对") == 302
    issue.refresh_from_db()
    assert issue.state == "published"
    deliver()
    return issue


def outsider(report: Report) -> Client:
    """Somebody to whom the report is not addressed."""
    named = {report.owner, *report.readers, *report.approved_by}
    posts = ("counter_staff", "training_lead", "implementation_manager")
    return holder(next(post for post in posts if post not in named))


def test_every_declared_report_has_its_case() -> None:
    assert {report.code for report in every() if not report.subject} == set(CODES)


@pytest.mark.requirement("AUTO-09", proof="user")
def test_it_is_drafted_in_the_morning_once_and_lies_before_its_owner(office: Office, report: Report) -> None:
    issue = Issue.objects.get(code=report.code)
    draft_due()
    assert Issue.objects.filter(code=report.code).count() == 1

    if not report.owner:
        assert issue.state == "published", "the system's own"
        return
    said = text_of(holder(report.owner).get("/reports/"))
    assert f"/reports/{issue.uid}/" in said
    if report.duty:
        duty = Duty.objects.get(code=report.duty)
        assert (duty.state, duty.period) == ("open", issue.period)


@pytest.mark.requirement("PLAT-09", proof="user")
def test_it_is_completed_approved_where_needed_published_and_found_by_its_readers(
    office: Office, report: Report
) -> None:
    issue = Issue.objects.get(code=report.code)
    reader = next(post for post in report.readers if post not in (report.owner, *report.approved_by))
    if report.owner:
        assert holder(reader).get(f"/reports/{issue.uid}/").status_code == 404, "a draft is its owner's"
    issue = brought_out(report)

    page = holder(reader).get(f"/reports/{issue.uid}/")
    with translation.override("en"):
        title = str(report.title)
    assert page.status_code == 200
    assert title in text_of(page)
    assert title in text_of(holder(reader).get("/reports/"))
    assert outsider(report).get(f"/reports/{issue.uid}/").status_code == 404
    if report.duty:
        assert Duty.objects.get(code=report.duty).state == "fulfilled"


@pytest.mark.requirement("PLAT-09", proof="user")
def test_each_format_is_whole_masked_and_logged(office: Office, report: Report) -> None:
    issue = brought_out(report)
    reader = holder(report.owner or report.readers[0])

    for form, begins in BEGINS.items():
        answer = reader.get(f"/reports/{issue.uid}/export/{form}/")
        if form not in report.formats:
            assert answer.status_code == 404
            continue
        assert answer.status_code == 200, form
        assert answer.content.startswith(begins), form
        assert NAME not in words_of(form, answer.content), form
        assert outsider(report).get(f"/reports/{issue.uid}/export/{form}/").status_code == 404
    assert Entry.objects.filter(action="report.export").count() == len(report.formats)
    assert NAME not in text_of(reader.get(f"/reports/{issue.uid}/"))
    for edition in issue.editions.all():
        assert NAME not in zlib.decompress(bytes(edition.content)).decode()


def words_of(form: str, body: bytes) -> str:
    """What a file says, as far as its form lets itself be read."""
    if form == "xlsx":
        book = CalamineWorkbook.from_filelike(io.BytesIO(body))
        return json.dumps([book.get_sheet_by_name(name).to_python() for name in book.sheet_names], default=str)
    if form == "docx":
        return zipfile.ZipFile(io.BytesIO(body)).read("word/document.xml").decode()
    return body.decode(errors="replace")


@pytest.mark.requirement("PLAT-09", proof="user")
def test_of_its_rows_a_manager_sees_the_own_and_no_sums_of_all(office: Office, report: Report) -> None:
    if "customer_manager" not in report.readers:
        pytest.skip("not addressed to customer managers")
    issue = brought_out(report)
    other = Customer.objects.get(owner=office.person("seller two"))
    Person.objects.filter(pk=office.person("manager one")).update(must_change_password=False, language="en")

    said = text_of(signed_in(office.people["manager one"]).get(f"/reports/{issue.uid}/"))

    assert other.name not in said
    assert "z-report-chart" not in said


def test_a_chart_of_what_was_not_measured_is_refused_in_words(office: Office) -> None:
    NightRun.objects.all().delete()
    Issue.objects.filter(code="churn_and_value").delete()
    draft_due()
    issue = brought_out(find("churn_and_value"))  # type: ignore[arg-type]
    reader = holder("management")

    answer = reader.get(f"/reports/{issue.uid}/export/png/")

    assert answer.status_code == 409
    assert "was not measured" in text_of(answer)
    said = text_of(reader.get(f"/reports/{issue.uid}/"))
    assert "Churn rate: not measured, because no night has told of losses" in said
    assert "export/png" not in said


def test_it_reads_chinese_and_english(office: Office, report: Report) -> None:
    issue = brought_out(report)
    reader = holder(report.owner or report.readers[0])
    with translation.override("zh-hans"):
        chinese = [str(report.title), *(str(part.title) for part in report.parts)]
    with translation.override("en"):
        english = [str(report.title), *(str(part.title) for part in report.parts)]
    assert not set(chinese) & set(english)

    reader.post("/shell/language/", {"language": "zh-hans", "next": "/"})
    said = text_of(reader.get(f"/reports/{issue.uid}/"))
    assert chinese[0] in said
    assert not [words for words in english if f">{words}<" in said]


@pytest.mark.requirement("PLAT-09", proof="user")
def test_programs_list_read_and_act_as_pages_do(office: Office, report: Report) -> None:
    issue = Issue.objects.get(code=report.code)
    if report.owner:
        owner = holder(report.owner)
        listed = owner.get("/api/v1/reports", {"code": report.code}).json()
        assert [row["uid"] for row in listed["items"]] == [str(issue.uid)]
        act = "submit" if report.approved_by else "publish"
        answer = owner.post(
            f"/api/v1/reports/{issue.uid}/{act}", {"version": issue.version}, content_type="application/json"
        )
        assert answer.status_code == 200, answer.content
        late = owner.post(
            f"/api/v1/reports/{issue.uid}/{act}", {"version": issue.version}, content_type="application/json"
        )
        assert (late.status_code, late.json()["code"]) == (409, "stale")
    reader = holder(report.owner or report.readers[0])
    told = reader.get(f"/api/v1/reports/{issue.uid}").json()
    assert (told["code"], told["period"]) == (report.code, issue.period)
    assert {part["code"] for part in told["parts"]} <= {part.code for part in report.parts}
    assert NAME not in json.dumps(told, ensure_ascii=False)
    assert outsider(report).get(f"/api/v1/reports/{issue.uid}").status_code == 404
