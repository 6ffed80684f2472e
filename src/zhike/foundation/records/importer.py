"""How records of a type come in from a file: which columns are understood, how a row is recognised, who writes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhike.foundation.records.declare import Field, Kind, Words

# Columns that most kinds of records take. Kept as they were in the old system.
EXTERNAL_ID = Field("external_id", _("Number in the old system"), max_length=80)
OWNER = Field("owner_id", _("Owner"), Kind.PERSON)
CREATED_AT = Field("created_at", _("Created"), Kind.DATETIME)
CREATED_BY = Field("created_by", _("Created by"), Kind.PERSON)


@dataclass(frozen=True)
class Key:
    """One way to recognise a record: by the value of ``field``, in normal form.

    ``find(values)`` returns the numbers of living rows by value, whoever may see them: the kit looks at the reach.
    """

    field: str
    find: Callable[[Sequence[Any]], Mapping[Any, Sequence[int]]]
    normal: Callable[[Any], Any] = lambda value: value


@dataclass
class Row:
    """One row as understood: values by field, related records and people by number. ``line`` is where it stood."""

    line: int
    values: dict[str, Any]


@dataclass(frozen=True)
class Written:
    """What became of a row: the number of its record; or its problems by field; or the field by which it exists.

    ``marks`` is by what else the record is recognised: two rows of one file with the same mark are one too many.
    ``kept`` are the values in normal form, where the service has them at hand.
    """

    pk: int = 0
    problems: Mapping[str, str] = field(default_factory=dict)
    clash: str = ""
    marks: tuple[str, ...] = ()
    kept: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Importer:
    """What a room says about files of its records.

    ``load(viewer=…, rows=[Row, …])`` writes new records with permission, rules, one audit entry and one event a call,
    and returns a :class:`Written` for each row, in order. ``fields`` are what a column can be taken for; ``needs`` what
    every row must have. ``normal(values)`` is how the service keeps values; ``present(pks)`` gives what the base holds
    by field, personal values in full, dates and numbers as they are.
    ``update(viewer=…, uid=…, version=…, **changes)`` changes a record that stands already, ``changeable`` names its
    fields; without it such rows are passed over. ``remove(viewer=…, pks=[…])`` takes back what an import wrote.
    ``starts(viewer=…, pks=[…])`` starts the duties of records that are still open, and says how many.
    ``past`` are days and times that cannot lie ahead. ``synonyms`` are more names of columns.
    """

    fields: tuple[Field, ...]
    needs: tuple[str, ...]
    keys: tuple[Key, ...]
    load: Callable[..., Sequence[Written]]
    present: Callable[[Sequence[int]], Mapping[int, Mapping[str, Any]]]
    remove: Callable[..., None]
    normal: Callable[[dict[str, Any]], dict[str, Any]] = lambda values: values
    update: Callable[..., Any] | None = None
    changeable: tuple[str, ...] = ()
    starts: Callable[..., int] | None = None
    past: tuple[str, ...] = ()
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hint: Words = ""

    def field(self, key: str) -> Field | None:
        """The field of that public name."""
        return next((f for f in self.fields if f.key == key), None)

    def key(self, name: str) -> Key | None:
        """The way to recognise a record by that field."""
        return next((k for k in self.keys if k.field == name), None)


def by_column(model: type[Any], column: str) -> Callable[[Sequence[Any]], Mapping[Any, Sequence[int]]]:
    """``find`` of a key that is a plain column."""

    def find(values: Sequence[Any]) -> Mapping[Any, Sequence[int]]:
        found: dict[Any, list[int]] = {}
        rows = model._default_manager.filter(deleted_at=None, **{f"{column}__in": list(values)})
        for value, pk in rows.order_by("pk").values_list(column, "pk"):
            found.setdefault(value, []).append(pk)
        return found

    return find
