"""Sign-in by WeCom, DingTalk and Feishu, against a server that speaks as they document; the file that offers them."""

from __future__ import annotations

import html
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache
from django.test import Client

from zhike.foundation.access.models import Person
from zhike.foundation.access.people import viewer_of
from zhike.foundation.audit.models import Entry
from zhike.foundation.records.testing import signed_in, staff, text_of
from zhike.interfaces.api import pace
from zhike.interfaces.web.company import services, tokens
from zhike.interfaces.web.company.binding import identity_bind
from zhike.interfaces.web.company.protocols import Claim
from zhike.interfaces.web.models import CompanyIdentity
from zhike.interfaces.web.tests.company_servers import CLIENT, SECRET, Suite

pytestmark = pytest.mark.django_db
FILE = """
[wecom]
kind = "wecom"
client_id = "{client}"
agent_id = "1000002"
secret_file = "{secret}"
api_url = "{url}"

[dingtalk]
kind = "dingtalk"
client_id = "{client}"
tenant = "ding-ours"
secret_file = "{secret}"
api_url = "{url}"

[feishu]
kind = "feishu"
client_id = "{client}"
tenant = "ding-ours"
secret_file = "{secret}"
api_url = "{url}"
"""
LEADS = {
    "wecom": ("https://login.work.weixin.qq.com/wwlogin/sso/login",
              {"login_type": "CorpApp", "appid": CLIENT, "agentid": "1000002", "lang": "zh"}),
    "dingtalk": ("https://login.dingtalk.com/oauth2/auth",
                 {"client_id": CLIENT, "response_type": "code", "scope": "openid corpid", "prompt": "consent"}),
    "feishu": ("https://accounts.feishu.cn/open-apis/authen/v1/authorize",
               {"client_id": CLIENT, "response_type": "code", "code_challenge_method": "S256"}),
}  # fmt: skip
CODE = {"wecom": "code", "dingtalk": "authCode", "feishu": "code"}


@pytest.fixture(autouse=True)
def suite(settings: Any, tmp_path: Path) -> Iterator[Suite]:
    settings.EGRESS_ALLOW = ("127.0.0.0/8",)
    cache.clear()
    pace.forget()
    tokens.forget()
    server = Suite()
    (tmp_path / "secret").write_text(SECRET, encoding="utf-8")
    place = tmp_path / "services.toml"
    place.write_text(FILE.format(url=server.url, client=CLIENT, secret=tmp_path / "secret"), encoding="utf-8")
    settings.SIGN_IN_FILE = str(place)
    yield server
    server.close()


@pytest.fixture
def person() -> Person:
    made = staff("service_representative")
    Person.objects.filter(pk=made.pk).update(email="chenmin@example.com")
    made.refresh_from_db()
    return made


def chinese() -> Client:
    return Client(headers={"accept-language": "zh-hans"})


def came(client: Client, code: str, given: str = "good", **said: str) -> Any:
    page = client.post(f"/accounts/company/{code}/", said)
    found = re.search(r'content="0; url=([^"]+)"', text_of(page))
    assert found
    address = urlsplit(html.unescape(found[1]))
    query = {key: values[0] for key, values in parse_qs(address.query).items()}
    place, wanted = LEADS[code]
    assert f"{address.scheme}://{address.netloc}{address.path}" == place
    assert wanted.items() <= query.items()
    assert query["redirect_uri"].endswith(f"/accounts/company/{code}/back/")
    return client.get(f"/accounts/company/{code}/back/", {CODE[code]: given, "state": query["state"]})


def is_in(client: Client) -> bool:
    return client.get("/me/").status_code == 200


def why() -> str:
    entry = Entry.objects.order_by("id").last()
    assert entry is not None
    assert entry.action == "account.company_refused"
    return str(json.loads(entry.after)["why"])


def connect(person: Person, code: str) -> Any:
    client = signed_in(person)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    return came(client, code, act="connect")


@pytest.mark.requirement("SEC-06", proof="user")
@pytest.mark.parametrize("code", LEADS)
def test_who_connected_it_signs_in_by_it_and_nobody_else_does(person: Person, suite: Suite, code: str) -> None:
    stranger = came(chinese(), code)
    assert stranger.status_code == 403
    assert why() == "unknown not_bound"
    assert "没有人与此账号关联" in text_of(stranger)

    assert connect(person, code)["Location"] == "/me/security/"
    client = chinese()
    came(client, code)

    assert is_in(client)
    suite.member = "somebody else"
    assert not is_in(came(chinese(), code).client)


@pytest.mark.parametrize("code", LEADS)
def test_a_code_that_the_service_does_not_know_lets_nobody_in(person: Person, code: str) -> None:
    connect(person, code)

    response = came(chinese(), code, given="made up")

    assert response.status_code == 502
    assert not is_in(response.client)
    assert why().startswith("no_answer")


def test_the_buttons_say_whose_account_is_meant(person: Person) -> None:
    page = text_of(chinese().get("/accounts/login/"))

    assert all(f"用{name}登录" in page for name in ("企业微信", "钉钉", "飞书"))


def test_only_the_address_that_the_enterprise_gave_finds_somebody(person: Person, suite: Suite) -> None:
    assert came(chinese(), "feishu").status_code == 403, "a private address is its owner's own word"
    suite.email = "chenmin@example.com"

    client = chinese()
    came(client, "feishu")

    assert is_in(client)


@pytest.mark.parametrize("code", ["dingtalk", "feishu"])
def test_people_of_another_enterprise_stay_outside(person: Person, suite: Suite, code: str) -> None:
    connect(person, code)
    suite.tenant = "ding-another"

    assert not is_in(came(chinese(), code).client)
    assert why() == "unknown another_enterprise"


def test_codes_and_tokens_may_be_as_long_as_wecom_makes_them(person: Person) -> None:
    connect(person, "wecom")

    assert is_in(came(chinese(), "wecom", given=f"good{'x' * 508}").client)


def test_who_is_no_member_stays_outside(person: Person, suite: Suite) -> None:
    suite.member = ""

    assert not is_in(came(chinese(), "wecom").client)
    assert why() == "unknown not_a_member"


def test_the_token_of_the_application_is_asked_for_once_until_it_is_stale(person: Person, suite: Suite) -> None:
    connect(person, "wecom")
    assert is_in(came(chinese(), "wecom").client)
    assert suite.tokens == 1

    suite.stale = "t1"

    assert is_in(came(chinese(), "wecom").client)
    assert suite.tokens == 2


def test_a_person_has_one_account_at_a_service(person: Person) -> None:
    found = services.services()["wecom"]
    for subject in ("old", "new", "new"):
        identity_bind(viewer=viewer_of(person), service=found, claim=Claim("wecom:zhike", subject))

    assert CompanyIdentity.objects.get(ended_at=None).subject == "new"
    assert CompanyIdentity.objects.count() == 2


FAULTS = {
    "no TOML": "[a",
    "there is no such": '[a]\nkind = "oidc"\nissuer = "https://a.example"\nclient_id = "z"\nsecret = "x"',
    "lacks issuer": '[a]\nkind = "oidc"\nclient_id = "z"',
    "kind: one of": '[a]\nkind = "saml"',
    "true or false": '[a]\nkind = "oidc"\nissuer = "https://a.example"\nclient_id = "z"\nmatches_email = "yes"',
    "one table a service": '["Ä/.."]\nkind = "oidc"',
    "/nowhere": '[a]\nkind = "oidc"\nissuer = "https://a.example"\nclient_id = "z"\nsecret_file = "/nowhere"',
}


@pytest.mark.parametrize("words", FAULTS)
def test_a_file_that_cannot_be_used_is_named_and_password_sign_in_stays(
    settings: Any, tmp_path: Path, words: str
) -> None:
    (tmp_path / "wrong.toml").write_text(FAULTS[words], encoding="utf-8")
    settings.SIGN_IN_FILE = str(tmp_path / "wrong.toml")

    assert words in str(services.check()[0])
    assert words in text_of(signed_in(staff("it_team")).get("/system/"))
    assert chinese().get("/accounts/login/").status_code == 200


def test_nothing_is_offered_where_nothing_is_set_up(settings: Any) -> None:
    settings.SIGN_IN_FILE = ""

    assert "/accounts/company/" not in text_of(chinese().get("/accounts/login/"))
    assert chinese().post("/accounts/company/wecom/").status_code == 404
    assert services.check() == []


def test_a_file_that_changes_holds_without_a_restart(settings: Any, tmp_path: Path) -> None:
    assert set(services.services()) == {"wecom", "dingtalk", "feishu"}
    place = Path(settings.SIGN_IN_FILE)
    time_before = place.stat().st_mtime_ns
    place.write_text('[own]\nkind = "oidc"\nissuer = "https://a.example"\nclient_id = "z"', encoding="utf-8")
    assert place.stat().st_mtime_ns != time_before

    assert set(services.services()) == {"own"}
