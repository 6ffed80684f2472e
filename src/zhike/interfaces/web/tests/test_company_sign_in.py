"""Company sign-in against a provider that signs: who comes in, who does not, and what the audit says of both."""

from __future__ import annotations

import datetime as dt
import html
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.cache import cache
from django.test import Client

from zhike.foundation.access.models import Person
from zhike.foundation.access.people import viewer_of
from zhike.foundation.access.staff import person_deactivate
from zhike.foundation.audit.models import Entry
from zhike.foundation.kit import clock
from zhike.foundation.records.testing import signed_in, staff, text_of
from zhike.interfaces.api import pace
from zhike.interfaces.web.company import oidc
from zhike.interfaces.web.models import CompanyIdentity
from zhike.interfaces.web.tests.company_servers import CLIENT, SECRET, Provider, new_key

pytestmark = pytest.mark.django_db
KEY, OTHER_KEY = new_key(), new_key()
FILE = """
[company]
kind = "oidc"
name = "Lanshan account"
name_zh = "蓝杉账号"
issuer = "{url}"
client_id = "{client}"
secret_file = "{secret}"
{more}
"""


@pytest.fixture(autouse=True)
def fresh(settings: Any) -> Iterator[None]:
    settings.EGRESS_ALLOW = ("127.0.0.0/8",)
    cache.clear()
    pace.forget()
    oidc._KEPT.clear()
    yield
    oidc._KEPT.clear()


@pytest.fixture
def provider() -> Iterator[Provider]:
    server = Provider(KEY)
    yield server
    server.close()


@pytest.fixture
def person() -> Person:
    made = staff("customer_manager")
    Person.objects.filter(pk=made.pk).update(email="chenmin@example.com")
    made.refresh_from_db()
    return made


@pytest.fixture(autouse=True)
def offered(settings: Any, tmp_path: Path, provider: Provider) -> Any:
    (tmp_path / "secret").write_text(f"{SECRET}\n", encoding="utf-8")

    def offer(more: str = "") -> None:
        text = FILE.format(url=provider.url, client=CLIENT, secret=tmp_path / "secret", more=more)
        place = tmp_path / f"services-{len(more)}.toml"
        place.write_text(text, encoding="utf-8")
        settings.SIGN_IN_FILE = str(place)

    offer()
    return offer


def english() -> Client:
    return Client(headers={"accept-language": "en"})


def sent(client: Client, provider: Provider, **said: str) -> dict[str, str]:
    """Leave for the provider; the parameters with which the browser comes there."""
    page = client.post("/accounts/company/company/", said)
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', text_of(page))
    assert found, text_of(page)
    address = urlsplit(html.unescape(found[1]))
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{provider.url}/authorize"
    provider.left = {key: values[0] for key, values in parse_qs(address.query).items()}
    return provider.left


def returned(client: Client, provider: Provider, **other: str) -> Any:
    return client.get("/accounts/company/company/back/", {"code": "good", "state": provider.left["state"], **other})


def came(client: Client, provider: Provider, **said: str) -> Any:
    sent(client, provider, **said)
    return returned(client, provider)


def is_in(client: Client) -> bool:
    return client.get("/me/").status_code == 200


def last() -> Entry:
    entry = Entry.objects.order_by("id").last()
    assert entry is not None
    return entry


def refused_for(response: Any) -> str:
    """What the audit says; nobody came in and nobody was bound."""
    assert response.status_code in (403, 502)
    assert not is_in(response.client)
    assert not CompanyIdentity.objects.exists()
    assert last().action == "account.company_refused"
    return str(json.loads(last().after)["why"])


@pytest.mark.requirement("SEC-06", proof="user")
def test_staff_sign_in_with_the_company_account_and_come_where_they_wanted(person: Person, provider: Provider) -> None:
    client = english()
    assert "Sign in with Lanshan account" in text_of(client.get("/accounts/login/?next=/customers/"))
    assert "用蓝杉账号登录" in text_of(Client(headers={"accept-language": "zh-hans"}).get("/accounts/login/"))

    response = came(client, provider, next="/customers/?tier=high")

    assert response["Location"] == "/customers/?tier=high"
    assert is_in(client)
    assert provider.left["redirect_uri"].endswith("/accounts/company/company/back/")
    assert [*Entry.objects.order_by("id").values_list("action", flat=True)][-2:] == [
        "account.identity_bound", "account.signed_in_by_company",
    ]  # fmt: skip
    assert last().object_id == person.pk
    assert json.loads(last().after) == {"service": "company"}


def test_the_bound_subject_counts_afterwards_whatever_its_address(person: Person, provider: Provider) -> None:
    came(english(), provider)
    provider.claims = {"sub": "u-1", "email": "another@example.com", "email_verified": False}

    client = english()
    came(client, provider)

    assert is_in(client)
    assert CompanyIdentity.objects.get().person_id == person.pk


def test_an_address_serves_to_find_somebody_once(person: Person, provider: Provider) -> None:
    came(english(), provider)
    provider.claims["sub"] = "u-2"

    response = came(english(), provider)

    assert response.status_code == 403
    assert json.loads(last().after)["why"] == "unknown bound_before"
    assert not is_in(response.client)


LIES: dict[str, tuple[dict[str, Any], str]] = {
    "another attempt": ({"nonce": "of another attempt"}, "bad_token nonce"),
    "another client": ({"aud": "another"}, "bad_token InvalidAudienceError"),
    "several clients": ({"aud": [CLIENT, "another"], "azp": "another"}, "bad_token azp"),
    "another issuer": ({"iss": "https://id.example.com"}, "bad_token InvalidIssuerError"),
    "over": ({"exp": int(time.time()) - 120}, "bad_token ExpiredSignatureError"),
    "no end": ({"exp": None}, "bad_token MissingRequiredClaimError"),
    "nobody": ({"sub": ""}, "bad_token nonce"),
    "unverified": ({"email_verified": False}, "unknown not_bound"),
    "unsaid": ({"email_verified": None}, "unknown not_bound"),
    "no address": ({"email": ""}, "unknown not_bound"),
    "unknown": ({"email": "nobody@example.com"}, "unknown nobody"),
}


@pytest.mark.requirement("SEC-06", proof="user")
@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_is_not_right_lets_nobody_in(person: Person, provider: Provider, lie: str) -> None:
    claims, why = LIES[lie]
    provider.claims.update(claims)
    if claims.get("exp", 0) is None:
        provider.mint = _without("exp", provider)  # type: ignore[method-assign]

    assert refused_for(came(english(), provider)) == why


def _without(name: str, provider: Provider) -> Any:
    def mint() -> str:
        claims = {"iss": provider.issuer, "aud": CLIENT, "iat": int(time.time()), "nonce": provider.left["nonce"]}
        kept = {key: value for key, value in {**claims, **provider.claims}.items() if key != name}
        return jwt.encode(kept, provider.key, algorithm="RS256", headers={"kid": provider.kid})

    return mint


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_token_that_nobody_signed_lets_nobody_in(person: Person, provider: Provider, algorithm: str) -> None:
    provider.algorithm = algorithm

    assert refused_for(came(english(), provider)) == "bad_token algorithm"


def test_a_token_signed_with_another_key_lets_nobody_in(person: Person, provider: Provider) -> None:
    client = english()
    sent(client, provider)
    forged = _signed_by(OTHER_KEY, provider)
    provider.mint = lambda **_other: forged  # type: ignore[method-assign]

    assert refused_for(returned(client, provider)) == "bad_token InvalidSignatureError"


def _signed_by(key: rsa.RSAPrivateKey, provider: Provider) -> str:
    real, provider.key = provider.key, key
    try:
        return provider.mint()
    finally:
        provider.key = real


def test_a_provider_may_change_its_key(person: Person, provider: Provider) -> None:
    came(english(), provider)
    provider.key, provider.kid = OTHER_KEY, "second"

    client = english()
    came(client, provider)

    assert is_in(client)


@pytest.mark.requirement("SEC-06", proof="user")
def test_an_answer_counts_once_in_its_browser_and_for_ten_minutes(
    person: Person, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = english()
    sent(client, provider)
    assert refused_for(returned(client, provider, state="made up")) == "expired"
    assert refused_for(returned(english(), provider)) == "expired"
    now = clock.now()
    with monkeypatch.context() as later:
        later.setattr(clock, "now", lambda: now + dt.timedelta(minutes=11))
        assert refused_for(returned(client, provider)) == "expired"
    assert refused_for(returned(client, provider)) == "expired", "it was used up"
    assert not any(path == "/token" for path, _said, _headers in provider.asked)


def test_an_answer_of_another_issuer_is_not_taken(person: Person, provider: Provider) -> None:
    client = english()
    sent(client, provider)

    assert refused_for(returned(client, provider, iss="https://evil.example")) == "bad_token issuer_of_answer"


def test_who_says_no_there_is_not_signed_in(person: Person, provider: Provider) -> None:
    client = english()
    sent(client, provider)

    response = returned(client, provider, error="access_denied")

    assert refused_for(response) == "denied"
    assert "called off" in text_of(response)


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_company_sign_in_leads_to_no_other_place(person: Person, provider: Provider, target: str) -> None:
    assert came(english(), provider, next=target)["Location"] == "/"


@pytest.mark.requirement("SEC-06", proof="user")
def test_somebody_who_left_is_refused_and_what_was_connected_ended(person: Person, provider: Provider) -> None:
    came(english(), provider)
    person_deactivate(viewer=viewer_of(staff("it_team")), uid=person.uid, version=person.version)
    assert CompanyIdentity.objects.get().ended_at is not None

    response = came(english(), provider)

    assert response.status_code == 403
    assert not is_in(response.client)
    assert json.loads(last().after)["why"] == "unknown inactive"
    assert last().object_id == person.pk
    assert "Nobody here is connected" in text_of(response), "no more than a stranger is told"
    CompanyIdentity.objects.update(ended_at=None)
    assert came(english(), provider).status_code == 403


def test_an_address_of_two_people_tells_nobody(person: Person, provider: Provider) -> None:
    Person.objects.filter(pk=staff("legal").pk).update(email="ChenMin@example.com")

    assert refused_for(came(english(), provider)) == "unknown shared_email"


def test_addresses_find_nobody_where_that_is_switched_off(person: Person, provider: Provider, offered: Any) -> None:
    offered("matches_email = false")

    assert refused_for(came(english(), provider)) == "unknown not_bound"


def test_the_address_may_stand_at_the_other_desk_of_the_provider(person: Person, provider: Provider) -> None:
    provider.claims = {"sub": "u-1"}
    provider.about = {"sub": "somebody else", "email": "chenmin@example.com", "email_verified": True}
    assert refused_for(came(english(), provider)) == "unknown not_bound"

    provider.about["sub"] = "u-1"
    client = english()
    came(client, provider)

    assert is_in(client)


@pytest.mark.requirement("SEC-06", proof="user")
@pytest.mark.parametrize(("trusts", "amr", "is_asked"), [
    ("false", ["pwd", "mfa"], True), ("true", ["pwd"], True), ("true", "mfa", True), ("true", ["pwd", "mfa"], False),
])  # fmt: skip
def test_a_second_factor_is_asked_for_unless_the_one_there_is_trusted(
    person: Person, provider: Provider, offered: Any, trusts: str, amr: Any, is_asked: bool
) -> None:
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": "x"})
    offered(f"trusts_second_factor = {trusts}")
    provider.claims["amr"] = amr

    client = english()
    response = came(client, provider)

    assert (response["Location"] == "/accounts/2fa/authenticate/") is is_asked
    assert is_in(client) is not is_asked


def test_a_provider_that_is_down_is_said_to_be(person: Person, provider: Provider) -> None:
    provider.is_down = True

    response = english().post("/accounts/company/company/")

    assert response.status_code == 502
    assert "does not answer" in text_of(response)
    assert refused_for(response) == "no_answer http_503"


def test_a_provider_that_calls_itself_otherwise_is_not_asked(person: Person, provider: Provider) -> None:
    provider.issuer = "https://another.example"

    assert refused_for(english().post("/accounts/company/company/")) == "no_answer issuer"


@pytest.mark.requirement("SEC-06", proof="user")
def test_one_connects_and_disconnects_an_account_under_security(person: Person, provider: Provider) -> None:
    provider.claims = {"sub": "u-1"}
    client = signed_in(person)
    client.post("/shell/language/", {"language": "en"})
    assert "not connected" in text_of(client.get("/me/security/"))
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()

    assert came(client, provider, act="connect")["Location"] == "/me/security/"
    identity = CompanyIdentity.objects.get(ended_at=None)
    assert "connected since" in text_of(client.get("/me/security/"))
    assert is_in(came(english(), provider).client)

    client.post(f"/accounts/company/connections/{identity.uid}/end/")
    assert last().action == "account.identity_ended"
    assert "not connected" in text_of(client.get("/me/security/"))
    response = came(english(), provider)
    assert response.status_code == 403
    assert not is_in(response.client)


def test_connecting_asks_who_one_is_when_that_was_long_ago(person: Person, provider: Provider) -> None:
    person.set_password("eine lange Reise 7")
    person.save()
    response = signed_in(person).post("/accounts/company/company/", {"act": "connect"})

    assert response["Location"].startswith("/accounts/reauthenticate/")
    assert english().post("/accounts/company/company/", {"act": "connect"})["Location"] == "/accounts/login/"


def test_what_another_person_has_is_neither_taken_nor_ended(person: Person, provider: Provider) -> None:
    came(english(), provider)
    other = staff("legal")
    client = signed_in(other)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session["account_authentication_methods_user"] = str(other.pk)
    session.save()

    assert came(client, provider, act="connect").status_code == 403
    assert json.loads(last().after)["why"] == "taken"
    identity = CompanyIdentity.objects.get()
    assert client.post(f"/accounts/company/connections/{identity.uid}/end/").status_code == 404
    assert CompanyIdentity.objects.get().person_id == person.pk


def test_a_first_password_is_replaced_without_knowing_it(person: Person, provider: Provider) -> None:
    person.set_password("given by somebody 1")
    person.must_change_password = True
    person.save()

    client = english()
    came(client, provider)

    assert client.get("/customers/")["Location"] == "/accounts/password/change/"
    assert "oldpassword" not in text_of(client.get("/accounts/password/change/"))
