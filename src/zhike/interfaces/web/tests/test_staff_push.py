"""Members of staff hear of their notices in WeCom, DingTalk or Feishu, as each wants it (AUTO-06, TEAM-04)."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from zhike.customers.tests.office import Clock, Office, opened
from zhike.foundation import messages
from zhike.foundation.access.models import Person
from zhike.foundation.kit import clock
from zhike.foundation.messages.models import StaffPush
from zhike.foundation.messages.policy import StaffPushPolicy
from zhike.foundation.messages.staff_push import staff_push_send
from zhike.foundation.policies import current
from zhike.foundation.records.testing import signed_in, text_of
from zhike.interfaces.web.company import tokens
from zhike.interfaces.web.models import CompanyIdentity
from zhike.interfaces.web.tests.company_servers import CLIENT, SECRET, Server

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
agent_id = "1000003"
tenant = "ding-ours"
secret_file = "{secret}"
api_url = "{url}"

[feishu]
kind = "feishu"
client_id = "{client}"
secret_file = "{secret}"
api_url = "{url}"
"""
NOON = dt.datetime(2026, 6, 1, 12, tzinfo=clock.ZONE)
WHO = {"wecom": "chenmin", "dingtalk": "union-chenmin", "feishu": "ou_chenmin"}


class Sending(Server):
    """The three as they document messages of an application; tokens that a test ends are refused."""

    def __init__(self) -> None:
        super().__init__()
        self.tokens: list[str] = []
        self.ended: set[str] = set()
        self.texts: list[str] = []
        self.keys: list[str] = []
        self.says: dict[str, Any] | None = None

    def answer(self, what: str, said: dict[str, Any], headers: dict[str, str]) -> dict[str, Any] | None:
        method, _space, address = what.partition(" ")
        parts = urlsplit(address)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        asked = {
            "/cgi-bin/gettoken": ({"corpid": CLIENT, "corpsecret": SECRET}, "access_token", "expires_in", "errcode"),
            "/v1.0/oauth2/accessToken": ({"appKey": CLIENT, "appSecret": SECRET}, "accessToken", "expireIn", ""),
            "/open-apis/auth/v3/tenant_access_token/internal": (
                {"app_id": CLIENT, "app_secret": SECRET}, "tenant_access_token", "expire", "code",
            ),
        }.get(parts.path)  # fmt: skip
        if asked is not None:
            wanted, name, lasts, code = asked
            if (said or query) != wanted:
                return {"errcode": 40001, "code": 10014}
            self.tokens.append(f"t{len(self.tokens)}")
            return {name: self.tokens[-1], lasts: 7200} | ({code: 0} if code else {})
        assert method == "POST"
        bearer = headers.get("authorization", "").removeprefix("Bearer ")
        token = query.get("access_token", bearer)
        if token not in self.tokens or token in self.ended:
            return {"errcode": 42001, "code": 99991663}
        if self.says is not None:
            return self.says
        return self._sent(parts.path, query, said)

    def _sent(self, path: str, query: dict[str, str], said: dict[str, Any]) -> dict[str, Any] | None:
        if path == "/cgi-bin/message/send" and said["agentid"] == 1000002:
            if said["touser"] != WHO["wecom"]:
                return {"errcode": 0, "invaliduser": said["touser"]}
            self.texts.append(said["text"]["content"])
            return {"errcode": 0, "errmsg": "ok", "msgid": "m"}
        if path == "/topapi/user/getbyunionid":
            is_known = said["unionid"] == WHO["dingtalk"]
            return {"errcode": 0, "result": {"userid": "0126"}} if is_known else {"errcode": 60121}
        if path == "/topapi/message/corpconversation/asyncsend_v2":
            if (said["agent_id"], said["userid_list"]) != (1000003, "0126"):
                return {"errcode": 33012}
            self.texts.append(said["msg"]["text"]["content"])
            return {"errcode": 0, "task_id": 1}
        if path == "/open-apis/im/v1/messages" and query == {"receive_id_type": "open_id"}:
            if said["receive_id"] != WHO["feishu"]:
                return {"code": 230013}
            self.keys.append(said["uuid"])
            self.texts.append(json.loads(said["content"])["text"])
            return {"code": 0, "data": {"message_id": "om"}}
        return None


@pytest.fixture
def suite(settings: Any, tmp_path: Path) -> Iterator[Sending]:
    settings.EGRESS_ALLOW = ("127.0.0.0/8",)
    tokens.forget()
    server = Sending()
    (tmp_path / "secret").write_text(SECRET, encoding="utf-8")
    place = tmp_path / "services.toml"
    place.write_text(FILE.format(url=server.url, client=CLIENT, secret=tmp_path / "secret"), encoding="utf-8")
    settings.SIGN_IN_FILE = str(place)
    yield server
    server.close()


@pytest.fixture
def office(db: None) -> Office:
    return opened()


@pytest.fixture
def moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(tmp_path / "clock", monkeypatch)


@pytest.fixture
def browser(office: Office) -> Any:
    people = Person.objects.filter(pk=office.person("manager one"))
    people.update(must_change_password=False, language="en")
    return signed_in(people.get())


def connect(office: Office, service: str, subject: str = "") -> None:
    CompanyIdentity.objects.create(
        person_id=office.person("manager one"), service=service, issuer=f"{service}:x", subject=subject or WHO[service]
    )


def tell(office: Office, about: str) -> None:
    words = {"number": "HT1", "days": 7}
    messages.tell([office.person("manager one")], "contract.renewal", words, link="/contracts/x/", about=about)


@pytest.mark.requirement("AUTO-06", proof="user")
@pytest.mark.requirement("TEAM-04", proof="user")
@pytest.mark.parametrize("service", list(WHO))
def test_a_manager_chooses_the_service_and_is_told_there_once(
    office: Office, browser: Any, suite: Sending, service: str
) -> None:
    assert "first</a>" in text_of(browser.get("/me/"))
    assert browser.post("/me/push/", {"service": service}).status_code >= 400, "not connected"
    connect(office, service)
    tell(office, "before")
    assert browser.post("/me/push/", {"service": service}).status_code == 302
    assert staff_push_send() == 0, "what was told before does not come"

    tell(office, "one")
    assert staff_push_send() == 1
    assert suite.texts[0].split("\n") == [
        "Contract HT1 is to be renewed in 7 days",
        "http://localhost:8000/contracts/x/",
    ]
    assert staff_push_send() == 0
    tell(office, "two")
    tell(office, "three")
    suite.ended = set(suite.tokens)
    assert staff_push_send() == 1
    assert len(suite.tokens) == 2, "a token is kept, and asked for anew when it has expired"
    assert suite.texts[1].endswith("/notices/")
    browser.post("/me/push/", {"service": ""})
    tell(office, "four")
    assert staff_push_send() == 0
    assert len(set(suite.keys)) == len(suite.keys)


@pytest.mark.requirement("AUTO-06", proof="rule")
def test_too_fast_waits_down_is_tried_again_and_the_page_says_what_is_wrong(
    office: Office, browser: Any, suite: Sending, moment: Clock
) -> None:
    moment.at(NOON)
    connect(office, "wecom")
    browser.post("/me/push/", {"service": "wecom"})
    tell(office, "one")
    suite.says = {"errcode": 45009, "errmsg": "api freq out of limit"}
    assert staff_push_send() == 0
    row = StaffPush.objects.get()
    pause = current().get(StaffPushPolicy).pause_seconds
    assert row.error == "wecom_45009"
    assert 0 < (row.next_at - clock.now()).total_seconds() <= pause
    assert "too many messages in a short time" in text_of(browser.get("/me/"))
    suite.says, suite.is_down = None, True
    moment.at(row.next_at + dt.timedelta(seconds=1))
    assert staff_push_send() == 0
    row.refresh_from_db()
    assert (row.error, row.tries) == ("http_503", 2)
    suite.is_down = False
    moment.at(row.next_at + dt.timedelta(seconds=1))
    assert staff_push_send() == 1
    row.refresh_from_db()
    assert (row.error, row.tries, len(suite.texts)) == ("", 0, 1)


def test_who_is_not_known_there_is_not_tried_again(office: Office, browser: Any, suite: Sending) -> None:
    connect(office, "wecom", "somebody else")
    browser.post("/me/push/", {"service": "wecom"})
    tell(office, "one")
    assert staff_push_send() == 0
    row = StaffPush.objects.get()
    assert (row.error, row.tries) == ("wecom_invaliduser", 0)
    assert row.told_until >= row.next_at - dt.timedelta(seconds=1)
    assert staff_push_send() == 0
    Person.objects.filter(pk=office.person("it")).update(must_change_password=False, language="en")
    page = text_of(signed_in(Person.objects.get(pk=office.person("it"))).get("/system/"))
    assert "The member is not in the visible range" in page.replace("the member", "The member")
