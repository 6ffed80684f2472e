"""What carries tags: the field of the declaration, the act beside it, what is checked and marked when they change."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhike.foundation import outbox, policies
from zhike.foundation.kit.refusals import Invalid
from zhike.foundation.records.declare import TAGS, Field, Kind
from zhike.foundation.records.events import TagsChanged
from zhike.foundation.records.policy import TagPolicy
from zhike.foundation.records.tags import known
from zhike.foundation.records.tags.models import TagMark


def tags_of(code: str, **more: Any) -> Field:
    """The field by which records of this kind carry tags. Their model has ``WithCustomFields``."""
    return Field(
        f"custom__{TAGS}", _("Tags"), Kind.TAGS, choices=known.choices, filterable=True, editable=True, of=code, **more
    )  # fmt: skip


def accepted(given: object) -> list[str] | None:
    """The codes in the order of the list; nothing for none. Raises ValueError."""
    if not isinstance(given, list | tuple) or not all(isinstance(one, str) for one in given):
        raise ValueError("not_an_option")
    codes = known.read(given)
    if not set(given) <= known.every():
        raise ValueError("not_an_option")
    if len(codes) > policies.current().get(TagPolicy).per_record_max:
        raise ValueError("too_many_tags")
    return codes or None


def changed(code: str, row: Any, before: Iterable[str] | None, after: Iterable[str] | None) -> None:
    """Mark what a record carries now, and tell it. Raises Invalid for a retired tag that did not stand there."""
    was, now = known.read(before), known.read(after)
    put, taken = [c for c in now if c not in was], [c for c in was if c not in now]
    if any(known.is_past(one) for one in put):
        raise Invalid(fields={TAGS: "tag_retired"})
    mark(code, {row.pk: now})
    if put or taken:
        customer = row.pk if code == "customers" else getattr(row, "customer_id", None)
        outbox.publish(TagsChanged(kind=code, record_id=row.pk, record_uid=str(row.uid), customer_id=customer,
                                   put=tuple(put), taken=tuple(taken)))  # fmt: skip


def mark(code: str, held: Mapping[int, Collection[str]]) -> None:
    """Make the marks of these records be what they hold."""
    wanted = {(pk, known.number(one)) for pk, codes in held.items() for one in codes}
    standing = TagMark.objects.filter(code=code, record_id__in=list(held))
    there = {(pk, tag): number for number, pk, tag in standing.values_list("pk", "record_id", "tag_id")}
    if gone := [number for pair, number in there.items() if pair not in wanted]:
        TagMark.objects.filter(pk__in=gone).delete()
    TagMark.objects.bulk_create(
        [TagMark(code=code, record_id=pk, tag_id=tag) for pk, tag in sorted(wanted - set(there))], ignore_conflicts=True
    )


def any_of(field: Field, codes: Sequence[str]) -> Q:
    """The condition that a record carries one of these tags."""
    marks = TagMark.objects.filter(code=field.of, tag_id__in=known.numbers(codes))
    return Q(pk__in=marks.order_by().values("record_id"))


def all_of(field: Field, codes: Sequence[str]) -> Q:
    """The condition that a record carries all of these tags."""
    where = Q()
    for code in codes:
        where &= any_of(field, (code,))
    return where


def without(field: Field) -> Q:
    """The condition that a record carries no tag."""
    return ~Q(pk__in=TagMark.objects.filter(code=field.of).order_by().values("record_id"))


def put_on(held: Iterable[str] | None, code: str) -> list[str]:
    """What a record carries once this tag is put on it."""
    return known.read([*(held or ()), code])


def taken_off(held: Iterable[str] | None, code: str) -> list[str]:
    """What a record carries once this tag is taken off it."""
    return [one for one in known.read(held) if one != code]


def held_by(model: Any, uid: UUID) -> list[str]:
    """The tags that a record carries."""
    custom = model._base_manager.filter(uid=uid).values_list("custom", flat=True).first()
    return known.read((custom or {}).get(TAGS))
