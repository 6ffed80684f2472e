"""The worker's part of webhooks: what waits leaves signed, is tried again, is parked; who fails for days is let be."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet

from zhike.automate.models import DeliveryState, Webhook, WebhookDelivery, WebhookState
from zhike.automate.policy import WebhookPolicy
from zhike.automate.rules.robots import RATE_LIMITS
from zhike.automate.rules.signature import headers
from zhike.automate.services import robots, webhook
from zhike.foundation import messages
from zhike.foundation.access.viewer import system
from zhike.foundation.crypto import vault
from zhike.foundation.kit import calling, clock
from zhike.foundation.outbox.policy import retry_delay_seconds
from zhike.foundation.policies import current
from zhike.foundation.records.rows import saved

SENDER = system("messages to other systems leave")
_GONE = 410
_KIB = 1024


def is_anything_due() -> bool:
    """Whether a message waits to leave, or was left behind by a worker that died."""
    now = clock.now()
    waiting = WebhookDelivery.objects.filter(state=DeliveryState.WAITING, next_at__lte=now)
    return waiting.exists() or _left(now).exists()


def deliveries_send() -> int:
    """Send what is due, the oldest first; how many were tried."""
    _take_over()
    due = WebhookDelivery.objects.filter(state=DeliveryState.WAITING, next_at__lte=clock.now())
    numbers = list(due.order_by("next_at", "id").values_list("pk", flat=True)[: _policy().batch_count])
    return sum(_one(pk) for pk in numbers)


def _policy() -> WebhookPolicy:
    return current().get(WebhookPolicy)


def _left(now: dt.datetime) -> QuerySet[WebhookDelivery]:
    return WebhookDelivery.objects.filter(state=DeliveryState.SENDING, lease_until__lt=now)


def _take_over() -> None:
    """What a dead worker held may have arrived: it is sent again with the same id, by which the receiver knows it."""
    left = _left(clock.now())
    if left.exists():
        left.update(state=DeliveryState.WAITING, lease_until=None, version=F("version") + 1)


def _one(pk: int) -> bool:
    lease = clock.now() + dt.timedelta(minutes=_policy().lease_minutes)
    mine = WebhookDelivery.objects.filter(pk=pk, state=DeliveryState.WAITING)
    # A conditional UPDATE, as for the outbox: SQLite ignores SKIP LOCKED.
    if not mine.update(state=DeliveryState.SENDING, lease_until=lease, tries=F("tries") + 1, version=F("version") + 1):
        return False
    delivery = WebhookDelivery.objects.select_related("webhook").get(pk=pk)
    is_ping = delivery.event == webhook.PING
    if delivery.webhook.state != WebhookState.ON and not is_ping:
        _kept(delivery, state=DeliveryState.PARKED, error="switched_off")
        return False
    _noted(delivery, _sent(delivery))
    return True


def _sent(delivery: WebhookDelivery) -> calling.Answer:
    if delivery.webhook.is_robot:
        return robots.sent(delivery)
    numbers, body = _policy(), delivery.body.encode()
    keys = _keys(delivery.webhook)
    if not keys:
        return calling.Answer(None, "no_secret", 0)
    if len(body) > numbers.body_most_kib * _KIB:
        return calling.Answer(None, "too_large", 0)
    signed = headers(keys, delivery.message_id, int(clock.now().timestamp()), body)
    return calling.post(
        delivery.webhook.url, body, signed, timeout_seconds=numbers.timeout_seconds,
        allowed=settings.EGRESS_ALLOW,
    )  # fmt: skip


def _keys(hook: Webhook) -> list[str]:
    """The secret, and the one before as long as both count."""
    tokens = [hook.secret]
    if hook.secret_before and hook.secret_before_until and hook.secret_before_until > clock.now():
        tokens.append(hook.secret_before)
    return [key for token in tokens if token and (key := vault.unseal_text(hook.uid, token))]


def _kept(delivery: WebhookDelivery, **values: object) -> None:
    held = WebhookDelivery.objects.filter(pk=delivery.pk, state=DeliveryState.SENDING, tries=delivery.tries)
    held.update(**values, lease_until=None, updated_at=clock.now(), version=F("version") + 1)


@transaction.atomic
def _noted(delivery: WebhookDelivery, answer: calling.Answer) -> None:
    known = {"status": answer.status, "duration_ms": answer.duration_ms, "error": answer.fault}
    if answer.is_taken and not answer.fault:
        _kept(delivery, **known, state=DeliveryState.SENT, done_at=clock.now())
        Webhook.objects.filter(pk=delivery.webhook_id).update(failing_since=None, sent_at=clock.now())
        return
    wait = None if answer.status == _GONE else retry_delay_seconds(delivery.tries, _policy())
    if wait is not None and answer.fault in RATE_LIMITS:
        wait = _policy().robot_pause_seconds
    state = DeliveryState.PARKED if wait is None else DeliveryState.WAITING
    _kept(delivery, **known, state=state, next_at=clock.now() + dt.timedelta(seconds=wait or 0))
    _failing(delivery, is_gone=answer.status == _GONE)


def _failing(delivery: WebhookDelivery, *, is_gone: bool) -> None:
    """Note since when a subscription fails; after days, or when it says that it is gone, switch it off."""
    hook = Webhook.objects.select_for_update(of=("self",)).get(pk=delivery.webhook_id)
    now = clock.now()
    if hook.state != WebhookState.ON:
        return
    if hook.failing_since is None:
        hook.failing_since = now
        hook.save(update_fields=["failing_since"])
    if not is_gone and now - hook.failing_since < dt.timedelta(days=_policy().off_after_days):
        return
    hook.state = WebhookState.FAILED
    saved(SENDER, hook, "webhook.fail", state="failed", failing_since=hook.failing_since)
    webhook.park_waiting(hook)
    webhook.heard_anew()
    messages.tell(
        [hook.owner_id], "automate.webhook_failed", {"name": hook.name}, link=f"/webhooks/{hook.uid}/",
        about=f"{hook.uid}:{hook.version}",
    )  # fmt: skip
