"""Reads of correspondence: what may be sent to whom, and the messages about a record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count

from zhike.correspond.models import Direction, Message, MessageState, Stop, Template
from zhike.correspond.models.message import Channel
from zhike.correspond.models.template import Purpose
from zhike.correspond.rules.templates import filled
from zhike.customers.public import ContactCard, contact_cards, mail_person
from zhike.foundation import messages
from zhike.foundation.access import directory, scope
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import masking

_SHOWN = 20


def may_read_words(viewer: Viewer) -> bool:
    """Who reads the text of messages: who sees all dimensions of the timeline, and who writes to customers."""
    return viewer.may(Area.TIMELINE, Level.FULL) or viewer.may(Area.TIMELINE, Level.EDIT)


def words_of(viewer: Viewer, message: Message) -> str:
    """The text as the viewer may read it: names of persons, numbers and addresses masked; nothing for the others."""
    if not may_read_words(viewer):
        return ""
    person = mail_person(message.customer_id, message.contact_id) if message.customer_id else None
    names = {"name": person.masked_name, "customer": person.masked_customer_name} if person else {}
    body = message.body
    for name, value in names.items():
        body = body.replace("{" + name + "}", value)
    return masking.text(body)


def words_before(template: Template, customer_id: int, contact_id: int | None, values: Mapping[str, str]) -> str:
    """What a template will say to somebody, before it is written: names of persons masked."""
    person = mail_person(customer_id, contact_id)
    names = {"name": person.masked_name, "customer": person.masked_customer_name} if person else {}
    known = {**values, **names, "enterprise": directory.enterprise()}
    return masking.text("\n\n".join([filled(template.subject, known), filled(template.body, known)]))


def subject_of(message: Message) -> str:
    """The subject with numbers and addresses masked, for lists."""
    return masking.text(message.subject)


def messages_about(viewer: Viewer, uid: UUID, size: int = _SHOWN) -> list[Message]:
    """Messages that belong to a record, the newest first."""
    viewer.require(Area.TIMELINE, Level.BASIC)
    rows = scope.visible(viewer, Message.objects.filter(about_uid=uid))
    return list(rows.select_related("created_by").order_by("-id")[:size])


def templates_in_use(language: str = "") -> list[Template]:
    """What one may write with; in one language, or all."""
    rows = Template.objects.filter(is_current=True, deleted_at=None)
    return list((rows.filter(language=language) if language else rows).order_by("title", "language"))


def template_in_use(code: str, language: str) -> Template | None:
    """The edition in use; in Chinese where there is no other."""
    rows = Template.objects.filter(code=code, is_current=True, deleted_at=None, language__in=(language, "zh"))
    return sorted(rows, key=lambda row: row.language != language)[0] if rows else None


def template_by(uid: UUID) -> Template | None:
    """The edition in use with this uid."""
    return Template.objects.filter(uid=uid, is_current=True, deleted_at=None).first()


def editions_of(code: str, language: str) -> list[Template]:
    """All editions, the newest first."""
    return list(Template.objects.filter(code=code, language=language).order_by("-edition"))


@dataclass(frozen=True)
class Way:
    """One way to say something to somebody: to whom, for what, and whether the gate lets it."""

    contact: ContactCard | None
    purpose: str
    purpose_words: Any
    is_automatic: bool
    verdict: messages.Verdict
    reasons: list[str]


def ways_to(viewer: Viewer, customer_id: int) -> list[Way]:
    """What may be sent to a customer already seen, and why not: to it and its contacts, by hand, for advertising."""
    viewer.require(Area.PROFILE, Level.BASIC)
    people: list[ContactCard | None] = [None, *contact_cards(customer_id)]
    asked = [
        (person, purpose, messages.Ask(customer_id, person.id if person else None, Channel.EMAIL.value, purpose))
        for person in people
        for purpose in Purpose.values
    ]
    verdicts = messages.may_send([ask for _person, _purpose, ask in asked])
    words = dict(Purpose.choices)
    return [
        Way(person, purpose, words[purpose], ask.is_automatic, verdict, messages.verdict_words(verdict))
        for (person, purpose, ask), verdict in zip(asked, verdicts, strict=True)
    ]


def was_said(key: str) -> bool:
    """Whether a message of this occasion was written before, let out or not."""
    return Message.objects.filter(key=key).exists()


def unassigned_count(viewer: Viewer) -> int:
    """How many messages wait for somebody to say whose they are."""
    viewer.require(Area.TIMELINE, Level.BASIC)
    return scope.visible(viewer, Message.objects.filter(state=MessageState.UNASSIGNED)).count()


def traffic() -> dict[str, int]:
    """How many messages stand in which state: numbers only, for who looks after the installation."""
    rows = Message.objects.filter(deleted_at=None).order_by().values_list("state")
    return dict(rows.annotate(count=Count("id")).values_list("state", "count"))


def last_errors(size: int = 10) -> list[tuple[Any, str, int]]:
    """The newest faults of handing over: when, which, after how many tries. No words and no addresses."""
    rows = Message.objects.exclude(error="").filter(direction=Direction.OUT).order_by("-updated_at")
    return list(rows.values_list("updated_at", "error", "tries")[:size])


def stops_of(viewer: Viewer, customer_id: int) -> list[Stop]:
    """What a customer already seen does not want, now."""
    viewer.require(Area.CONSENT, Level.BASIC)
    rows = scope.visible(viewer, Stop.objects.filter(customer=customer_id, lifted_at=None))
    return list(rows.select_related("contact").order_by("since"))


def is_stopped(customer_ids: set[int], channel: str) -> list[tuple[int, int | None, str]]:
    """Wishes in force of these customers on a channel: customer, contact (None: all of them), what."""
    rows = Stop.objects.filter(customer__in=customer_ids, channel=channel, lifted_at=None, deleted_at=None)
    return list(rows.values_list("customer_id", "contact_id", "what"))
