"""《挽留方案》: approved on its case, it stands in the archive as a document for those who see the case."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.company import row_of, whole
from zhike.customers.tests.office import Office
from zhike.foundation.kit import clock
from zhike.foundation.reports.models import Issue
from zhike.retain.tests import casework
from zhike.win.tests.pages import at_work, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(db: None, settings: Any, tmp_path: Path) -> Office:
    settings.HOME = tmp_path / "home"
    return whole()


def approved(office: Office) -> Any:
    case = casework.opened_case(office)
    manager = casework.at_work(office, "manager one")
    casework.interviewed(manager, case, clock.now())
    casework.planned(manager, case, office.people["manager one"])
    assert casework.do(casework.at_work(office, "lead one"), case, "approve", note="同意").status_code == 302
    return case


@pytest.mark.requirement("PLAT-09", proof="user")
@pytest.mark.requirement("RET-09", proof="user")
def test_an_approved_plan_is_kept_as_a_document(office: Office) -> None:
    case = approved(office)
    manager = at_work(office, "manager one")

    issue = Issue.objects.get(code="retention_plan")
    address = f"/reports/{issue.uid}/"
    assert (issue.state, issue.published_by_id) == ("published", office.person("lead one"))
    assert address in page(manager, f"/retentions/{case.uid}/")
    said = page(manager, address)
    for words in ("专属客服，直线电话", "签署续约合同", "同意", office.people["lead one"].name, "3,000"):
        assert words in said, words
    assert row_of(said, "指定专属客服", office.people["manager one"].name)
    assert "Result: not measured, because the case is still open." in said
    word = manager.get(f"{address}export/docx/").content
    assert "签署续约合同" in zipfile.ZipFile(io.BytesIO(word)).read("word/document.xml").decode()


@pytest.mark.requirement("PLAT-09", proof="user")
def test_who_does_not_see_the_case_does_not_find_its_plan(office: Office) -> None:
    approved(office)
    issue = Issue.objects.get(code="retention_plan")

    for who in ("lead two", "seller two", "service", "market"):
        client = at_work(office, who)
        assert client.get(f"/reports/{issue.uid}/").status_code == 404, who
        assert client.get(f"/reports/{issue.uid}/export/pdf/").status_code == 404, who
        assert str(issue.uid) not in page(client, "/reports/")


def test_of_a_draft_nothing_is_kept(office: Office) -> None:
    case = casework.opened_case(office)
    manager = casework.at_work(office, "manager one")
    casework.interviewed(manager, case, clock.now())
    casework.planned(manager, case, office.people["manager one"])

    assert not Issue.objects.filter(code="retention_plan").exists()
