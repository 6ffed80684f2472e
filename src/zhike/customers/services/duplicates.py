"""Rows of a load, and which of them are in the files already."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from zhike.customers.models import Customer
from zhike.customers.rules import identity
from zhike.foundation.crypto import vault
from zhike.foundation.kit import serial

Mark = tuple[str, object]
_LOCK_SPACE = 0x7A6C


@dataclass(frozen=True)
class ContactRow:
    """One contact of a loaded customer: fields as of ``contact_create``."""

    values: Mapping[str, Any]


@dataclass(frozen=True)
class CustomerRow:
    """One customer to load: ``values`` are the fields of ``customer_create``.

    ``reference`` is under what the outcome is reported, where there is no external id.
    """

    external_id: str
    kind: str
    values: Mapping[str, Any]
    owner_id: int | None = None
    team_id: int | None = None
    standing: str = "formal"
    created_at: dt.datetime | None = None  # when the file was opened elsewhere; now if not given
    contacts: Sequence[ContactRow] = field(default=())
    created_by_id: int | None = None
    reference: str = ""

    @property
    def key(self) -> str:
        """What the outcome is reported under."""
        return self.reference or self.external_id


@dataclass(frozen=True)
class Checked:
    """A row that can be accepted, its values and those of its contacts in normal form."""

    row: CustomerRow
    values: dict[str, Any]
    contacts: tuple[dict[str, Any], ...]

    @functools.cached_property
    def marks(self) -> list[Mark]:
        """By what the row is recognised, its number elsewhere first."""
        own: list[Mark] = [("external_id", self.row.external_id)] if self.row.external_id else []
        return own + marks_of(self.row.kind, self.values)


def marks_of(kind: str, values: Mapping[str, Any]) -> list[Mark]:
    """By what a file with these values (in normal form) is recognised as one that is there already."""
    marks: list[Mark] = []
    if values.get("credit_code"):
        marks.append(("credit_code", values["credit_code"]))
    if kind == "firm" and (name := identity.normal_name(values.get("name") or "")[:120]):
        marks.append(("name", name))
    if kind == "person" and values.get("phone"):
        marks.append(("phone", vault.blind("phone", values["phone"])))
    return marks


def hold(marks: Iterable[Mark]) -> None:
    """Let nobody else write a file with one of ``marks`` until this transaction ends: then the check sees it.

    Without this, two people who open a file for the same firm at the same moment would both find none.
    """
    serial.hold(_LOCK_SPACE, {f"{mark}:{value!r}" for mark, value in marks})


def same(mark: Mark) -> Q:
    """The rows that carry ``mark``."""
    kind, value = mark
    if kind == "name":
        return Q(kind="firm", name_normal=value)
    return Q(kind="person", phone_blind=value) if kind == "phone" else Q(credit_code=value)


class Known:
    """What stands in the files already of a batch's marks, and what its rows add one by one."""

    def __init__(self, rows: Sequence[Checked], origin: str, *, by_external_id_only: bool) -> None:
        self._only_external, self._seen = by_external_id_only, set[Mark]()
        hold(mark for row in rows for mark in row.marks)
        wanted: dict[str, list[Any]] = {"external_id": [], "credit_code": [], "name": [], "phone": []}
        for kind, value in (mark for row in rows for mark in self._counting(row)):
            wanted[kind].append(value)
        alive = Customer.objects.filter(deleted_at=None)
        for kind, column, found in (
            ("external_id", "external_id", alive.filter(origin=origin)),
            ("credit_code", "credit_code", alive),
            ("name", "name_normal", alive.filter(kind="firm")),
            ("phone", "phone_blind", alive.filter(kind="person")),
        ):
            if wanted[kind]:
                values = found.filter(**{f"{column}__in": wanted[kind]}).values_list(column, flat=True)
                self._seen |= {(kind, bytes(v) if kind == "phone" else v) for v in values}

    def clash(self, checked: Checked) -> str | None:
        """The field by which this row is in the files already; otherwise the row is known from now on."""
        marks = self._counting(checked)
        for mark in marks:
            if mark in self._seen:
                return mark[0]
        self._seen |= set(marks)
        return None

    def _counting(self, checked: Checked) -> list[Mark]:
        return [mark for mark in checked.marks if mark[0] == "external_id" or not self._only_external]
