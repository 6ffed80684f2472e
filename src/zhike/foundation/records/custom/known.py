"""The custom fields in force, as fields of the kit: kept by each process, read anew when somebody has changed one."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Max
from django.utils.functional import lazy
from django.utils.translation import get_language, gettext

from zhike.foundation.access.matrix import Level
from zhike.foundation.kit.rereading import Rereading
from zhike.foundation.policies import versions
from zhike.foundation.records import added
from zhike.foundation.records.custom import words
from zhike.foundation.records.custom.column import COLUMN, name_of
from zhike.foundation.records.custom.models import CustomField
from zhike.foundation.records.declare import Choice, Field, Kind, Klass, RecordType, Sort
from zhike.foundation.records.policy import CustomFieldPolicy
from zhike.foundation.records.registry import find

_ASKED_EVERY = 1.0  # seconds; the question reads one entry of an index
_COUNTED_EVERY = 60.0


@dataclass(frozen=True)
class Known:
    """All fields in force by the code of their records, and the revision that they stand at."""

    revision: int
    fields: dict[str, tuple[Field, ...]] = field(default_factory=dict)
    retired: dict[str, dict[str, Any]] = field(default_factory=dict)  # labels by key


def fields_of(code: str) -> tuple[Field, ...]:
    """The custom fields of these records, in the order of the form."""
    return _known.get().fields.get(code, ())


def sorts_of(code: str) -> tuple[Sort, ...]:
    """The orders that these fields offer. Only with an index, where there are many records: see :func:`too_many`."""
    return tuple(Sort(f.key, nulls_last=True) for f in fields_of(code) if f.kind in words.SORTED and is_asked(f))


def is_asked(one: Field) -> bool:
    """Whether lists may be asked about its values in any way but "is exactly"."""
    return not one.stored_masked


def retired_label(code: str, key: str) -> Any:
    """What a field was called that was taken out of use; nothing where there was none."""
    return _known.get().retired.get(code, {}).get(key, "")


def revision() -> int:
    """Rises with each change of any field."""
    return _known.get().revision


def forget(*, is_undecided: bool = False) -> None:
    """Read anew at the next question."""
    _known.forget(is_undecided=is_undecided)


def search_texts(code: str, held: dict[str, Any] | None) -> list[str]:
    """What words find of a record's own values: texts that everybody reads who sees the record."""
    if not held:
        return []
    texts = (f for f in fields_of(code) if f.kind in words.LONGEST and not f.stored_masked)
    return [held[name_of(f.custom)] for f in texts if f.level is Level.BASIC and name_of(f.custom) in held]


def takes(record_type: RecordType) -> bool:
    """Whether fields can be added to these records."""
    return record_type.takes_custom_fields


def too_many(record_type: RecordType, one: Field) -> str:
    """Why a list cannot be asked about this field: there are many records and no index. Empty where it can."""
    if not one.custom or one.is_indexed:
        return ""
    limit = versions.current().get(CustomFieldPolicy).unindexed_rows_max
    if _count(record_type, limit) <= limit:
        return ""
    sentence = gettext(
        "“%(field)s” has no index yet, and there are more than %(limit)s records. Ask IT to switch it on under"
        " Settings, Custom fields."
    )
    return sentence % {"field": one.label, "limit": f"{limit:,}"}


_counted: dict[tuple[str, int], tuple[float, int]] = {}


def _count(record_type: RecordType, limit: int) -> int:
    """How many records there are, counted to one beyond the limit, once a minute."""
    kept = _counted.get((record_type.code, limit))
    if kept is None or time.monotonic() - kept[0] > _COUNTED_EVERY:
        count = record_type.model._base_manager.order_by().values("pk")[: limit + 1].count()
        kept = _counted[record_type.code, limit] = (time.monotonic(), count)
    return kept[1]


def forget_counts() -> None:
    """Count anew: in tests."""
    _counted.clear()


def _token() -> tuple[int, int, int]:
    """What no two states of the table share; another table put in its place has other numbers."""
    found = CustomField.objects.aggregate(newest=Max("revision"), count=Count("pk"), last=Max("pk"))
    return found["newest"] or 0, found["count"], found["last"] or 0


def _read() -> Known:
    fields: dict[str, list[Field]] = {}
    retired: dict[str, dict[str, Any]] = {}
    newest = 0
    for row in CustomField.objects.order_by("position", "pk"):
        newest = max(newest, row.revision)
        if row.is_retired:
            retired.setdefault(row.code, {})[row.key] = said(row.title_zh, row.title_en)
        else:
            fields.setdefault(row.code, []).append(as_field(row))
    return Known(newest, {code: tuple(found) for code, found in fields.items()}, retired)


_known = Rereading(_token, _read, seconds=_ASKED_EVERY)


def as_field(row: CustomField) -> Field:
    """The definition as the kit knows fields."""
    kind = Kind(row.kind)
    related = find(row.relation) if row.relation else None
    return Field(
        f"{COLUMN}__{words.letter_of(kind, row.digits)}{row.pk}", said(row.title_zh, row.title_en), kind,
        klass=Klass.ORDINARY, level=Level.FULL if row.level == "full" else Level.BASIC,
        masked="custom" if row.is_sensitive else None, stored_masked=row.is_sensitive, personal=row.is_sensitive,
        purpose=words.PURPOSES.get(row.purpose, ""), basis=words.BASES.get(row.basis, ""),
        retention=words.RETENTIONS.get(row.retention, ""),
        choices=tuple(
            Choice(one["code"], said(one["zh"], one["en"]), is_past=bool(one.get("is_past"))) for one in row.choices
        ),
        digits=row.digits, unit=row.unit, relation=row.relation,
        relation_label=related.name_field if related is not None else "name",
        holds=False, filterable=kind not in words.LONGEST, editable=True, required=row.is_required,
        max_length=words.LONGEST.get(kind), help=said(row.help_zh, row.help_en), name=row.key, custom=row.pk,
        is_indexed=row.indexed_at is not None and row.is_index_wanted,
    )  # fmt: skip


def _said(zh: str, en: str) -> str:
    return zh if (get_language() or "zh-hans").startswith("zh") else en


def said(zh: str, en: str) -> Any:
    """Words in the language of whoever reads them."""
    return _in_language(zh, en)


_in_language = lazy(_said, str)
added.come_from(fields_of, sorts_of)
