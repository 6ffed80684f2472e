"""The customer's own door: invited, taken into use, signed in, kept apart from staff, closed."""

from __future__ import annotations

import datetime as dt
import logging
import re
from pathlib import Path

import pytest
from django.test import Client

from zhike.config.logs import WithoutLinks
from zhike.customers.services.contact import contact_create, contact_delete, contact_update
from zhike.customers.tests.office import Clock, Office, opened
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import viewer_of
from zhike.foundation.audit.models import Entry
from zhike.foundation.kit import clock
from zhike.foundation.policies import current
from zhike.foundation.records.testing import cases, signed_in, staff, text_of
from zhike.interfaces.portal import services
from zhike.interfaces.portal.models import FailedSignIn, PortalAccount
from zhike.interfaces.portal.policy import PortalPolicy

pytestmark = pytest.mark.django_db
PASSWORD, PHONE, MAIL = "eine lange Reise 7", "13812345678", "wang.lei@example.com"


@pytest.fixture
def office() -> Office:
    made = opened()
    Person.objects.update(must_change_password=False)
    return made


def an_account(owner: object) -> PortalAccount:
    from zhike.customers.tests.test_records import a_contact

    contact = a_contact(owner)  # type: ignore[arg-type]
    PortalAccount.objects.update(phone_blind=None)  # people of one phone are another test
    return services.account_invite(viewer=viewer_of(owner), customer=contact.customer.uid, contact=contact.uid)  # type: ignore[arg-type]


TestPortalAccounts = cases(
    "portal_accounts",
    make=an_account,
    allowed="customer_manager",
    denied="it_team",
    secrets=("诸葛静", "13987654321"),
)


def invited(office: Office) -> tuple[PortalAccount, str]:
    customer = office.human("manager one", name="王磊石", phone=PHONE, email=MAIL)
    viewer = office.viewer("manager one")
    account = services.account_invite(viewer=viewer, customer=customer.uid)
    return account, services.link_make(viewer=viewer, uid=account.uid)


def taken_into_use(office: Office) -> tuple[PortalAccount, Client]:
    account, token = invited(office)
    client = Client()
    client.post(f"/portal/welcome/{token}/", {"password": PASSWORD, "again": PASSWORD})
    return account, client


@pytest.mark.requirement("SERV-09", proof="user")
def test_a_customer_follows_the_invitation_sets_a_password_and_is_inside(office: Office) -> None:
    manager = signed_in(office.people["manager one"])
    customer = office.human("manager one", name="王磊石", phone=PHONE)

    assert manager.post("/portal_accounts/new/", {"customer": str(customer.uid)}).status_code == 302
    account = PortalAccount.objects.get()
    page = text_of(manager.post(f"/portal_accounts/{account.uid}/link/"))
    address = re.search(r'value="http://testserver(/portal/welcome/[^"]+)"', page)
    assert address is not None

    prospect = Client()
    assert "王**" in text_of(prospect.get(address[1]))
    assert prospect.post(address[1], {"password": PASSWORD, "again": "other"}).status_code == 422
    assert prospect.post(address[1], {"password": PASSWORD, "again": PASSWORD})["Location"] == "/portal/"
    assert prospect.get("/portal/").status_code == 200
    assert "王磊石" in text_of(prospect.get("/portal/me/")), "the own data is shown in full"
    assert Client().get(address[1]).status_code == 410, "a link works once"


@pytest.mark.parametrize("login", [PHONE, MAIL, f" {PHONE} "])
def test_phone_or_mail_and_password_open_the_door_again(office: Office, login: str) -> None:
    taken_into_use(office)
    client = Client()

    wrong = client.post("/portal/sign-in/", {"login": login, "password": "something else"})
    unknown = client.post("/portal/sign-in/", {"login": "13800000000", "password": PASSWORD})
    right = client.post(
        "/portal/sign-in/?next=/portal/me/", {"login": login, "password": PASSWORD, "next": "/portal/me/"}
    )

    assert (wrong.status_code, unknown.status_code) == (422, 422)
    assert right["Location"] == "/portal/me/"


@pytest.mark.parametrize(
    "target", ["https://evil.example/portal/", "//evil.example", "/customers/", "javascript:alert(1)"]
)
def test_the_door_leads_to_no_other_place(office: Office, target: str) -> None:
    taken_into_use(office)

    response = Client().post("/portal/sign-in/", {"login": PHONE, "password": PASSWORD, "next": target})

    assert response["Location"] == "/portal/"


def test_after_too_many_wrong_passwords_the_account_rests_and_then_opens(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken_into_use(office)
    rule = current(clock.now()).get(PortalPolicy)
    for _ in range(rule.tries_max):
        Client().post("/portal/sign-in/", {"login": PHONE, "password": "wrong"})

    assert Client().post("/portal/sign-in/", {"login": PHONE, "password": PASSWORD}).status_code == 429

    later = clock.now() + dt.timedelta(minutes=rule.lock_minutes, seconds=1)
    Clock(tmp_path / "clock", monkeypatch).at(later)
    assert Client().post("/portal/sign-in/", {"login": PHONE, "password": PASSWORD}).status_code == 302


@pytest.mark.requirement("SEC-06", proof="user")
@pytest.mark.parametrize("nobodys", ["13999999999", "nobody@example.com"])
def test_a_login_that_nobody_has_rests_like_an_account_and_in_the_same_words(office: Office, nobodys: str) -> None:
    taken_into_use(office)
    tries = current(clock.now()).get(PortalPolicy).tries_max

    def answers(login: str) -> list[tuple[int, str]]:
        found = []
        for _ in range(tries + 2):
            answer = Client().post("/portal/sign-in/", {"login": login, "password": "wrong"})
            found.append((answer.status_code, text_of(answer).replace(login, "…")))
        return found

    without_token = [
        [(status, re.sub(r"[A-Za-z0-9+/=_-]{16,}", "", words)) for status, words in answers(login)]
        for login in (PHONE, nobodys)
    ]
    assert without_token[0] == without_token[1]
    assert [status for status, _words in without_token[0]][-3:] == [422, 429, 429]
    assert Entry.objects.filter(action="portal.locked").count() == 2, "the same work is done"


def test_a_new_link_ends_the_rest(office: Office) -> None:
    account, _client = taken_into_use(office)
    for _ in range(current(clock.now()).get(PortalPolicy).tries_max):
        Client().post("/portal/sign-in/", {"login": PHONE, "password": "wrong"})

    token = services.link_make(viewer=office.viewer("manager one"), uid=account.uid)
    services.password_set(token=token, password=PASSWORD)

    assert Client().post("/portal/sign-in/", {"login": PHONE, "password": PASSWORD}).status_code == 302


def test_failures_are_kept_as_a_hash_and_forgotten(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Client().post("/portal/sign-in/", {"login": "13999999999", "password": "wrong"})
    assert b"13999999999" not in bytes(FailedSignIn.objects.get().login_blind)

    later = clock.now() + dt.timedelta(minutes=current(clock.now()).get(PortalPolicy).lock_minutes, seconds=1)
    Clock(tmp_path / "clock", monkeypatch).at(later)
    Client().post("/portal/sign-in/", {"login": "13888888888", "password": "wrong"})

    assert FailedSignIn.objects.count() == 1


@pytest.mark.requirement("SEC-06", proof="user")
def test_a_customer_of_the_portal_is_nobody_at_the_addresses_of_staff(office: Office) -> None:
    account, client = taken_into_use(office)

    for address in ("/", "/customers/", f"/customers/{account.customer.uid}/", "/audit/", "/policies/", "/tasks/"):
        assert client.get(address)["Location"].startswith("/accounts/login/"), address
    assert client.get("/api/v1/customers").status_code == 401
    assert client.post(f"/portal_accounts/{account.uid}/link/").status_code == 302


def test_staff_are_nobody_in_the_portal_and_one_session_is_never_both(office: Office) -> None:
    account, client = taken_into_use(office)
    manager = office.people["manager one"]

    assert signed_in(manager).get("/portal/")["Location"].startswith("/portal/sign-in/")
    client.force_login(manager)
    assert client.get("/portal/").status_code == 302, "who signs in as staff leaves the portal"
    client.post("/portal/sign-in/", {"login": PHONE, "password": PASSWORD})
    assert client.get("/portal/").status_code == 200
    assert client.get("/customers/").status_code == 302, "who signs in to the portal leaves the staff's side"
    assert account.customer_id


def test_closing_an_account_ends_its_sessions_at_once(office: Office) -> None:
    account, client = taken_into_use(office)
    account.refresh_from_db()
    manager = signed_in(office.people["manager one"])

    page = manager.post(
        f"/portal_accounts/{account.uid}/do/close/", {"version": account.version, "reason": "换了联系人"}
    )

    assert page.status_code == 302
    assert client.get("/portal/").status_code == 302
    assert Client().post("/portal/sign-in/", {"login": PHONE, "password": PASSWORD}).status_code == 422
    assert Entry.objects.filter(action="portal.close", object_id=account.pk).exists()


def test_a_newer_link_makes_the_older_one_worthless(office: Office) -> None:
    account, first = invited(office)
    second = services.link_make(viewer=office.viewer("manager one"), uid=account.uid)

    assert Client().get(f"/portal/welcome/{first}/").status_code == 410
    assert Client().get(f"/portal/welcome/{second}/").status_code == 200
    assert Client().get(f"/portal/welcome/{second}x/").status_code == 410


def test_a_browser_may_send_the_form_of_the_invitation_and_tells_its_address_to_no_other_host(office: Office) -> None:
    _account, token = invited(office)

    policy = Client().get(f"/portal/welcome/{token}/")["Referrer-Policy"]

    assert policy == "same-origin", "with no-referrer browsers send Origin: null, which the check against CSRF refuses"


def test_a_weak_password_is_refused_with_what_to_do(office: Office) -> None:
    _account, token = invited(office)

    response = Client().post(f"/portal/welcome/{token}/", {"password": "12345", "again": "12345"})

    assert response.status_code == 422
    assert "z-problem" in text_of(response)


def test_one_person_has_one_account_and_a_firm_needs_a_contact(office: Office) -> None:
    invited(office)
    manager = signed_in(office.people["manager one"])
    customer = PortalAccount.objects.get().customer
    firm = office.firm("manager one")

    again = manager.post("/portal_accounts/new/", {"customer": str(customer.uid)})
    without = manager.post("/portal_accounts/new/", {"customer": str(firm.uid)})

    assert again.status_code == 422
    assert without.status_code == 422
    assert PortalAccount.objects.count() == 1


def test_a_stranger_of_another_department_makes_no_link(office: Office) -> None:
    account, _token = invited(office)

    assert signed_in(office.people["seller two"]).post(f"/portal_accounts/{account.uid}/link/").status_code == 404
    assert signed_in(staff("it_team")).post(f"/portal_accounts/{account.uid}/link/").status_code == 403


@pytest.mark.requirement("SEC-06", proof="user")
def test_who_left_the_firm_comes_in_no_more_and_a_new_number_opens_the_door(office: Office) -> None:
    firm, viewer = office.firm("manager one"), office.viewer("manager one")
    contact = contact_create(viewer=viewer, customer_uid=firm.uid, name="王磊石", phone=PHONE)
    account = services.account_invite(viewer=viewer, customer=firm.uid, contact=contact.uid)
    client = Client()
    token = services.link_make(viewer=viewer, uid=account.uid)
    client.post(f"/portal/welcome/{token}/", {"password": PASSWORD, "again": PASSWORD})

    contact.refresh_from_db()
    contact_update(viewer=viewer, uid=contact.uid, version=contact.version, phone="13900001111")
    assert Client().post("/portal/sign-in/", {"login": PHONE, "password": PASSWORD}).status_code == 422
    assert Client().post("/portal/sign-in/", {"login": "13900001111", "password": PASSWORD}).status_code == 302
    contact_delete(viewer=viewer, uid=contact.uid)

    assert client.get("/portal/").status_code == 302
    assert Client().post("/portal/sign-in/", {"login": "13900001111", "password": PASSWORD}).status_code == 422


def test_who_was_locked_out_once_can_be_invited_again(office: Office) -> None:
    account, _token = invited(office)
    viewer = office.viewer("manager one")
    services.account_close(viewer=viewer, uid=account.uid, version=account.version, reason="换了联系人")

    again = services.account_invite(viewer=viewer, customer=account.customer.uid)

    assert again.pk != account.pk


def test_a_link_that_was_not_spent_stands_in_no_log(office: Office) -> None:
    line = logging.LogRecord("django.request", logging.WARNING, "", 0, "Bad: %s", ("/portal/welcome/abc:def/",), None)

    assert WithoutLinks().filter(line)
    assert "abc" not in line.getMessage()


def test_an_address_that_does_not_exist_leads_back_into_the_portal(client: Client) -> None:
    shown = client.get("/portal/nothing-here/")

    page = shown.content.decode().partition("<main")[2]
    assert shown.status_code == 404
    assert 'href="/portal/"' in page
    assert "/search/" not in page
    assert 'href="/search/' in client.get("/nothing-here/").content.decode()
