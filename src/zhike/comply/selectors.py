"""Reads of compliance: the text in force, and which uses are allowed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, Count, IntegerField, Value, When

from zhike.comply.models import Consent, ConsentText, ConsentUse, Purpose
from zhike.comply.rules.use import Said, Use, use_of
from zhike.customers.public import people_counted
from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock

_CHUNK = 10_000


@dataclass(frozen=True)
class TextShown:
    """A notice as it is shown to a customer: what for, what is promised, and the purposes that may be ticked."""

    uid: UUID
    channel: str
    language: str
    edition: int
    notice: str
    promise: str
    purposes: tuple[str, ...]


def text_row(channel: str, language: str, at: dt.datetime) -> ConsentText | None:
    """The edition in force at ``at``: of the channel, else of any; in Chinese where there is no other."""
    exact = Case(
        When(channel=channel, language=language, then=Value(0)),
        When(language=language, then=Value(1)),
        When(channel=channel, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    found = ConsentText.objects.filter(
        channel__in=[channel, "any"], language__in=[language, "zh"], in_force_from__lte=at, deleted_at=None
    )
    return found.order_by(exact, "-in_force_from", "-edition").first()


def text_in_force(channel: str, language: str, at: dt.datetime | None = None) -> TextShown | None:
    """What a customer is to be told on ``channel`` (``zh`` or ``en``); None when there is no text."""
    row = text_row(channel, language[:2], at or clock.now())
    if row is None:
        return None
    ordered = tuple(p for p in Purpose.values if p in row.purposes)
    return TextShown(row.uid, row.channel, row.language, row.edition, row.notice, row.promise, ordered)


def may_use(customer_ids: Collection[int], purpose: str) -> dict[int, Use]:
    """For each customer whether its data may be used for ``purpose``, and why: given, withdrawn, not_asked.

    For other rooms, before a message, an analysis or a share: the answer is that of the last committed word.
    """
    ids = list(customer_ids)
    said: dict[int, Said] = {}
    for start in range(0, len(ids), _CHUNK):
        rows = ConsentUse.objects.filter(
            customer_id__in=ids[start : start + _CHUNK], contact=None, purpose=Purpose(purpose).value
        )
        said |= {c: Said(allowed, at) for c, allowed, at in rows.values_list("customer_id", "is_allowed", "said_at")}
    return {customer_id: use_of(said.get(customer_id)) for customer_id in ids}


def contacts_may_use(customer_by_contact: dict[int, int], purpose: str) -> dict[int, Use]:
    """The same for contacts: a contact's own word counts before the customer's."""
    asked = {contact: (customer, contact, purpose) for contact, customer in customer_by_contact.items()}
    found = each_may_use(asked.values())
    return {contact: found[one] for contact, one in asked.items()}


def each_may_use(asked: Collection[tuple[int, int | None, str]]) -> dict[tuple[int, int | None, str], Use]:
    """The same for each (customer, contact or None for the customer itself, purpose), in one question."""
    rows = ConsentUse.objects.filter(
        customer_id__in={customer for customer, _contact, _purpose in asked},
        purpose__in={Purpose(purpose).value for _customer, _contact, purpose in asked},
    )
    said = {
        (customer, contact, purpose): Said(allowed, at)
        for customer, contact, purpose, allowed, at in rows.values_list(
            "customer_id", "contact_id", "purpose", "is_allowed", "said_at"
        )
    }
    return {one: use_of(said.get(one, said.get((one[0], None, one[2])))) for one in asked}


def was_asked(customer_id: int) -> bool:
    """Whether the customer, or a contact of it, was told and has consented to be served (B-30)."""
    return ConsentUse.objects.filter(customer_id=customer_id, purpose=Purpose.SERVICE, is_allowed=True).exists()


def uses_of(viewer: Viewer, customer_id: int) -> dict[str, Use]:
    """Each purpose of a customer already seen."""
    viewer.require(Area.CONSENT, Level.BASIC)
    rows = ConsentUse.objects.filter(customer_id=customer_id, contact=None)
    said = {purpose: Said(allowed, at) for purpose, allowed, at in rows.values_list("purpose", "is_allowed", "said_at")}
    return {purpose: use_of(said.get(purpose)) for purpose in Purpose.values}


def contact_uses_of(viewer: Viewer, customer_id: int) -> list[ConsentUse]:
    """What the contacts of a customer already seen said for themselves, by purpose and name."""
    viewer.require(Area.CONSENT, Level.BASIC)
    rows = ConsentUse.objects.filter(customer_id=customer_id, contact__deleted_at=None).exclude(contact=None)
    rows = rows.select_related("contact").only("purpose", "is_allowed", "said_at", "contact__name")
    return list(rows.order_by("contact__name", "contact_id", "purpose"))


def newest_of(viewer: Viewer, customer_id: int, size: int = 3) -> list[Consent]:
    """The last acts of a customer already seen, newest first, with what is shown beside them."""
    viewer.require(Area.CONSENT, Level.BASIC)
    rows = scope.visible(viewer, Consent.objects.filter(customer_id=customer_id))
    return list(rows.select_related("text", "created_by", "witness", "contact").order_by("-said_at", "-id")[:size])


def last_of(viewer: Viewer, customer_id: int) -> Consent | None:
    """The last act of a customer already seen, with its edition and who wrote it down; nothing else of it is read."""
    viewer.require(Area.CONSENT, Level.BASIC)
    rows = Consent.objects.filter(customer_id=customer_id, deleted_at=None).select_related("text", "created_by")
    lean = rows.only("act", "channel", "how", "text__edition", "created_by__name")
    return lean.order_by("-said_at", "-id").first()


def consents_counted(viewer: Viewer) -> list[tuple[str, int, int, int]]:
    """By purpose: of how many visible natural persons the use is allowed, withdrawn, and never asked for."""
    viewer.require(Area.CONSENT, Level.BASIC)
    people = people_counted(viewer)
    spoken = scope.visible(viewer, ConsentUse.objects.filter(contact=None, customer__kind="person"))
    counts = spoken.order_by().values("purpose", "is_allowed").annotate(n=Count("pk"))
    found = {(row["purpose"], row["is_allowed"]): row["n"] for row in counts}
    told = [(purpose, found.get((purpose, True), 0), found.get((purpose, False), 0)) for purpose in Purpose.values]
    return [(purpose, given, withdrawn, people - given - withdrawn) for purpose, given, withdrawn in told]
