"""The door: sign-in, first passwords, one-time links, limits, and what the audit says of them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from zhike.foundation.access.models import Person
from zhike.foundation.access.people import person_add
from zhike.foundation.audit.models import Entry
from zhike.foundation.kit import clock
from zhike.foundation.records.testing import signed_in, staff, text_of
from zhike.interfaces.web import accounts

pytestmark = pytest.mark.django_db
PASSWORD = "eine lange Reise 7"


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def person() -> Person:
    made = person_add(username="chenmin", name="陈敏", post_codes=["customer_manager"], password=PASSWORD)
    Person.objects.filter(pk=made.pk).update(must_change_password=False)
    return made


def sign_in(client: Client, password: str = PASSWORD, name: str = "chenmin") -> int:
    return client.post("/accounts/login/", {"login": name, "password": password}).status_code


def actions() -> list[str]:
    return list(Entry.objects.order_by("id").values_list("action", flat=True))


@pytest.mark.requirement("SEC-06", proof="user")
def test_sign_in_by_name_leads_where_one_wanted_to_go(person: Person) -> None:
    client = Client()
    asked = client.get("/customers/?tier=high")
    assert asked.status_code == 302

    client.get(asked["Location"])
    response = client.post(
        asked["Location"], {"login": "chenmin", "password": PASSWORD, "next": "/customers/?tier=high"}
    )

    assert response["Location"] == "/customers/?tier=high"
    assert client.get("/customers/").status_code == 200
    assert actions()[-1] == "account.signed_in"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_sign_in_leads_to_no_other_place(person: Person, target: str) -> None:
    response = Client().post("/accounts/login/", {"login": "chenmin", "password": PASSWORD, "next": target})

    assert response["Location"] == "/"


def test_a_wrong_password_says_no_more_than_an_unknown_name(person: Person) -> None:
    wrong = Client(headers={"accept-language": "en"}).post("/accounts/login/", {"login": "chenmin", "password": "x"})
    unknown = Client(headers={"accept-language": "en"}).post("/accounts/login/", {"login": "nobody", "password": "x"})

    assert wrong.context["form"].errors == unknown.context["form"].errors
    assert actions()[-2:] == ["account.sign_in_failed"] * 2
    failed = Entry.objects.filter(action="account.sign_in_failed").order_by("id")
    assert [entry.object_id for entry in failed] == [person.pk, None]
    assert not any("nobody" in str(entry.after) for entry in failed)


def test_after_five_wrong_passwords_even_the_right_one_has_to_wait(person: Person) -> None:
    client = Client()
    for _ in range(5):
        assert sign_in(client, "wrong") == 200

    sign_in(client)

    assert client.get("/customers/").status_code == 302


def test_somebody_who_left_cannot_sign_in_and_is_out_at_once(person: Person) -> None:
    client = Client()
    assert sign_in(client) == 302
    assert client.get("/customers/").status_code == 200

    Person.objects.filter(pk=person.pk).update(is_active=False)

    assert client.get("/customers/").status_code == 302
    sign_in(Client())
    assert actions().count("account.signed_in") == 1


def test_nobody_can_register(person: Person) -> None:
    client = Client()

    response = client.post("/accounts/signup/", {"username": "x", "password1": PASSWORD})

    assert response.status_code == 200
    assert Person.objects.count() == 1


@pytest.mark.parametrize("address", ["/", "/customers/", "/me/", "/search/", "/tasks/"])
def test_a_first_password_is_replaced_before_anything_else(person: Person, address: str) -> None:
    Person.objects.filter(pk=person.pk).update(must_change_password=True)
    client = Client()
    sign_in(client)

    assert client.get(address)["Location"] == reverse("account_change_password")
    assert client.get(address, headers={"HX-Request": "true"})["HX-Redirect"] == reverse("account_change_password")
    assert client.get("/api/v1/customers").status_code == 403
    assert client.get("/accounts/password/change/").status_code == 200


def test_after_the_change_the_new_password_holds_and_the_old_does_not(person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(must_change_password=True)
    client = Client()
    sign_in(client)

    response = client.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": "noch eine Reise 8", "password2": "noch eine Reise 8"},
    )

    assert response["Location"] == "/"
    assert client.get("/customers/").status_code == 200
    assert sign_in(Client(), PASSWORD) == 200
    assert sign_in(Client(), "noch eine Reise 8") == 302
    assert "account.password_changed" in actions()


@pytest.mark.parametrize("password", ["short 1", "password123", "1234567890", "chenmin123"])
def test_weak_passwords_are_refused(person: Person, password: str) -> None:
    client = Client()
    sign_in(client)

    response = client.post(
        "/accounts/password/change/", {"oldpassword": PASSWORD, "password1": password, "password2": password}
    )

    assert response.status_code == 200
    assert response.context["form"].errors


def test_signing_out_ends_the_session_and_is_noted(person: Person) -> None:
    client = Client()
    sign_in(client)

    client.post("/accounts/logout/")

    assert client.get("/customers/").status_code == 302
    assert actions()[-1] == "account.signed_out"


# --- one-time links -------------------------------------------------------------------------------------------------


def test_a_one_time_link_asks_once_and_signs_in_once(person: Person) -> None:
    address = accounts.one_time_link(person)
    client = Client()

    assert "陈敏" in text_of(client.get(address))
    assert client.get("/customers/").status_code == 302
    assert client.post(address)["Location"] == "/"
    assert client.get("/customers/").status_code == 200
    assert actions()[-1] == "account.signed_in_by_link"

    assert Client().post(address).status_code == 410
    assert Client().get(address).status_code == 410


@pytest.mark.parametrize(("minutes", "status"), [(14, 302), (16, 410)])
def test_a_one_time_link_holds_for_fifteen_minutes(
    person: Person, minutes: int, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    address = accounts.one_time_link(person)
    later = time.time() + minutes * 60
    monkeypatch.setattr("django.core.signing.time.time", lambda: later)

    assert Client().post(address).status_code == status


def test_a_forged_link_and_one_for_somebody_who_left_do_not_work(person: Person) -> None:
    address = accounts.one_time_link(person)
    assert Client().post(address[:-3] + "xx/").status_code == 410

    Person.objects.filter(pk=person.pk).update(is_active=False)

    assert Client().post(address).status_code == 410


def test_who_came_by_link_chooses_a_password_without_knowing_the_old_one(person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(must_change_password=True)
    client = Client()
    client.post(accounts.one_time_link(person))

    response = client.post(
        "/accounts/password/change/", {"password1": "noch eine Reise 8", "password2": "noch eine Reise 8"}
    )

    assert response["Location"] == "/"
    assert client.get("/customers/").status_code == 200
    assert sign_in(Client(), "noch eine Reise 8") == 302


def test_without_a_link_the_old_password_is_asked_for(person: Person) -> None:
    client = Client()
    sign_in(client)

    client.post("/accounts/password/change/", {"password1": "noch eine Reise 8", "password2": "noch eine Reise 8"})

    assert sign_in(Client(), PASSWORD) == 302


def test_the_right_to_choose_a_password_by_link_runs_out(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client()
    client.post(accounts.one_time_link(person))
    later = clock.now() + dt.timedelta(minutes=16)
    monkeypatch.setattr(clock, "now", lambda: later)

    client.post("/accounts/password/change/", {"password1": "noch eine Reise 8", "password2": "noch eine Reise 8"})

    assert sign_in(Client(), PASSWORD) == 302


# --- security pages -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["mfa_add_webauthn", "mfa_activate_totp", "mfa_list_webauthn", "usersessions_list", "security", "me"]
)
def test_security_pages_open_in_both_languages(name: str) -> None:
    for language in ("zh-hans", "en"):
        person = staff("customer_manager", language=language)
        client = signed_in(person)
        response = client.get(reverse(name), follow=True)

        assert response.status_code == 200
        assert f'<html lang="{language}"' in text_of(response)


def test_the_offer_of_a_passkey_stands_on_the_home_page_until_later_is_said() -> None:
    client = signed_in(staff("customer_manager"))
    offer = reverse("security_later")

    assert offer in text_of(client.get("/"))
    assert offer not in text_of(client.get("/customers/"))
    client.post(offer)
    assert offer not in text_of(client.get("/"))
