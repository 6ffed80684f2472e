"""Who has a birthday on a day, without opening a value; and the index for rows written before there was one."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from zhike.customers.models import Contact, Customer
from zhike.customers.rules.birthdays import marks_at
from zhike.customers.services.personal import birthday_index
from zhike.foundation.crypto import vault

Addressee = tuple[int, int | None]  # customer, contact
_PIECE = 1_000
_UNMARKED = Q(birthday_blind=None) & ~Q(birthday="")


def birthdays_at(day: dt.date, leap_day_kept: str) -> list[Addressee]:
    """Persons among the customers, and contacts, whose birthday is kept on ``day``; the deleted are left out."""
    marks = _blind_marks(day, leap_day_kept)
    people = Customer.objects.filter(birthday_blind__in=marks, deleted_at=None).order_by("pk")
    contacts = Contact.objects.filter(birthday_blind__in=marks, deleted_at=None, customer__deleted_at=None)
    found: list[Addressee] = [(pk, None) for pk in people.values_list("pk", flat=True)]
    return [*found, *contacts.order_by("pk").values_list("customer_id", "pk")]


def has_birthday(addressee: Addressee, day: dt.date, leap_day_kept: str) -> bool:
    """Whether the birthday of this one is kept on ``day``, by the index as it stands."""
    customer_id, contact_id = addressee
    rows = Customer.objects.filter(pk=customer_id) if contact_id is None else Contact.objects.filter(pk=contact_id)
    return rows.filter(birthday_blind__in=_blind_marks(day, leap_day_kept), deleted_at=None).exists()


def _blind_marks(day: dt.date, leap_day_kept: str) -> list[bytes]:
    return [vault.blind("birthday_day", mark) for mark in marks_at(day, leap_day_kept)]


@dataclass(frozen=True)
class Piece:
    """How far the index has come: the last number looked at (None: all done), and how many got a mark."""

    after: int | None
    marked: int


def birthdays_index(model: type[Customer | Contact], after: int) -> Piece:
    """Mark the next rows behind number ``after`` whose birthday has no index yet. Again does no harm."""
    rows = list(
        model.objects.filter(_UNMARKED, pk__gt=after)
        .order_by("pk")
        .values_list("pk", "uid", "birthday_is_lunar")[:_PIECE]
    )
    if not rows:
        return Piece(None, 0)
    values = vault.open_values([uid for _pk, uid, _lunar in rows], ["birthday"])
    marks = {
        pk: mark
        for pk, uid, is_lunar in rows
        if (mark := birthday_index(values.get(uid, {}).get("birthday", ""), is_lunar=is_lunar))
    }
    with transaction.atomic():
        # Only what is still without: who wrote the file meanwhile has marked it by the new value.
        found = model.objects.select_for_update(of=("self",), no_key=True).filter(_UNMARKED, pk__in=marks)
        fresh = list(found.order_by("pk").only("pk", "birthday_is_lunar"))
        for row in fresh:
            row.birthday_blind = marks[row.pk]
        model.objects.bulk_update(fresh, ["birthday_blind"], batch_size=200)
    return Piece(rows[-1][0], len(fresh))
