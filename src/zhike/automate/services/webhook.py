"""Subscriptions: who outside hears of what. Made, given a secret, switched on and off; and what is put in the queue."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_noop as _

from zhike.automate import listening, news
from zhike.automate.declare import Doing
from zhike.automate.models import DeliveryState, Webhook, WebhookDelivery, WebhookState
from zhike.automate.models.webhook import Receiver
from zhike.automate.policy import WebhookPolicy
from zhike.automate.rules.body import leaving
from zhike.automate.rules.robots import masked
from zhike.automate.rules.signature import new_secret
from zhike.automate.services import robots
from zhike.automate.services.refusals import StepRefused
from zhike.customers.public import customer_uid_of
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.models import Department
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.crypto import vault
from zhike.foundation.kit import clock, ids
from zhike.foundation.kit.addresses import target_of
from zhike.foundation.kit.refusals import Invalid, Refusal
from zhike.foundation.outbox.event import Event, declared, to_json
from zhike.foundation.policies import current
from zhike.foundation.records import Choice
from zhike.foundation.records.rows import binned, from_bin, locked, noted, put_back, saved

PING = "zhike.ping"
CALLED = "automate.RuleCalled"
_NAME = 80
_SECRET_MOST = 200
BAD_ADDRESS = _("Write a whole address, without a name and password in it: https://…")
NOT_HTTPS = _("Only addresses that begin with https:// are called.")
_FAULTS = {"bad_address": BAD_ADDRESS, "not_https": NOT_HTTPS}


class NoSecret(Refusal):
    """A subscription without a secret cannot sign."""

    code = "webhook_without_secret"
    sentence = _("Make a secret first: without one the receiver cannot know that a message is ours.")


class StateStands(Refusal):
    """The subscription is in the wished state, or not in one that can be left."""

    code = "webhook_state"
    sentence = _("This subscription is in that state already. Reload the page to see how it stands.")


class StillWaits(Refusal):
    """Only what was parked or taken is sent again."""

    code = "delivery_waits"
    sentence = _("This message still waits to be sent. It leaves by itself.")


def catalogue(kind: str = Receiver.SYSTEM) -> list[str]:
    """The names of all events that can be subscribed to; robots are given news, which are fewer."""
    if kind != Receiver.SYSTEM:
        return sorted(news.every())
    return sorted(name for name, kind in declared().items() if kind.__module__.startswith("zhike.events."))


@transaction.atomic
def webhook_create(
    *, viewer: Viewer, name: str, url: str, events: str = "", kind: str = Receiver.SYSTEM, audience: int | None = None
) -> Webhook:
    """Begin a subscription; it is served once it has a secret and is switched on. Raises: Forbidden, Invalid."""
    viewer.require(Area.SETTINGS, Level.EDIT)
    kind = kind or Receiver.SYSTEM
    if kind not in Receiver.values:
        raise Invalid(fields={"kind": "not_an_option"})
    values: dict[str, Any] = _checked({"name": name, "url": url, "events": events}, kind)
    made = Webhook(
        **values, kind=kind, audience_id=_department(audience), owner_id=viewer.person_id,
        department_id=viewer.department_id, created_by_id=viewer.person_id, updated_by_id=viewer.person_id,
    )  # fmt: skip
    _hide_address(made)
    made.save(force_insert=True)
    noted(viewer, made, "webhook.create", **values | {"url": made.url, "kind": kind, "audience_id": made.audience_id})
    return made


@transaction.atomic
def webhook_update(*, viewer: Viewer, uid: UUID, version: int, **values: Any) -> Webhook:
    """Change name, address, events or department. Raises: Forbidden, NotFound, Stale, Invalid."""
    viewer.require(Area.SETTINGS, Level.EDIT)
    hook = locked(viewer, Webhook, uid, version)
    if values.get("url", "").strip() == hook.url:
        values.pop("url", None)  # what a form shows of a robot's address is masked, and no new address
    department = {"audience_id": _department(values.pop("audience"))} if "audience" in values else {}
    checked: dict[str, Any] = _checked(values, hook.kind) | department
    changed = {key: value for key, value in checked.items() if value != getattr(hook, key)}
    for key, value in changed.items():
        setattr(hook, key, value)
    if "url" in changed:
        _hide_address(hook)
        changed["url"] = hook.url
    if changed:
        saved(viewer, hook, "webhook.update", **changed)
    heard_anew()
    return hook


def _hide_address(hook: Webhook) -> None:
    """Keep the address of a robot sealed: whoever has it can speak in the group."""
    if hook.is_robot:
        hook.address, hook.url = vault.seal_text(hook.uid, hook.url), masked(hook.url)


def _department(pk: int | None) -> int | None:
    if pk is not None and not Department.objects.filter(pk=pk).exists():
        raise Invalid(fields={"audience": "not_an_option"})
    return pk


def _checked(values: Mapping[str, str], kind: str) -> dict[str, str]:
    found, problems = dict(values), {}
    if "name" in values:
        found["name"] = values["name"].strip()
        problems |= {} if found["name"] else {"name": "required"}
        problems |= {"name": "too_long"} if len(found["name"]) > _NAME else {}
    if "url" in values:
        found["url"] = values["url"].strip()
        try:
            target_of(found["url"], settings.EGRESS_ALLOW)
        except ValueError as wrong:
            problems["url"] = _FAULTS[str(wrong)]
    if "events" in values:
        names = list(dict.fromkeys(values["events"].replace(",", " ").split()))
        known = set(catalogue(kind))
        found["events"] = "\n".join(names)
        problems |= {} if known >= set(names) else {"events": _("There is no event of one of these names.")}
    if problems:
        raise Invalid(fields=problems)
    return found


@transaction.atomic
def webhook_secret(*, viewer: Viewer, uid: UUID, version: int | None = None, given: str = "") -> tuple[Webhook, str]:
    """A new secret, which nobody reads again after this; the one before signs as well for a while.

    That of a robot is ``given`` by its service, and takes the place of the one before at once.
    Raises: Forbidden, NotFound, Stale, Invalid.
    """
    viewer.require(Area.SETTINGS, Level.EDIT)
    hook = locked(viewer, Webhook, uid, version)
    given = given.strip()
    if hook.is_robot and not 0 < len(given) <= _SECRET_MOST:
        raise Invalid(fields={"secret": "too_long" if given else "required"})
    secret, now = given if hook.is_robot else new_secret(), clock.now()
    if hook.secret and not hook.is_robot:
        overlap = current().get(WebhookPolicy).overlap_hours
        hook.secret_before, hook.secret_before_until = hook.secret, now + dt.timedelta(hours=overlap)
    hook.secret, hook.secret_at = vault.seal_text(hook.uid, secret), now
    saved(viewer, hook, "webhook.secret", secret_before_until=hook.secret_before_until)
    return hook, secret


@transaction.atomic
def webhook_turn_on(*, viewer: Viewer, uid: UUID, version: int) -> Webhook:
    """Serve the subscription from now on. Raises: Forbidden, NotFound, Stale, NoSecret, StateStands."""
    viewer.require(Area.SETTINGS, Level.EDIT)
    hook = locked(viewer, Webhook, uid, version)
    if hook.state == WebhookState.ON:
        raise StateStands()
    if not hook.is_ready:
        raise NoSecret()
    hook.state, hook.failing_since = WebhookState.ON, None
    saved(viewer, hook, "webhook.turn_on", state="on")
    heard_anew()
    return hook


@transaction.atomic
def webhook_turn_off(*, viewer: Viewer, uid: UUID, version: int) -> Webhook:
    """Serve it no more; what waits is parked. Raises: Forbidden, NotFound, Stale, StateStands."""
    viewer.require(Area.SETTINGS, Level.EDIT)
    hook = locked(viewer, Webhook, uid, version)
    if hook.state != WebhookState.ON:
        raise StateStands()
    hook.state = WebhookState.OFF
    saved(viewer, hook, "webhook.turn_off", state="off")
    park_waiting(hook)
    heard_anew()
    return hook


def park_waiting(hook: Webhook) -> None:
    """Let nothing more leave to a subscription that is off."""
    waiting = WebhookDelivery.objects.filter(webhook=hook, state=DeliveryState.WAITING)
    waiting.update(state=DeliveryState.PARKED, error="switched_off")


@transaction.atomic
def webhook_delete(*, viewer: Viewer, uid: UUID, version: int) -> None:
    """Put a subscription into the recycle bin; nothing more leaves. Raises: Forbidden, NotFound, Stale."""
    viewer.require(Area.SETTINGS, Level.EDIT)
    hook = locked(viewer, Webhook, uid, version)
    hook.state = WebhookState.OFF
    park_waiting(hook)
    binned(viewer, hook, "webhook.delete")
    heard_anew()


@transaction.atomic
def webhook_restore(*, viewer: Viewer, uid: UUID) -> Webhook:
    """Take a subscription out of the recycle bin, switched off. Raises: Forbidden, NotFound."""
    viewer.require(Area.SETTINGS, Level.EDIT)
    hook = from_bin(viewer, Webhook, uid)
    put_back(viewer, hook, "webhook.restore")
    return hook


@transaction.atomic
def webhook_ping(*, viewer: Viewer, uid: UUID, version: int) -> Webhook:
    """Send a message that says nothing, to see whether it arrives. Raises: Forbidden, NotFound, Stale, NoSecret."""
    viewer.require(Area.SETTINGS, Level.EDIT)
    hook = locked(viewer, Webhook, uid, version)
    if not hook.is_ready:
        raise NoSecret()
    message_id = f"msg_{ids.uid().hex}"
    if hook.is_robot:
        robots.trial(hook, PING, message_id)
    else:
        queued(hook, PING, message_id, {}, clock.now())
    noted(viewer, hook, "webhook.ping")
    return hook


@transaction.atomic
def delivery_again(*, viewer: Viewer, uid: UUID, version: int) -> WebhookDelivery:
    """Send a message again, with the same id. Raises: Forbidden, NotFound, Stale, StillWaits."""
    viewer.require(Area.SETTINGS, Level.EDIT)
    delivery = locked(viewer, WebhookDelivery, uid, version)
    if delivery.state not in (DeliveryState.PARKED, DeliveryState.SENT):
        raise StillWaits()
    delivery.state, delivery.tries, delivery.next_at = DeliveryState.WAITING, 0, clock.now()
    delivery.error, delivery.done_at = "", None
    saved(viewer, delivery, "webhook_delivery.again", event=delivery.event)
    return delivery


def fan_out(happened: Event) -> None:
    """Put an event into the queue of everybody who subscribed to it; inside the delivery's transaction."""
    if not happened.is_live:
        return
    name = happened.event_name
    on = Webhook.objects.filter(state=WebhookState.ON, deleted_at=None, events__contains=name)
    hooks = on.filter(kind=Receiver.SYSTEM).order_by("pk")
    data = leaving(to_json(happened))
    customer_id = getattr(happened, "customer_id", None)
    if customer_id is not None:
        data["customer_uid"] = str(customer_uid_of(customer_id))
    for hook in hooks:
        if name in hook.event_names:
            queued(hook, name, f"msg_{happened.uid.hex}", data, happened.at)


def queued(hook: Webhook, name: str, message_id: str, data: Mapping[str, Any], at: dt.datetime) -> WebhookDelivery:
    """The message in the queue; of the same id there is one."""
    body = json.dumps(
        {"type": name, "timestamp": at.isoformat(), "data": dict(data)}, ensure_ascii=False, separators=(",", ":")
    )
    made, _is_new = WebhookDelivery.objects.get_or_create(
        webhook=hook, message_id=message_id, defaults={"event": name, "body": body, "at": at, "next_at": clock.now()}
    )
    return made


def called(doing: Doing, chosen: str) -> WebhookDelivery:
    """What a rule sends: which rule, which record, nothing else. Raises: StepRefused (the subscription is off)."""
    on = Webhook.objects.filter(uid=UUID(chosen), state=WebhookState.ON, deleted_at=None)
    hook = on.filter(kind=Receiver.SYSTEM).first()
    if hook is None:
        raise StepRefused(why="The subscription is off.")
    data = {
        "rule_uid": str(doing.run.rule.uid), "run_uid": str(doing.run.uid), "subject": doing.record_type.code,
        "subject_uid": str(doing.row.uid),
    }  # fmt: skip
    if doing.customer_id is not None:
        data["customer_uid"] = str(customer_uid_of(doing.customer_id))
    return queued(hook, CALLED, f"msg_{doing.run.uid.hex}_{doing.place}", data, clock.now())


def on_choices() -> Sequence[Choice]:
    """The subscriptions that are on, by name: for the action of a rule."""
    on = Webhook.objects.filter(state=WebhookState.ON, deleted_at=None, kind=Receiver.SYSTEM).order_by("name")
    return tuple(Choice(str(uid), name) for uid, name in on.values_list("uid", "name"))


def heard_anew() -> None:
    """Let events be sent by the new state at once in this process."""
    listening.forget()
    transaction.on_commit(listening.forget)


def _subscribed() -> Iterable[str]:
    on = Webhook.objects.filter(state=WebhookState.ON, deleted_at=None, kind=Receiver.SYSTEM)
    on = on.values_list("events", flat=True)
    return {name for text in on for name in text.split()}


listening.source("webhooks", _subscribed)
