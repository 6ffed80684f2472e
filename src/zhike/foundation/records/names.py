"""Names of people and departments, kept in the process: lists show thousands, and they rarely change."""

from __future__ import annotations

import time
from typing import NamedTuple
from uuid import UUID

from zhike.foundation.access.models import Department, Person

_KEPT_SECONDS = 30.0


class Named(NamedTuple):
    """How a person or a department appears: its uid and its name."""

    uid: UUID
    name: str


class _Book:
    """All names of one table, read again after a while, or at once when somebody unknown turns up."""

    def __init__(self, model: type[Person] | type[Department]) -> None:
        self.model = model
        self.forget()

    def forget(self) -> None:
        self.by_id: dict[int, Named] = {}
        self.by_uid: dict[UUID, int] = {}
        self.read_at = float("-inf")

    def read(self) -> dict[int, Named]:
        if time.monotonic() - self.read_at > _KEPT_SECONDS:
            self._read()
        return self.by_id

    def _read(self) -> None:
        rows = list(self.model.objects.values_list("id", "uid", "name"))
        self.by_id = {pk: Named(uid, name) for pk, uid, name in rows}
        self.by_uid = {uid: pk for pk, uid, _ in rows}
        self.read_at = time.monotonic()

    def get(self, pk: int | None) -> Named | None:
        if pk is None:
            return None
        found = self.read().get(pk)
        if found is None:
            self._read()
            found = self.by_id.get(pk)
        return found

    def number(self, uid: UUID) -> int | None:
        self.read()
        if uid not in self.by_uid:
            self._read()
        return self.by_uid.get(uid)


people = _Book(Person)
departments = _Book(Department)


def forget() -> None:
    """Drop what is kept: for tests, whose databases reuse numbers."""
    people.forget()
    departments.forget()
