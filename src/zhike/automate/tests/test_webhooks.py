"""Messages to other systems: signed, tried again, parked, sent again; nothing inside is ever called."""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import hashlib
import hmac
import http.server
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from zhike.automate.models import DeliveryState, Webhook, WebhookDelivery, WebhookState
from zhike.automate.policy import WebhookPolicy
from zhike.automate.rules.definition import Step
from zhike.automate.services import delivering
from zhike.automate.services.webhook import (
    NoSecret,
    delivery_again,
    webhook_create,
    webhook_ping,
    webhook_secret,
    webhook_turn_off,
    webhook_turn_on,
    webhook_update,
)
from zhike.automate.tests.conftest import a_lead, a_rule, deliver
from zhike.customers.tests.office import Clock, Office
from zhike.foundation.audit.models import Entry
from zhike.foundation.kit import calling, clock
from zhike.foundation.kit.refusals import Forbidden, Invalid
from zhike.foundation.messages.models import Notice
from zhike.foundation.policies import current

pytestmark = pytest.mark.django_db


class Receiver:
    """A real server on this machine: what it got, and what it is told to answer."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.status = 200
        self.headers: dict[str, str] = {}
        self.waits = threading.Event()
        self.hangs = False
        self.url = ""

    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _headers, body in self.got]


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.EGRESS_ALLOW = ("127.0.0.0/8",)
    held = Receiver()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            held.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
            if held.hangs:
                held.waits.wait(10)
            self.send_response(held.status)
            for name, value in held.headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_given: Any) -> None:
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    held.url = f"http://127.0.0.1:{server.server_port}/zhike"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield held
    finally:
        held.waits.set()
        server.shutdown()
        server.server_close()


def subscribed(office: Office, url: str, events: str = "acquire.LeadTaken") -> tuple[Webhook, str]:
    viewer = office.viewer("it")
    hook = webhook_create(viewer=viewer, name="财务系统", url=url, events=events)
    hook, secret = webhook_secret(viewer=viewer, uid=hook.uid)
    return webhook_turn_on(viewer=viewer, uid=hook.uid, version=hook.version), secret


def is_signed_with(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """As the page "receive webhooks" tells receivers to check."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return expected in headers["webhook-signature"].split()


@pytest.mark.requirement("PLAT-06", proof="rule")
def test_an_event_reaches_its_subscriber_signed_and_without_anybodys_words(office: Office, receiver: Receiver) -> None:
    hook, secret = subscribed(office, receiver.url)

    lead = a_lead(office)
    deliver()
    assert delivering.deliveries_send() == 1

    headers, body = receiver.got[0]
    said = json.loads(body)
    assert is_signed_with(secret, headers, body)
    assert not is_signed_with("whsec_" + base64.b64encode(b"x" * 32).decode(), headers, body)
    assert said["type"] == "acquire.LeadTaken"
    assert said["data"]["lead_uid"] == str(lead.uid)
    assert said["data"]["customer_uid"] == str(lead.customer.uid)
    assert "四十个席位" not in body.decode()
    assert "王磊" not in body.decode()
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, delivery.status) == (DeliveryState.SENT, 200)
    assert delivery.duration_ms is not None
    assert headers["webhook-id"] == delivery.message_id
    hook.refresh_from_db()
    assert hook.sent_at is not None


def test_events_that_were_not_chosen_are_not_even_queued(office: Office, receiver: Receiver) -> None:
    subscribed(office, receiver.url, "win.ContractSigned")

    a_lead(office)
    deliver()

    assert not WebhookDelivery.objects.exists()


def test_what_fails_is_tried_again_then_parked_and_sent_again_by_hand(
    office: Office, receiver: Receiver, moment: Clock
) -> None:
    subscribed(office, receiver.url)
    numbers = current().get(WebhookPolicy)
    receiver.status = 500
    a_lead(office)
    deliver()

    start = clock.now()
    for turn in range(numbers.tries_max):
        moment.at(start + dt.timedelta(minutes=(numbers.window_minutes + 1) * turn))
        assert delivering.deliveries_send() == 1

    parked = WebhookDelivery.objects.get()
    assert (parked.state, parked.status, parked.tries) == (DeliveryState.PARKED, 500, numbers.tries_max)
    assert delivering.deliveries_send() == 0
    receiver.status = 204
    delivery_again(viewer=office.viewer("it"), uid=parked.uid, version=parked.version)
    assert delivering.deliveries_send() == 1
    assert WebhookDelivery.objects.get().state == DeliveryState.SENT
    assert len({headers["webhook-id"] for headers, _body in receiver.got}) == 1


def test_between_two_tries_it_waits(office: Office, receiver: Receiver) -> None:
    subscribed(office, receiver.url)
    receiver.status = 503
    a_lead(office)
    deliver()

    assert delivering.deliveries_send() == 1
    assert delivering.deliveries_send() == 0
    assert WebhookDelivery.objects.get().state == DeliveryState.WAITING


def test_who_fails_for_days_is_switched_off_and_the_owner_is_told(
    office: Office, receiver: Receiver, moment: Clock
) -> None:
    hook, _secret = subscribed(office, receiver.url)
    numbers = current().get(WebhookPolicy)
    receiver.status = 500
    start = clock.now()
    a_lead(office)
    deliver()
    delivering.deliveries_send()
    hook.refresh_from_db()
    assert hook.state == WebhookState.ON

    moment.at(start + dt.timedelta(days=numbers.off_after_days, minutes=5))
    delivering.deliveries_send()

    hook.refresh_from_db()
    assert hook.state == WebhookState.FAILED
    assert Notice.objects.get(code="automate.webhook_failed").person_id == office.person("it")
    assert Entry.objects.filter(action="webhook.fail").exists()
    assert WebhookDelivery.objects.get().state == DeliveryState.PARKED
    a_lead(office)
    deliver()
    assert WebhookDelivery.objects.count() == 1


def test_who_says_gone_is_switched_off_at_once(office: Office, receiver: Receiver) -> None:
    hook, _secret = subscribed(office, receiver.url)
    receiver.status = 410
    a_lead(office)
    deliver()
    delivering.deliveries_send()

    hook.refresh_from_db()
    assert hook.state == WebhookState.FAILED


def test_a_redirect_is_not_followed(office: Office, receiver: Receiver) -> None:
    subscribed(office, receiver.url)
    receiver.status, receiver.headers = 302, {"Location": receiver.url + "/elsewhere"}
    a_lead(office)
    deliver()
    delivering.deliveries_send()

    assert len(receiver.got) == 1
    assert WebhookDelivery.objects.get().error == "redirect"


def test_who_does_not_answer_in_time_is_given_up(receiver: Receiver) -> None:
    receiver.hangs = True

    answer = calling.post(receiver.url, b"{}", {}, timeout_seconds=0.3, allowed=("127.0.0.0/8",))

    assert (answer.status, answer.fault) == (None, "timeout")
    assert answer.duration_ms < 5_000


def test_a_new_secret_signs_at_once_and_the_old_one_for_a_while(
    office: Office, receiver: Receiver, moment: Clock
) -> None:
    hook, old = subscribed(office, receiver.url)
    hours = current().get(WebhookPolicy).overlap_hours
    start = clock.now()
    _hook, new = webhook_secret(viewer=office.viewer("it"), uid=hook.uid)

    a_lead(office)
    deliver()
    delivering.deliveries_send()
    moment.at(start + dt.timedelta(hours=hours, minutes=1))
    a_lead(office)
    deliver()
    delivering.deliveries_send()

    during, after = receiver.got
    assert is_signed_with(new, *during)
    assert is_signed_with(old, *during)
    assert is_signed_with(new, *after)
    assert not is_signed_with(old, *after)


def test_a_secret_is_never_stored_readable(office: Office, receiver: Receiver) -> None:
    hook, secret = subscribed(office, receiver.url)

    stored = Webhook.objects.values().get(pk=hook.pk)

    assert secret not in str(stored)
    assert secret not in "".join(str(entry) for entry in Entry.objects.values())


def test_a_message_that_a_dead_worker_held_is_sent_again_with_the_same_id(
    office: Office, receiver: Receiver, moment: Clock
) -> None:
    subscribed(office, receiver.url)
    a_lead(office)
    deliver()
    lease = dt.timedelta(minutes=current().get(WebhookPolicy).lease_minutes)
    WebhookDelivery.objects.update(state=DeliveryState.SENDING, lease_until=clock.now() + lease, tries=1)

    assert delivering.deliveries_send() == 0
    moment.at(clock.now() + lease + dt.timedelta(minutes=1))
    assert delivering.deliveries_send() == 1
    assert WebhookDelivery.objects.get().state == DeliveryState.SENT


def test_an_event_delivered_twice_is_queued_once(office: Office, receiver: Receiver) -> None:
    subscribed(office, receiver.url)
    a_lead(office)
    deliver()
    from zhike.foundation.outbox.models import Delivery

    Delivery.objects.filter(subscriber="automate.webhooks").update(state="waiting")
    deliver()

    assert WebhookDelivery.objects.count() == 1


def test_a_test_leaves_before_the_subscription_is_on_and_needs_a_secret(office: Office, receiver: Receiver) -> None:
    viewer = office.viewer("it")
    hook = webhook_create(viewer=viewer, name="财务系统", url=receiver.url)
    with pytest.raises(NoSecret):
        webhook_ping(viewer=viewer, uid=hook.uid, version=hook.version)
    with pytest.raises(NoSecret):
        webhook_turn_on(viewer=viewer, uid=hook.uid, version=hook.version)

    hook, _secret = webhook_secret(viewer=viewer, uid=hook.uid)
    webhook_ping(viewer=viewer, uid=hook.uid, version=hook.version)
    delivering.deliveries_send()

    assert receiver.bodies()[0]["type"] == "zhike.ping"


def test_a_rule_calls_a_webhook_with_numbers_only(office: Office, receiver: Receiver) -> None:
    hook, secret = subscribed(office, receiver.url, "")
    rule = a_rule(office, steps=(Step("webhook", {"webhook": [str(hook.uid)]}),))

    lead = a_lead(office)
    deliver()
    delivering.deliveries_send()

    headers, body = receiver.got[0]
    assert is_signed_with(secret, headers, body)
    said = json.loads(body)
    assert said["type"] == "automate.RuleCalled"
    assert said["data"]["rule_uid"] == str(rule.uid)
    assert said["data"]["subject_uid"] == str(lead.uid)


def test_switched_off_nothing_more_leaves(office: Office, receiver: Receiver) -> None:
    hook, _secret = subscribed(office, receiver.url)
    a_lead(office)
    deliver()

    webhook_turn_off(viewer=office.viewer("it"), uid=hook.uid, version=hook.version)
    delivering.deliveries_send()

    assert receiver.got == []
    assert WebhookDelivery.objects.get().state == DeliveryState.PARKED


@pytest.mark.parametrize(
    "url",
    ["http://example.com/x", "ftp://example.com/", "https://user:pw@example.com/", "https://", "nonsense",
     "https://exa mple.com/", "https://example.com/#part", "https://example.com:99999/"],
)  # fmt: skip
def test_other_addresses_are_not_accepted(office: Office, url: str) -> None:
    with pytest.raises(Invalid) as refused:
        webhook_create(viewer=office.viewer("it"), name="财务系统", url=url)

    assert set(refused.value.data["fields"]) == {"url"}


def test_only_who_edits_settings_manages_webhooks(office: Office) -> None:
    for who in ("ops", "boss", "chief"):
        with pytest.raises(Forbidden):
            webhook_create(viewer=office.viewer(who), name="财务系统", url="https://example.com/")


def test_an_unknown_event_is_refused(office: Office) -> None:
    hook = webhook_create(viewer=office.viewer("it"), name="财务系统", url="https://example.com/")

    with pytest.raises(Invalid):
        webhook_update(viewer=office.viewer("it"), uid=hook.uid, version=hook.version, events="win.Nonsense")


def test_a_name_that_leads_inside_is_not_called() -> None:
    answer = calling.post("https://localhost/", b"{}", {}, timeout_seconds=2)

    assert (answer.status, answer.fault) == (None, "not_public")


def test_too_large_a_body_does_not_leave(office: Office, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    subscribed(office, receiver.url)
    a_lead(office)
    deliver()
    most = current().get(WebhookPolicy).body_most_kib
    WebhookDelivery.objects.update(body="x" * (most * 1024 + 1))

    delivering.deliveries_send()

    assert receiver.got == []
    assert WebhookDelivery.objects.get().error == "too_large"


def test_an_answer_knows_whether_it_was_taken() -> None:
    taken = calling.Answer(204, "", 3)

    assert taken.is_taken
    assert not dataclasses.replace(taken, status=None).is_taken
    assert not dataclasses.replace(taken, status=302).is_taken
