"""People, a clock and duties for the tests of this part."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import transaction

from zhike.foundation import outbox
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import person_add
from zhike.foundation.kit.clock import ZONE
from zhike.foundation.obligations import ports, register
from zhike.foundation.obligations.tests import deeds
from zhike.foundation.outbox.event import Event
from zhike.foundation.policies import declare, load


def at(text: str) -> dt.datetime:
    """``2026-06-01 09:00`` in local time. The 1st of June 2026 is a Monday."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZONE)


def tell(*events: Event) -> None:
    """Publish and deliver."""
    with transaction.atomic():
        outbox.publish(*events)
    while outbox.dispatch_once():
        pass


@pytest.fixture(autouse=True)
def only_these_duties(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the rooms' own duties sleep, and the numbers of these tests stand in the policies."""
    monkeypatch.setitem(declare._REGISTRY, "obligations_tests.clocks", deeds.TestClocks)
    monkeypatch.setattr(load, "_toml", deeds.shipped_with_tests(load._toml))
    monkeypatch.setattr(register, "_DECLARED", {})
    monkeypatch.setattr(ports, "_OWNERS", {})


@pytest.fixture
def boss(db: None) -> Person:
    """A superior with no superior."""
    return person_add(username="boss", name="老板", post_codes=["management"])


@pytest.fixture
def manager(boss: Person) -> Person:
    """The manager of every customer."""
    return person_add(username="manager", name="经理", post_codes=["customer_manager"], superior=boss)


@pytest.fixture
def owners(manager: Person) -> dict[int, int]:
    """Who manages which customer; everybody else is managed by ``manager``."""
    special: dict[int, int] = {}

    @ports.owner_relation("customer_manager")
    def resolve(customer_ids: Any) -> dict[int, int]:
        return {number: special.get(number, manager.pk) for number in customer_ids}

    return special


@pytest.fixture
def it_team(db: None) -> Person:
    """Who takes what nobody else can be found for."""
    return person_add(username="it", name="IT", post_codes=["it_team"])
