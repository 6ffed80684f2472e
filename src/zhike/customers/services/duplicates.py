"""Rows of a load, and which of them are in the files already."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from zhike.customers.models import Customer
from zhike.customers.rules import identity
from zhike.foundation.crypto import vault


@dataclass(frozen=True)
class ContactRow:
    """One contact of a loaded customer: fields as of ``contact_create``."""

    values: Mapping[str, Any]


@dataclass(frozen=True)
class CustomerRow:
    """One customer to load: ``values`` are the fields of ``customer_create``."""

    external_id: str
    kind: str
    values: Mapping[str, Any]
    owner_id: int | None = None
    team_id: int | None = None
    standing: str = "formal"
    created_at: dt.datetime | None = None  # when the file was opened elsewhere; now if not given
    contacts: Sequence[ContactRow] = field(default=())


@dataclass(frozen=True)
class Checked:
    """A row that can be accepted, its values and those of its contacts in normal form."""

    row: CustomerRow
    values: dict[str, Any]
    contacts: tuple[dict[str, Any], ...]


class Known:
    """What stands in the files already of a batch's marks, and what its rows add one by one."""

    def __init__(self, rows: Sequence[Checked], origin: str, *, by_external_id_only: bool) -> None:
        self._only_external, self._seen = by_external_id_only, set[tuple[str, object]]()
        wanted: dict[str, list[Any]] = {"external_id": [], "credit_code": [], "name": [], "phone": []}
        for checked in rows:
            for mark, value in self._marks(checked):
                wanted[mark].append(value)
        alive = Customer.objects.filter(deleted_at=None)
        for mark, column, found in (
            ("external_id", "external_id", alive.filter(origin=origin)),
            ("credit_code", "credit_code", alive),
            ("name", "name_normal", alive.filter(kind="firm")),
            ("phone", "phone_blind", alive.filter(kind="person")),
        ):
            if wanted[mark]:
                values = found.filter(**{f"{column}__in": wanted[mark]}).values_list(column, flat=True)
                self._seen |= {(mark, bytes(v) if mark == "phone" else v) for v in values}

    def clash(self, checked: Checked) -> str | None:
        """The field by which this row is in the files already; otherwise the row is known from now on."""
        marks = self._marks(checked)
        for mark in marks:
            if mark in self._seen:
                return mark[0]
        self._seen |= set(marks)
        return None

    def _marks(self, checked: Checked) -> list[tuple[str, object]]:
        row, values = checked.row, checked.values
        marks: list[tuple[str, object]] = [("external_id", row.external_id)] if row.external_id else []
        if self._only_external:
            return marks
        if values.get("credit_code"):
            marks.append(("credit_code", values["credit_code"]))
        if row.kind == "firm":
            marks.append(("name", identity.normal_name(values["name"])[:120]))
        elif values.get("phone"):
            marks.append(("phone", vault.blind("phone", values["phone"])))
        return marks
