import dataclasses
import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from zhike.customers.tests.office import Clock, Office, opened
from zhike.foundation.access.models import PostHolding
from zhike.foundation.access.people import person_add
from zhike.foundation.kit import clock

_SERVICE = {
    "supervisor": ("service_supervisor", "boss"),
    "service": ("service_representative", "supervisor"),
    "service two": ("service_representative", "supervisor"),
    "engineer": ("support_engineer", "supervisor"),
    "engineer two": ("support_engineer", "supervisor"),
}


@pytest.fixture
def office(db: None) -> Office:
    """The small enterprise, with a service team."""
    return with_service(opened())


def with_service(office: Office) -> Office:
    people = dict(office.people)
    for name, (post, superior) in _SERVICE.items():
        people[name] = person_add(
            username=f"{name} of service", name=f"员工{name}", post_codes=[post],
            department=office.departments["root"], superior=people[superior],
        )  # fmt: skip
    PostHolding.objects.update(since="2020-01-01")
    return dataclasses.replace(office, people=people)


@pytest.fixture
def moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(tmp_path / "clock", monkeypatch)


class Standing:
    """A clock that stands still until it is put on: for cases that name the minute."""

    def __init__(self, running: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
        self._running, self._monkeypatch, self._now = running, monkeypatch, clock.now

    def at(self, day: str, time: str) -> dt.datetime:
        """Let it be this minute in the enterprise's time zone."""
        now = dt.datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=clock.ZONE)
        self._monkeypatch.setattr(clock, "now", self._now)
        # What took the clock as a default when it was imported sees it run, a little behind.
        self._running.at(now - dt.timedelta(minutes=1))
        self._monkeypatch.setattr(clock, "now", lambda: now)
        return now


@pytest.fixture
def standing(moment: Clock, monkeypatch: pytest.MonkeyPatch) -> Standing:
    return Standing(moment, monkeypatch)


@pytest.fixture
def page_of(office: Office) -> Any:
    """A browser of a member of staff by short name."""
    from zhike.foundation.access.models import Person
    from zhike.foundation.records.testing import signed_in

    def browser(name: str) -> Any:
        Person.objects.filter(pk=office.person(name)).update(must_change_password=False, language="en")
        return signed_in(Person.objects.get(pk=office.person(name)))

    return browser
