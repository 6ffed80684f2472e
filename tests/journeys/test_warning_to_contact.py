"""From a night to a call: what each post sees on the way, through the pages, as the requirements word it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from zhike.customers.models import Customer
from zhike.customers.tests.office import Clock, Office, deliver
from zhike.foundation.access.models import Person
from zhike.foundation.access.viewer import system
from zhike.foundation.audit.models import Entry
from zhike.foundation.kit import clock
from zhike.foundation.obligations.models import Duty
from zhike.foundation.records.testing import signed_in, text_of
from zhike.insight.public import night_run
from zhike.insight.tests.enterprise import AS_OF, SECRET, Enterprise, founded

pytestmark = pytest.mark.django_db(transaction=True)
# The morning after the night of 15 July 2026.
DUTY = "联系流失预警名单上的客户"
MORNING = clock.start_of(AS_OF + dt.timedelta(days=1)) + dt.timedelta(hours=9)


@pytest.fixture
def moment(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clock:
    settings.HOME = tmp_path / "home"
    made = Clock(tmp_path / "clock", monkeypatch)
    made.at(MORNING)
    return made


@pytest.fixture
def enterprise(moment: Clock, transactional_db: None) -> Enterprise:
    written = founded()
    night_run(viewer=system("test night"), as_of=AS_OF)
    return written


def at_work(office: Office, name: str) -> Client:
    """``name`` in front of the browser, who has chosen a password."""
    person = office.people[name]
    Person.objects.filter(pk=person.pk).update(must_change_password=False)
    person.refresh_from_db()
    return signed_in(person)


def page(client: Client, address: str) -> str:
    response = client.get(address, follow=True)
    assert response.status_code == 200, (address, response.status_code)
    return text_of(response)


@pytest.mark.requirement("RET-07", proof="user")
def test_the_data_specialist_sees_risk_and_main_cause_and_publishes(enterprise: Enterprise) -> None:
    desk = page(at_work(enterprise.office, "data"), "/desk/")

    assert "two complaints有限公司" in desk
    assert "use falls有限公司" in desk
    assert "stopped with complaints有限公司" in desk
    for quiet in ("well有限公司", "one complaint有限公司", ">stopped有限公司"):
        assert quiet not in desk
    for word in ("多次投诉", "功能使用下降", "低"):
        assert word in desk, "the risk and the main cause are said"
    warning = enterprise.warning("use falls")
    assert warning is not None
    alone = page(at_work(enterprise.office, "data"), f"/warnings/{warning.uid}/")
    assert "预警依据" in alone, "and so is the evidence on the page of the warning"
    assert 'class="z-evidence"><li>' in alone


@pytest.mark.requirement("RET-08", proof="user")
def test_publishing_puts_the_clock_on_the_managers_home_and_a_call_takes_it_off(
    enterprise: Enterprise, moment: Clock
) -> None:
    warning = enterprise.warning("two complaints")
    assert warning is not None
    data, manager = at_work(enterprise.office, "data"), at_work(enterprise.office, "seller one")
    assert DUTY not in page(manager, "/")

    published = data.post(f"/desk/{warning.uid}/publish/", follow=True)
    deliver()

    assert published.status_code == 200
    home = page(manager, "/")
    assert DUTY in home
    assert "two complaints有限公司" in home
    duty = Duty.objects.get()
    assert abs((duty.due_at - MORNING - dt.timedelta(hours=48)).total_seconds()) < 300
    again = data.post(f"/desk/{warning.uid}/publish/")
    assert again.status_code == 409
    assert "已由他人处理" in text_of(again)

    moment.at(MORNING + dt.timedelta(hours=20))
    customer = Customer.objects.get(pk=enterprise.ids["two complaints"])
    said = {"kind": "call", "direction": "out", "feedback": "嫌响应慢", "mentions": "slow_response"}
    assert manager.post(f"/customers/{customer.uid}/follow-up/", said).status_code == 302
    deliver()

    assert DUTY not in page(manager, "/tasks/")
    duty.refresh_from_db()
    assert (duty.state, duty.is_late) == ("fulfilled", False)
    timeline = page(manager, f"/customers/{customer.uid}/")
    assert "嫌响应慢" in timeline


@pytest.mark.requirement("RET-07", proof="user")
def test_a_warning_is_set_aside_only_with_a_reason(enterprise: Enterprise) -> None:
    warning = enterprise.warning("use falls")
    assert warning is not None
    data = at_work(enterprise.office, "data")

    assert data.post(f"/desk/{warning.uid}/dismiss/", {"reason": ""}).status_code == 422
    assert data.post(f"/desk/{warning.uid}/dismiss/", {"reason": "假期停用"}).status_code == 302

    assert "use falls有限公司" not in page(data, "/desk/")
    assert Entry.objects.get(action="warning.dismiss").reason == "假期停用"


@pytest.mark.requirement("SEC-04", proof="user")
@pytest.mark.requirement("SEC-05", proof="user")
def test_d4_16_on_the_page(enterprise: Enterprise) -> None:
    """D4-16: ordinary specialist / manager opens a customer → basic, masked / all dimensions; sensitive values closed
    for both without approval."""
    person = Customer.objects.get(pk=enterprise.ids["person"])
    specialist, manager = at_work(enterprise.office, "seller one"), at_work(enterprise.office, "boss")

    for client in (specialist, manager):
        shown = page(client, f"/customers/{person.uid}/")
        assert "欧***" in shown
        assert "138****5678" in shown
        for secret in SECRET.values():
            assert secret not in shown
        asked = client.post(f"/customers/{person.uid}/reveal/id_number/", {"reason": "核对"})
        assert asked.status_code in (403, 404)
    # One of the values that only who sees all dimensions may open.
    refused = specialist.post(f"/customers/{person.uid}/reveal/birthday/", {"reason": "生日"})
    assert refused.status_code in (403, 404)
    opened = specialist.post(f"/customers/{person.uid}/reveal/phone/", {"reason": "回访"})
    assert SECRET["phone"] in text_of(opened)
    assert Entry.objects.filter(action="value.reveal").count() == 1


@pytest.mark.requirement("SEC-04", proof="user")
def test_who_has_another_department_finds_nothing(enterprise: Enterprise) -> None:
    person = Customer.objects.get(pk=enterprise.ids["person"])
    other = at_work(enterprise.office, "seller two")

    assert other.get(f"/customers/{person.uid}/").status_code == 404
    assert other.get("/nights/").status_code in (200, 403)
    assert "two complaints有限公司" not in page(other, "/customers/")
    assert at_work(enterprise.office, "it").get("/customers/").status_code == 403


@pytest.mark.requirement("SEG-09", proof="user")
def test_the_customer_page_says_stage_and_cause_of_d4_12(enterprise: Enterprise) -> None:
    stopped = Customer.objects.get(pk=enterprise.ids["stopped"])

    shown = page(at_work(enterprise.office, "seller one"), f"/customers/{stopped.uid}/")

    assert "流失风险" in shown
    assert "2026-01-15" in shown
