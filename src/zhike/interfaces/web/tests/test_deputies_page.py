"""Somebody names a deputy on a page; the deputy does the work on their behalf, and everybody can read that."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from zhike.customers.tests.office import Office, deliver, opened
from zhike.foundation.access.models import Deputyship, Person
from zhike.foundation.approvals.tests.asking import a_waiting
from zhike.foundation.kit import clock
from zhike.foundation.obligations.models import Duty
from zhike.foundation.records.testing import signed_in, staff, text_of
from zhike.win.tests.deals import OPINIONS, with_more_posts
from zhike.win.tests.pages import at_work

pytestmark = pytest.mark.django_db
USER = pytest.mark.requirement("PLAT-12", proof="user")


@pytest.fixture
def office(db: None) -> Office:
    made = with_more_posts(opened())
    Person.objects.update(must_change_password=False)
    return made


def uid_of(office: Office, who: str) -> str:
    return str(Person.objects.get(pk=office.person(who)).uid)


def name(client: Client, office: Office, deputy: str, *, address: str = "/deputies/", **more: Any) -> Any:
    today = clock.today()
    values = {"since": today.isoformat(), "until": (today + dt.timedelta(days=3)).isoformat()}
    return client.post(address, {"deputy": uid_of(office, deputy), **values, **more})


def a_duty(office: Office, who: str, customer_id: int, **more: Any) -> Duty:
    now = clock.now()
    return Duty.objects.create(
        code="B-18", customer_id=customer_id, subject_kind="customer", subject_id=customer_id,
        person_id=office.person(who), started_at=now, remind_at=now, due_at=now + dt.timedelta(days=1),
        started_by="00000000-0000-7000-8000-000000000001", **more,
    )  # fmt: skip


@USER
@pytest.mark.requirement("PLAT-08", proof="user")
def test_the_deputy_finds_the_duties_and_works_on_behalf_of_who_is_away(office: Office) -> None:
    firm = office.firm("seller one", "绍兴澄湖纺织有限公司")
    a_duty(office, "seller one", firm.pk)
    away, deputy = at_work(office, "seller one", "en"), at_work(office, "other one", "en")
    assert deputy.get(f"/customers/{firm.uid}/").status_code == 404
    assert name(away, office, "other one").status_code == 302
    assert "员工other one" in text_of(away.get("/deputies/"))

    tab = text_of(deputy.get("/tasks/?scope=deputy"))
    assert "I stand in for 员工seller one" in tab
    assert firm.name in tab
    made = Deputyship.objects.get()
    went = deputy.post(f"/deputies/{made.uid}/act/", {"next": f"/customers/{firm.uid}/"})
    assert went["Location"] == f"/customers/{firm.uid}/"
    page = text_of(deputy.get(f"/customers/{firm.uid}/"))
    assert "You work on behalf of 员工seller one" in page
    assert firm.name in text_of(deputy.get("/tasks/"))

    logged = deputy.post(f"/customers/{firm.uid}/follow-up/", {"kind": "call", "feedback": "已电话说明"})
    assert logged.status_code == 302
    line = "员工other one on behalf of 员工seller one"
    assert line in text_of(away.get(f"/customers/{firm.uid}/"))
    assert line in text_of(signed_in(staff("compliance_specialist", language="en")).get("/audit/"))

    deputy.post("/deputies/oneself/")
    assert deputy.get(f"/customers/{firm.uid}/").status_code == 404


@USER
def test_an_ended_deputyship_ends_the_work_on_behalf_with_the_next_click(office: Office) -> None:
    firm = office.firm("seller one")
    away, deputy = at_work(office, "seller one", "en"), at_work(office, "other one", "en")
    name(away, office, "other one")
    made = Deputyship.objects.get()
    deputy.post(f"/deputies/{made.uid}/act/")
    assert deputy.get(f"/customers/{firm.uid}/").status_code == 200

    away.post(f"/deputies/{made.uid}/end/")

    assert deputy.get(f"/customers/{firm.uid}/").status_code == 404
    assert "on behalf" not in text_of(deputy.get("/tasks/"))
    assert deputy.post(f"/deputies/{made.uid}/act/").status_code == 404


@USER
def test_the_deputy_decides_on_an_approval_and_it_stands_written_for_whom(office: Office) -> None:
    name(at_work(office, "legal", "en"), office, "success")
    _contract, approval = a_waiting(office)
    deliver()
    deputy = at_work(office, "success", "en")
    assert "on behalf of 员工legal" in text_of(deputy.get("/approvals/"))
    assert "Contract" in text_of(deputy.get(f"/approvals/{approval.uid}/"))

    approval.refresh_from_db()
    asks = {f"ask_{code}": words for code, words in OPINIONS.items()}
    said = deputy.post(f"/approvals/{approval.uid}/", {"act": "approve", "version": approval.version, **asks})

    assert said.status_code == 302
    approval.refresh_from_db()
    assert approval.state == "approved"
    course = text_of(at_work(office, "seller one", "en").get(f"/approvals/{approval.uid}/"))
    assert "员工success" in course
    assert "on behalf of 员工legal" in course


@USER
def test_a_superior_names_a_deputy_for_somebody_who_is_ill_and_a_stranger_cannot(office: Office) -> None:
    address = f"/deputies/?person={uid_of(office, 'seller one')}"
    lead = at_work(office, "lead one", "en")
    assert "员工seller one" in text_of(lead.get("/deputies/"))
    assert name(lead, office, "other one", address=address).status_code == 302
    assert Deputyship.objects.get().named_by_id == office.person("lead one")
    stranger = at_work(office, "lead two", "en")
    assert stranger.get(address).status_code == 404
    assert name(stranger, office, "other one", address=address).status_code == 404
    assert "员工other one" in text_of(at_work(office, "it", "en").get(f"/people/{uid_of(office, 'seller one')}/"))


@USER
def test_what_does_not_go_is_said_and_what_was_typed_stays(office: Office) -> None:
    client = at_work(office, "seller one", "en")
    wrong = client.post(
        "/deputies/", {"deputy": uid_of(office, "seller one"), "since": "", "until": "x", "reason": "年假"}
    )
    assert wrong.status_code == 422
    assert "年假" in wrong.content.decode()
    assert name(client, office, "other one").status_code == 302
    again = name(client, office, "manager one")
    assert again.status_code == 409
    assert "stands in already" in text_of(again)
