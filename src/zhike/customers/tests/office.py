"""A small enterprise for tests: two sales departments, a success team, and the posts that matter."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from zhike.customers.models import Customer
from zhike.customers.services.customer import customer_create
from zhike.foundation import outbox
from zhike.foundation.access.models import Department, Person, PostHolding, Team
from zhike.foundation.access.people import department_add, person_add, viewer_of
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock

_numbers = itertools.count(1)
BOSS = "boss"


@dataclass(frozen=True)
class Office:
    """Departments and people by short names."""

    departments: dict[str, Department]
    people: dict[str, Person]

    def viewer(self, name: str) -> Viewer:
        """Who ``name`` is as a viewer, today."""
        return viewer_of(Person.objects.select_related("department").get(pk=self.people[name].pk))

    def person(self, name: str) -> int:
        return self.people[name].pk

    def firm(self, owner: str, name: str = "", **values: Any) -> Customer:
        """A firm's file of ``owner``, opened by the owner."""
        name = name or f"东方第{next(_numbers)}机械厂"
        return customer_create(viewer=self.viewer(owner), kind="firm", name=name, **values)

    def human(self, owner: str, name: str = "欧阳静宜", **values: Any) -> Customer:
        """A natural person's file of ``owner``."""
        return customer_create(viewer=self.viewer(owner), kind="person", name=name, **values)


def opened() -> Office:
    """Write the office into the database."""
    root = department_add(name="总公司")
    sales = department_add(name="销售中心", parent=root)
    departments = {
        "root": root,
        "sales": sales,
        "one": department_add(name="销售一部", parent=sales),
        "two": department_add(name="销售二部", parent=sales),
        "success": department_add(name="客户成功部", parent=root),
    }
    people: dict[str, Person] = {}

    def add(name: str, post: str, department: str, superior: str | None = BOSS) -> None:
        people[name] = person_add(
            username=f"{name}{next(_numbers)}", name=f"员工{name}", post_codes=[post],
            department=departments[department], superior=people.get(superior or ""),
        )  # fmt: skip

    add(BOSS, "management", "root", None)
    add("chief", "sales_lead", "sales")
    add("lead one", "sales_lead", "one", "chief")
    add("lead two", "sales_lead", "two", "chief")
    add("seller one", "sales_specialist", "one", "lead one")
    add("other one", "sales_specialist", "one", "lead one")
    add("seller two", "sales_specialist", "two", "lead two")
    add("manager one", "customer_manager", "one", "lead one")
    add("success", "success_manager", "success")
    add("success two", "success_manager", "success")
    add("data", "data_specialist", "root")
    add("market", "market_specialist", "root")
    add("counter", "counter_staff", "root")
    add("it", "it_team", "root")
    # Tests put the clock back: the posts are held all along.
    PostHolding.objects.update(since="2020-01-01")
    return Office(departments, people)


def team_of(office: Office, *names: str) -> Team:
    """A team of these people."""
    team = Team.objects.create(name="华东小组")
    team.members.set([office.people[name] for name in names])
    return team


class Clock:
    """The test's clock: it stands at a moment and goes on from there as real time does."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._path = path
        monkeypatch.setenv("ZHIKE_CLOCK_FILE", str(path))

    def at(self, moment: Any) -> None:
        """Put the clock to ``moment``."""
        self._path.write_text("0")
        self._path.write_text(str((moment - clock.now()).total_seconds()))


def deliver() -> int:
    """Let every reaction hear its news."""
    total = 0
    while count := outbox.dispatch_once():
        total += count
    return total
