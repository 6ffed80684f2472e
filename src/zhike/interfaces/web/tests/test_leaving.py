"""Somebody leaves: one page hands everything over; a killed worker repeats nothing and leaves nothing out."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from zhike.customers.models import Customer
from zhike.customers.tests.office import Office, deliver, opened
from zhike.foundation import jobs
from zhike.foundation.access import leaving
from zhike.foundation.access.models import Leaving, Person
from zhike.foundation.access.staff import person_reactivate
from zhike.foundation.audit.models import Entry
from zhike.foundation.kit import clock
from zhike.foundation.obligations.models import Duty
from zhike.foundation.records.models import SavedView
from zhike.foundation.records.testing import signed_in, text_of
from zhike.interfaces.api.tokens import token_create
from zhike.interfaces.web import feeds
from zhike.win.models import Opportunity
from zhike.win.tests.deals import a_deal, with_more_posts
from zhike.win.tests.pages import at_work

pytestmark = pytest.mark.django_db
USER = pytest.mark.requirement("PLAT-12", proof="user")


@pytest.fixture
def office(db: None) -> Office:
    made = with_more_posts(opened())
    Person.objects.update(must_change_password=False)
    return made


def person(office: Office, who: str) -> Person:
    return Person.objects.get(pk=office.person(who))


def owning(office: Office) -> dict[str, Any]:
    """A seller with customers, a deal, a duty, a shared view, a token, a calendar and an open session."""
    firms = [office.firm("seller one") for _ in range(3)]
    deal = a_deal(person(office, "seller one"))
    now = clock.now()
    duty = Duty.objects.create(
        code="B-18", customer_id=firms[0].pk, subject_kind="customer", subject_id=firms[0].pk,
        person_id=office.person("seller one"), started_at=now, remind_at=now, due_at=now + dt.timedelta(days=1),
        started_by="00000000-0000-7000-8000-000000000001",
    )  # fmt: skip
    view = SavedView.objects.create(person=person(office, "seller one"), code="customers", title="重点", is_shared=True)
    _token, secret = token_create(viewer=office.viewer("seller one"), name="报表", expires_on=clock.today())
    calendar = feeds.feed_make(viewer=office.viewer("seller one"))
    return {"firms": firms, "deal": deal, "duty": duty, "view": view, "secret": secret, "calendar": calendar}


def ask(client: Client, office: Office, act: str, **to: str) -> Any:
    leaver = person(office, "seller one")
    page = client.get(f"/people/{leaver.uid}/leaving/")
    chosen = {f"to_{estate.code}": str(person(office, "lead one").uid) for estate, _n in leaving.owned_by(leaver.pk)}
    chosen |= {f"to_{code}": str(person(office, who).uid) for code, who in to.items()}
    assert page.status_code == 200
    values = {"act": act, "version": leaver.version, "reason": "个人发展", **chosen}
    return client.post(f"/people/{leaver.uid}/leaving/", values)


@USER
def test_it_hands_everything_over_and_the_report_says_what_passed_to_whom(office: Office) -> None:
    owned = owning(office)
    it, leaver = at_work(office, "it", "en"), signed_in(person(office, "seller one"))
    assert leaver.get("/").status_code == 200
    listed = text_of(it.get(f"/people/{person(office, 'seller one').uid}/leaving/"))
    for word in ("Customers", "Opportunities", "Duties", "Shared views", "Tokens for programs", "Calendar addresses"):
        assert word in listed
    assert "员工lead one" in listed  # the superior is suggested

    shown = text_of(ask(it, office, "preview", **{"win.opportunity": "other one"}))
    assert "2. What would pass to whom" in shown
    assert person(office, "seller one").is_active
    done = ask(it, office, "carry_out", **{"win.opportunity": "other one"})

    made = Leaving.objects.get()
    assert done["Location"] == f"/leavings/{made.uid}/"
    assert leaver.get("/")["Location"].startswith("/accounts/login/")
    assert Client(headers={"Authorization": f"Bearer {owned['secret']}"}).get("/api/v1/customers").status_code == 401
    assert Client().get(f"/calendar/{owned['calendar']}.ics").status_code == 404
    owned["duty"].refresh_from_db()
    assert owned["duty"].person_id == office.person("lead one")
    assert "Passing on" in text_of(it.get(f"/leavings/{made.uid}/"))

    while jobs.run_due():
        deliver()
    deliver()

    report = text_of(it.get(f"/leavings/{made.uid}/"))
    assert 'class="z-signs"' in report
    assert "Everything has passed" in report
    assert "个人发展" in report
    assert not leaving.owned_by(office.person("seller one"))
    assert Opportunity.objects.get(pk=owned["deal"].pk).owner_id == office.person("other one")
    assert set(Customer.objects.filter(pk__in=[f.pk for f in owned["firms"]]).values_list("owner_id", flat=True)) == {
        office.person("lead one")
    }
    owned["view"].refresh_from_db()
    assert owned["view"].person_id == office.person("lead one")
    assert Entry.objects.filter(action="person.deactivate", actor_id=office.person("it")).exists()


@pytest.mark.requirement("PLAT-12", proof="rule")
def test_a_worker_killed_between_two_pieces_repeats_nothing_and_leaves_nothing_out(office: Office) -> None:
    owning(office)
    ask(at_work(office, "it", "en"), office, "carry_out")
    made = Leaving.objects.get()
    counted = dict(made.owned)
    first = leaving.codes_of(made)[0]
    leaving.carry_out(made.pk, first)  # done, and the worker is gone before it could say so

    while jobs.run_due():
        deliver()

    made.refresh_from_db()
    assert made.passed == counted
    assert made.finished_at is not None


@USER
def test_nobody_is_left_out_and_nobody_takes_what_they_could_not_see(office: Office) -> None:
    owning(office)
    it, leaver = at_work(office, "it", "en"), person(office, "seller one")
    wrong = ask(it, office, "carry_out", customers="it")
    assert wrong.status_code == 422
    assert "do not include these records" in text_of(wrong)
    nobody = it.post(f"/people/{leaver.uid}/leaving/", {"act": "carry_out", "version": leaver.version})
    assert nobody.status_code == 422
    leaver.refresh_from_db()
    assert leaver.is_active
    assert not Leaving.objects.exists()


@USER
def test_the_account_can_be_opened_again_and_own_leaving_is_somebody_elses_matter(office: Office) -> None:
    it = at_work(office, "it", "en")
    leaver = person(office, "market")
    it.post(f"/people/{leaver.uid}/leaving/", {"act": "carry_out", "version": leaver.version})
    leaver.refresh_from_db()
    assert not leaver.is_active
    person_reactivate(viewer=office.viewer("it"), uid=leaver.uid, version=leaver.version)
    own = person(office, "it")
    assert it.post(f"/people/{own.uid}/leaving/", {"act": "carry_out", "version": own.version}).status_code == 403
