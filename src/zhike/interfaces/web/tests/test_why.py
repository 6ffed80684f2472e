"""Why somebody sees a record or not: told by the same rules that decide."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from zhike.customers.models import Customer
from zhike.customers.tests.office import Office, opened
from zhike.foundation.access import deputies
from zhike.foundation.access.models import Person
from zhike.foundation.audit.models import Entry
from zhike.foundation.kit import clock
from zhike.foundation.records import explaining, find, sharing
from zhike.foundation.records.testing import text_of
from zhike.win.tests.pages import at_work

pytestmark = pytest.mark.django_db
USER = pytest.mark.requirement("SEC-04", proof="user")


@pytest.fixture
def office(db: None) -> Office:
    made = opened()
    Person.objects.update(must_change_password=False)
    return made


def person(office: Office, who: str) -> Person:
    return Person.objects.get(pk=office.person(who))


def why(client: Client, firm: Customer) -> str:
    return text_of(client.get(f"/why/customers/{firm.uid}/"))


@USER
def test_from_a_record_one_reads_by_which_post_one_sees_it_and_what_is_closed(office: Office) -> None:
    firm = office.human("seller one")
    seller, lead = at_work(office, "seller one", "en"), at_work(office, "lead one", "en")
    assert f"/why/customers/{firm.uid}/" in seller.get(f"/customers/{firm.uid}/").content.decode()

    own, led = why(seller, firm), why(lead, firm)

    assert "Sales specialist" in own
    assert "is the owner" in own
    assert "No post held includes Orders, bills and usage (full)" in own
    assert "within" in led
    assert "the own department and those below" in led
    assert "masked for everybody" in own
    assert "Sensitive values: a request with purpose and time limit" in own


@USER
def test_what_one_does_not_see_is_not_there(office: Office) -> None:
    firm = office.firm("seller one")
    stranger = at_work(office, "seller two", "en")

    there = stranger.get(f"/why/customers/{firm.uid}/")
    nowhere = stranger.get("/why/customers/00000000-0000-7000-8000-000000000000/")

    assert (there.status_code, nowhere.status_code) == (404, 404)
    said = [re.sub(r"\b(\w{64}|[0-9a-f]{16})\b", "", answer.content.decode()) for answer in (there, nowhere)]
    assert said[0] == said[1]


@USER
def test_a_share_and_acting_for_somebody_are_named(office: Office) -> None:
    firm = office.firm("seller one")
    sharing.share(
        viewer=office.viewer("seller one"), model=Customer, uid=firm.uid, version=None, until=clock.today(),
        person=office.person("manager one"), reason="共同拜访",
    )  # fmt: skip
    shared = why(at_work(office, "manager one", "en"), firm)
    assert "beyond" in shared
    assert "Shared for a time, by itself. To read." in shared
    assert "the share opens basic information only" in shared
    assert "That who shared it opens it in full, or to edit." in shared

    made = deputies.deputy_name(
        viewer=office.viewer("seller one"), person=office.person("seller one"), deputy=office.person("other one"),
        since=clock.today(), until=clock.today(),
    )  # fmt: skip
    deputy = at_work(office, "other one", "en")
    deputy.post(f"/deputies/{made.uid}/act/")
    assert "On behalf of 员工seller one" in why(deputy, firm)


@USER
def test_it_explains_for_somebody_else_by_number_or_address_and_shows_nothing_of_the_record(office: Office) -> None:
    firm = office.firm("seller one", "绍兴澄湖纺织有限公司")
    it, uid = at_work(office, "it", "en"), person(office, "seller two").uid
    assert f"/people/{uid}/why/" in it.get(f"/people/{uid}/").content.decode()
    for reference in (firm.number, f"http://testserver/customers/{firm.uid}/?in=x"):
        told = text_of(it.get(f"/people/{uid}/why/", {"record": reference}))
        assert "员工seller two does not see this record." in told
        assert "That 员工seller one, who owns it, shares it for a time" in told
        assert firm.name not in told
    entries = Entry.objects.filter(action="person.explained", actor_id=office.person("it"))
    assert entries.count() == 2
    assert "No record has this address" in text_of(it.get(f"/people/{uid}/why/", {"record": "KH-0"}))
    assert "seller one sees this record" in text_of(
        it.get(f"/people/{person(office, 'seller one').uid}/why/", {"record": firm.number})
    )


@USER
def test_only_who_sets_the_organisation_up_asks_about_others(office: Office) -> None:
    uid = person(office, "seller two").uid
    for who in ("seller one", "lead two", "boss"):
        assert at_work(office, who, "en").get(f"/people/{uid}/why/").status_code == 403


@pytest.mark.requirement("SEC-04", proof="rule")
def test_the_explanation_says_what_the_page_does(office: Office) -> None:
    firm, kind = office.firm("seller one"), find("customers")
    assert kind is not None
    for who in office.people:
        client = at_work(office, who, "en")
        found = explaining.explain(office.viewer(who), person(office, who), kind, firm.pk)
        assert found.sees == (client.get(f"/customers/{firm.uid}/").status_code == 200), who
        assert found.may_edit == (client.get(f"/customers/{firm.uid}/edit/").status_code == 200), who
