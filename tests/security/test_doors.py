"""Sign-in, sessions and links as a stranger would try them."""

import pytest
from django.test import Client
from django.urls import reverse

from zhike.foundation.access.models import Person
from zhike.foundation.records.testing import signed_in, staff
from zhike.interfaces.web.accounts import one_time_link

pytestmark = pytest.mark.django_db
ELSEWHERE = [
    "//evil.example",
    "https://evil.example/",
    "javascript:alert(1)",
    "/\\evil.example",
    "http:///evil.example",
]

NEW = {"password1": "noch eine 8 Reise", "password2": "noch eine 8 Reise"}


def by_link(person, **values):
    """A browser that came in by a one-time link."""
    client = Client()
    client.response = client.post(one_time_link(person), values)
    return client


@pytest.mark.parametrize("address", ELSEWHERE)
def test_nobody_is_sent_elsewhere(address):
    person = staff("sales_specialist")
    for answer in (
        by_link(person, next=address).response,
        signed_in(person).post("/shell/theme/", {"theme": "dark", "next": address}),
        signed_in(person).post("/shell/language/", {"language": "en", "next": address}),
        signed_in(person).post("/shell/theme/", {"theme": "dark"}, headers={"Referer": address}),
        signed_in(person).post("/customers/columns/", {"reset": "1", "next": address}),
        signed_in(person).get("/accounts/login/", {"next": address}),
    ):
        assert answer.status_code == 302
        assert answer["Location"] in ("/", "/customers/"), answer["Location"]


def test_a_session_starts_anew_at_sign_in():
    """Who planted a session identifier before does not own the session after."""
    person = staff("sales_specialist")
    client = Client()
    client.get("/accounts/login/")
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["sessionid"] = session.session_key

    client.post(one_time_link(person))

    assert client.session.session_key != session.session_key
    assert not Client(headers={"Cookie": f"sessionid={session.session_key}"}).get("/me/").wsgi_request.viewer


def test_a_link_works_once_for_its_person_and_unchanged():
    person, link = staff("sales_specialist"), one_time_link(staff("management"))

    assert Client().get(link).status_code == 200
    assert Client().post(link).status_code == 302
    assert Client().post(link).status_code == 410
    for changed in (one_time_link(person)[:-3] + "xx/", one_time_link(person).replace(":", ""), "/accounts/link/x/"):
        answer = Client().post(changed)
        assert answer.status_code == 410
        assert not answer.wsgi_request.user.is_authenticated


def test_a_link_of_somebody_who_left_opens_nothing():
    person = staff("sales_specialist")
    link = one_time_link(person)
    Person.objects.filter(pk=person.pk).update(is_active=False)

    assert Client().post(link).status_code == 410


@pytest.mark.requirement("SEC-06", proof="user")
def test_the_sessions_of_somebody_who_left_end_at_once():
    person = staff("sales_specialist")
    client = signed_in(person)
    assert client.get("/customers/").status_code == 200

    Person.objects.filter(pk=person.pk).update(is_active=False)

    assert client.get("/customers/")["Location"].startswith("/accounts/login/")
    assert client.get("/api/v1/customers").status_code == 401


def test_somebody_without_a_post_reads_no_area():
    person = staff("sales_specialist")
    person.holdings.all().delete()
    client = signed_in(person)

    assert client.get("/").status_code == 200
    for code in ("customers", "contacts", "orders", "tickets", "complaints", "contracts", "warnings", "interactions"):
        assert client.get(f"/{code}/").status_code == 403
        assert client.get(f"/api/v1/{code}").status_code == 403


def test_a_first_password_may_be_chosen_as_long_as_there_is_none():
    """Who came by a link and waited must not be sent in circles."""
    person = staff("sales_specialist")
    person.set_unusable_password()
    person.must_change_password = True
    person.save()
    client = by_link(person)
    session = client.session
    del session["password_without_old_until"]
    session.save()

    page = client.get(client.get("/customers/")["Location"])
    chosen = client.post(reverse("account_change_password"), NEW)

    assert page.status_code == 200
    assert chosen["Location"] == "/"
    assert client.get("/customers/").status_code == 200


def test_an_old_password_is_asked_for_where_there_is_one():
    person = staff("sales_specialist")
    person.set_password("a first journey 7")
    person.save()
    client = signed_in(person)

    page = client.get(reverse("account_change_password"))
    client.post(reverse("account_change_password"), NEW)

    assert 'name="oldpassword"' in page.content.decode()
    assert Person.objects.get(pk=person.pk).check_password("a first journey 7")


@pytest.mark.parametrize("address", ["/", "/customers/", "/api/v1/customers", "/customers/export.csv", "/me/", "/nope"])
def test_nothing_of_a_person_is_stored_by_browser_or_proxy(address):
    answer = signed_in(staff("sales_specialist")).get(address)

    assert "no-store" in answer["Cache-Control"]


def test_every_write_asks_for_the_token_of_the_page():
    person = staff("customer_manager")
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)

    for address in ("/customers/new/", "/customers/views/", "/customers/columns/", "/shell/language/"):
        assert client.post(address, {"title": "x"}).status_code == 403, address
    for address in ("/api/v1/customers", "/api/v1/interactions", "/api/v1/contacts"):
        answer = client.post(address, {"kind": "firm", "name": "x"}, content_type="application/json")
        assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")


def test_a_foreign_name_of_the_host_is_refused():
    assert Client(headers={"Host": "evil.example"}).get("/accounts/login/").status_code == 400


@pytest.mark.parametrize(
    ("peer", "said", "believed"),
    [
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),  # somebody who is no proxy of ours
        ("10.0.0.2", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.2", "6.6.6.6, 198.51.100.1", "198.51.100.1"),  # what stands before was sent by the client
        ("10.0.0.2", "", "10.0.0.2"),
        ("10.0.0.2", "'; drop table", "10.0.0.2"),
    ],
)
def test_only_our_own_proxy_says_for_whom_it_asks(settings, peer, said, believed):
    from zhike.foundation.audit.models import Entry

    settings.PROXIES = frozenset({"10.0.0.2"})
    Client(REMOTE_ADDR=peer, headers={"X-Forwarded-For": said}).post(
        "/accounts/login/", {"login": "nobody", "password": "x"}
    )

    assert Entry.objects.get(action="account.sign_in_failed").address == believed


def test_wrong_passwords_are_limited():
    person = staff("sales_specialist")
    person.set_password("a first journey 7")
    person.save()
    client = Client(REMOTE_ADDR="198.51.100.77")
    for number in range(12):
        client.post("/accounts/login/", {"login": person.username, "password": f"wrong {number}"})

    client.post("/accounts/login/", {"login": person.username, "password": "a first journey 7"})

    assert "_auth_user_id" not in client.session
