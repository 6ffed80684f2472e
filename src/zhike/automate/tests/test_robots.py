"""Robots of groups: each is spoken to as its service documents it, against servers that check what they are told."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import http.server
import json
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from zhike.automate.models import DeliveryState, Webhook, WebhookDelivery
from zhike.automate.policy import WebhookPolicy
from zhike.automate.rules import robots as rules
from zhike.automate.services import delivering
from zhike.automate.services.webhook import webhook_create, webhook_secret, webhook_turn_on, webhook_update
from zhike.automate.tests.conftest import deliver
from zhike.customers.tests.office import Clock, Office
from zhike.foundation.audit.models import Entry
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid
from zhike.foundation.policies import current
from zhike.foundation.records.testing import text_of
from zhike.serve.services.complaint import complaint_receive

NEWS = "serve.ComplaintReceived"
SECRET = "SEC a secret of the tests"
PATHS = {
    "wecom": "/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa",
    "dingtalk": "/robot/send?access_token=566cc69da782ec33e42541b5f08551d2",
    "feishu": "/open-apis/bot/v2/hook/4a8d1c9e-7b1f-4c1d-9a55-0d5a1c6e7f00",
}


class Service:
    """The three services on this machine: like them it answers 200, and says in the body what came of it."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.says: dict[str, Any] | None = None  # what a test has it say instead
        self.status = 200
        self.base = ""

    def answer(self, path: str, said: dict[str, Any]) -> dict[str, Any]:
        parts = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path.startswith("/open-apis/"):
            key = f"{said.get('timestamp')}\n{SECRET}".encode()
            sign = base64.b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode()
            if said.get("sign") != sign or abs(int(said["timestamp"]) - clock.now().timestamp()) > 3600:
                return {"code": 19021, "msg": "sign match fail or timestamp is not within one hour from current time"}
            self.texts.append(said["content"]["text"])
            return {"code": 0, "msg": "success", "data": {}}
        if parts.path == "/robot/send":
            signed = f"{query.get('timestamp')}\n{SECRET}".encode()
            sign = base64.b64encode(hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()).decode()
            if query.get("sign") != sign or len(query["timestamp"]) != 13:
                return {"errcode": 310000, "errmsg": "sign not match"}
        elif query.get("key") != PATHS["wecom"].partition("=")[2]:
            return {"errcode": 93000, "errmsg": "invalid webhook url"}
        self.texts.append(said["text"]["content"])
        return {"errcode": 0, "errmsg": "ok"}


@pytest.fixture
def service(settings: Any) -> Iterator[Service]:
    settings.EGRESS_ALLOW = ("127.0.0.0/8",)
    held = Service()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            body = json.dumps(held.says if held.says is not None else held.answer(self.path, said)).encode()
            self.send_response(held.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_given: Any) -> None:
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    held.base = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield held
    finally:
        server.shutdown()
        server.server_close()


def a_robot(office: Office, service: Service, kind: str, audience: str = "") -> Webhook:
    viewer = office.viewer("it")
    hook = webhook_create(
        viewer=viewer, name=f"销售群 {kind}", kind=kind, url=service.base + PATHS[kind], events=NEWS,
        audience=office.departments[audience].pk if audience else None,
    )  # fmt: skip
    if kind != "wecom":
        hook, _said = webhook_secret(viewer=viewer, uid=hook.uid, given=SECRET)
    return webhook_turn_on(viewer=viewer, uid=hook.uid, version=hook.version)


def complain(office: Office, owner: str = "seller one") -> None:
    customer = office.firm(owner)
    complaint_receive(viewer=office.viewer("service"), customer=customer.uid, content="王磊说两天没人回电")
    deliver()


def test_addresses_are_shown_without_what_opens_them() -> None:
    assert rules.masked("https://oapi.dingtalk.com/robot/send?access_token=566cc69da782ec") == (
        "https://oapi.dingtalk.com/robot/send?access_token=****82ec"
    )
    assert rules.masked("https://open.feishu.cn/open-apis/bot/v2/hook/4a8d1c9e-7f00") == (
        "https://open.feishu.cn/open-apis/bot/v2/hook/****7f00"
    )
    assert rules.fault_in("feishu", b'{"StatusCode":0}') == ""
    assert [rules.fault_in("wecom", said) for said in (b"<html>", b"[]", b'{"errcode":"a b"}')] == ["no_json"] * 3


@pytest.mark.django_db
@pytest.mark.requirement("TEAM-04", proof="user")
@pytest.mark.requirement("AUTO-06", proof="user")
def test_it_gives_a_group_its_news_on_pages_and_the_log_shows_them(
    office: Office, service: Service, page_of: Any
) -> None:
    browser = page_of("it")
    created = browser.post(
        "/webhooks/new/", {"name": "客服群", "kind": "dingtalk", "url": service.base + PATHS["dingtalk"], "events": ""}
    )
    assert created.status_code in (200, 302), text_of(created)
    hook = Webhook.objects.get()
    assert hook.url.endswith("access_token=****51d2")
    assert "566cc69da782ec33" not in hook.address + str(list(Entry.objects.values_list("after", flat=True)))
    address = f"/webhooks/{hook.uid}/"
    assert "copy it from the robot in the group" in text_of(browser.get(address))
    assert browser.post(f"{address}secret/", {"secret": ""}).status_code == 200
    assert browser.post(f"{address}secret/", {"secret": SECRET}).status_code == 302
    assert SECRET not in text_of(browser.get(f"{address}secret/"))
    by_program = f"/api/v1/automate/webhooks/{hook.uid}/secret"
    assert browser.put(by_program, {"secret": " "}, content_type="application/json").status_code == 422
    kept = browser.put(by_program, {"secret": SECRET}, content_type="application/json")
    assert (kept.status_code, sorted(kept.json())) == (200, ["uid", "version"])
    assert "A complaint is taken in" in text_of(browser.get(f"{address}events/"))
    browser.post(f"{address}events/", {"event": [NEWS, "win.ContractSigned"]})
    hook.refresh_from_db()
    assert hook.events == NEWS
    webhook_turn_on(viewer=office.viewer("it"), uid=hook.uid, version=hook.version)

    complain(office)
    assert delivering.deliveries_send() == 1

    title, due, link = service.texts[0].split("\n")
    assert title.startswith("Complaint TS")
    assert due.startswith("Due: ")
    assert "/complaints/" in link
    assert "王磊" not in service.texts[0]
    delivery = WebhookDelivery.objects.get()
    assert delivery.state == DeliveryState.SENT
    assert title in text_of(browser.get(f"/webhook_deliveries/{delivery.uid}/"))


@pytest.mark.django_db
@pytest.mark.requirement("TEAM-04", proof="rule")
def test_each_service_takes_its_own_signature_and_names_what_is_wrong(
    office: Office, service: Service, moment: Clock
) -> None:
    hooks = {kind: a_robot(office, service, kind) for kind in PATHS}
    complain(office)
    assert delivering.deliveries_send() == 3
    assert len(service.texts) == 3
    assert {row.state for row in WebhookDelivery.objects.all()} == {DeliveryState.SENT}

    for kind in ("dingtalk", "feishu"):
        webhook_secret(viewer=office.viewer("it"), uid=hooks[kind].uid, given=SECRET + "x")
    hooks["wecom"].refresh_from_db()
    other = service.base + PATHS["wecom"].replace("693a", "0000")
    webhook_update(viewer=office.viewer("it"), uid=hooks["wecom"].uid, version=hooks["wecom"].version, url=other)
    complain(office)
    delivering.deliveries_send()
    assert set(WebhookDelivery.objects.filter(state="waiting").values_list("error", flat=True)) == {
        "dingtalk_310000", "feishu_19021", "wecom_93000",
    }  # fmt: skip
    with pytest.raises(Invalid):
        webhook_create(viewer=office.viewer("it"), name="x", kind="slack", url="https://example.com/")
    with pytest.raises(Invalid):
        webhook_create(
            viewer=office.viewer("it"), name="x", kind="wecom", url="https://example.com/", events="win.ContractSigned"
        )


@pytest.mark.django_db
@pytest.mark.requirement("TEAM-04", proof="rule")
def test_who_speaks_too_fast_waits_a_minute_and_what_is_down_is_tried_again(
    office: Office, service: Service, moment: Clock
) -> None:
    moment.at(dt.datetime(2026, 5, 11, 9, tzinfo=clock.ZONE))
    a_robot(office, service, "wecom")
    complain(office)
    service.says = {"errcode": 45009, "errmsg": "api freq out of limit"}
    delivering.deliveries_send()
    delivery = WebhookDelivery.objects.get()
    pause = current().get(WebhookPolicy).robot_pause_seconds
    assert (delivery.state, delivery.error) == (DeliveryState.WAITING, "wecom_45009")
    assert 0 < (delivery.next_at - clock.now()).total_seconds() <= pause
    service.status = 503
    moment.at(delivery.next_at + dt.timedelta(seconds=1))
    delivering.deliveries_send()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.error) == (DeliveryState.WAITING, "http_503")

    service.says, service.status = None, 200
    moment.at(delivery.next_at + dt.timedelta(seconds=1))
    delivering.deliveries_send()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.tries, len(service.texts)) == (DeliveryState.SENT, 3, 1)


@pytest.mark.django_db
def test_a_group_of_a_department_hears_of_its_own_customers_only(office: Office, service: Service) -> None:
    a_robot(office, service, "wecom", audience="two")

    complain(office, "seller one")
    assert not WebhookDelivery.objects.exists()
    complain(office, "seller two")
    assert WebhookDelivery.objects.count() == 1
