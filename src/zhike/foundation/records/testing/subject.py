"""What is tested: one kind of records, who may see it and how a row of it is made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

import pytest
from django.test import Client

from zhike.foundation.access.models import Person
from zhike.foundation.records.declare import RecordType
from zhike.foundation.records.registry import get
from zhike.foundation.records.testing.browser import signed_in, staff


@pytest.mark.django_db
class Subject:
    """Set by :func:`cases`; gives the addresses of the kind and a person who may see it."""

    code: ClassVar[str]
    make: ClassVar[Callable[[Person], Any]]
    allowed: ClassVar[str]
    denied: ClassVar[str]
    create_values: ClassVar[Mapping[str, str] | Callable[[Person], Mapping[str, str]] | None]
    change_values: ClassVar[Mapping[str, str] | None]
    secrets: ClassVar[Sequence[str]]
    owned: ClassVar[bool]

    @property
    def type(self) -> RecordType:
        return get(self.code)

    @pytest.fixture
    def person(self) -> Person:
        return staff(self.allowed)

    @pytest.fixture
    def client(self, person: Person) -> Client:
        return signed_in(person)

    @pytest.fixture
    def row(self, person: Person) -> Any:
        return type(self).make(person)

    def url(self, tail: str = "") -> str:
        return f"/{self.code}/{tail}"

    def api(self, tail: str = "") -> str:
        return f"/api/v1/{self.code}{tail}"

    def addresses(self, row: Any) -> Iterator[str]:
        """Everything that can be read about a record."""
        yield self.url()
        yield from (self.url(f"{row.uid}/"), self.url(f"{row.uid}/peek/"))
        yield from (self.url("export.csv"), self.url("total/"), self.url("filters/"), self.url("columns/"))
        yield from (self.url("conditions/"), self.url("views/"), self.url("views/new/"))
        yield from (self.api(), self.api(f"/{row.uid}"))
