"""Robots of groups: what they are told is put in the queue, and leaves signed as their service wants it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.utils import formats
from django.utils.translation import gettext, override

from zhike.automate import listening, news
from zhike.automate.models import Webhook, WebhookDelivery, WebhookState
from zhike.automate.models.webhook import Receiver
from zhike.automate.policy import WebhookPolicy
from zhike.automate.rules import robots
from zhike.customers.public import addressees
from zhike.foundation.access import chart
from zhike.foundation.access.models import Department, Person
from zhike.foundation.crypto import vault
from zhike.foundation.kit import calling, clock
from zhike.foundation.outbox.event import Event
from zhike.foundation.policies import current

_ANSWER_MOST = 64 * 1024
_LANGUAGE = {"zh": "zh-hans", "en": "en"}


def fan_out(happened: Event) -> None:
    """Put news into the queue of every robot that is given them; inside the delivery's transaction."""
    known, name = news.every()[happened.event_name], happened.event_name
    on = Webhook.objects.filter(state=WebhookState.ON, deleted_at=None, events__contains=name)
    for hook in on.exclude(kind=Receiver.SYSTEM).select_related("owner", "audience").order_by("pk"):
        with override(_language_of(hook)):
            told = known.say(happened) if name in hook.event_names else None
            if told is not None and _concerns(hook, told):
                queued(hook, name, f"msg_{happened.uid.hex}", told, happened.at)


def queued(hook: Webhook, name: str, message_id: str, told: news.Told, at: dt.datetime) -> None:
    """The text in the queue, as the group will read it; of the same id there is one."""
    lines = [told.title]
    if told.due_at is not None:
        due = formats.date_format(clock.local(told.due_at), "Y-m-d H:i")
        lines.append(gettext("Due: %(at)s") % {"at": due})
    lines.append(f"{settings.PUBLIC_URL}{told.link}")
    values = {"event": name, "body": "\n".join(lines), "at": at, "next_at": clock.now()}
    WebhookDelivery.objects.get_or_create(webhook=hook, message_id=message_id, defaults=values)


def trial(hook: Webhook, name: str, message_id: str) -> None:
    """A text that says nothing, to see whether it arrives."""
    with override(_language_of(hook)):
        queued(
            hook, name, message_id, news.Told(gettext("A test of Zhike: this group gets its news."), "/"), clock.now()
        )


def sent(delivery: WebhookDelivery) -> calling.Answer:
    """Hand the text to the service; its own code of what went wrong is the fault."""
    hook, now = delivery.webhook, clock.now().timestamp()
    url = vault.unseal_text(hook.uid, hook.address) if hook.address else ""
    secret = vault.unseal_text(hook.uid, hook.secret) if hook.secret else ""
    if not url or (hook.secret and not secret) or not hook.is_ready:
        return calling.Answer(None, "no_secret", 0)
    answer = calling.call(
        "POST", robots.addressed(hook.kind, url, secret or "", now),
        robots.body(hook.kind, delivery.body, secret or "", now), {"Content-Type": "application/json; charset=utf-8"},
        timeout_seconds=current().get(WebhookPolicy).timeout_seconds, allowed=settings.EGRESS_ALLOW,
        most_bytes=_ANSWER_MOST,
    )  # fmt: skip
    if not answer.is_taken or answer.fault:
        return answer
    return calling.Answer(answer.status, robots.fault_in(hook.kind, answer.body), answer.duration_ms)


def _language_of(hook: Webhook) -> str:
    """The group reads what its robot's owner reads."""
    return _LANGUAGE.get(hook.owner.language if hook.owner is not None else "", settings.LANGUAGE_CODE)


def _concerns(hook: Webhook, told: news.Told) -> bool:
    """Whether the news are of the robot's department or one below it. What is of no department is everybody's."""
    if hook.audience_id is None or (told.person_id is None and told.customer_id is None):
        return True
    places: set[int | None] = set()
    if told.person_id is not None:
        places.add(Person.objects.filter(pk=told.person_id).values_list("department_id", flat=True).first())
    if told.customer_id is not None:
        places |= {card.department_id for card in addressees([(told.customer_id, None)]).values()}
    below = {one.pk for one in chart.subtree(Department.objects.in_bulk(), hook.audience_id)}
    return bool(places & below)


def _given() -> Iterable[str]:
    on = Webhook.objects.filter(state=WebhookState.ON, deleted_at=None).exclude(kind=Receiver.SYSTEM)
    return {name for text in on.values_list("events", flat=True) for name in text.split()}


listening.source("robots", _given)
