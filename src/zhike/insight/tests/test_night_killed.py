"""A night killed with signal 9 at every boundary, and started again, ends as if nothing had happened."""

from __future__ import annotations

import datetime as dt
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from zhike.customers.tests.office import Clock, deliver
from zhike.foundation.access.viewer import system
from zhike.foundation.kit import clock
from zhike.foundation.outbox.tests.processes import spawn
from zhike.insight.models import NightRun
from zhike.insight.services.night import STEPS, night_run
from zhike.insight.tests.enterprise import AS_OF, NAMES, forget_nights, founded, outcome

pytestmark = pytest.mark.django_db(transaction=True)
NIGHT = system("test night")
WEEK_BEFORE = AS_OF - dt.timedelta(days=7)
# The child changes itself from outside: the product has no hook for dying.
CHILD = """
import datetime as dt, os, signal
from contextlib import contextmanager
from zhike.customers.services import measures as state
from zhike.foundation.access.viewer import system
from zhike.insight.services import measures, night

PLACE = os.environ["PLACE"]
def die():
    os.kill(os.getpid(), signal.SIGKILL)
state.CHUNK = 5
step, write, finish, history = night._step, state._write, night._finish, measures.history_write
pieces = []

@contextmanager
def dying_step(run, name, told):
    with step(run, name, told) as counts:
        yield counts
        if PLACE == "in " + name:
            die()
    if PLACE == "after " + name:
        die()

def dying_write(*given):
    written = write(*given)
    pieces.append(written)
    if PLACE == "between pieces of the state" and len(pieces) == 2:
        die()
    return written

def dying_history(*given):
    if PLACE == "between state and history":
        die()
    return history(*given)

def dying_finish(*given):
    finish(*given)
    die()

night._step, state._write, measures.history_write = dying_step, dying_write, dying_history
if PLACE == "after the end":
    night._finish = dying_finish
night.night_run(viewer=system("test night"), as_of=dt.date.fromisoformat(os.environ["AS_OF"]))
"""
PLACES = [
    *(f"{where} {step}" for step in STEPS for where in ("in", "after")),
    "between pieces of the state",
    "between state and history",
    "after the end",
]


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.HOME = tmp_path / "home"
    Clock(tmp_path / "clock", monkeypatch).at(clock.start_of(AS_OF + dt.timedelta(days=1)) + dt.timedelta(hours=3))


def die_at(place: str) -> None:
    child = spawn(CHILD, PLACE=place, AS_OF=AS_OF.isoformat(), ZHIKE_CLOCK_FILE=os.environ["ZHIKE_CLOCK_FILE"])
    _out, errors = child.communicate(timeout=120)
    assert child.returncode == -signal.SIGKILL, f"{place}: it did not die there: {errors.decode()[-2000:]}"


def undisturbed() -> dict[str, Any]:
    """A night a week before, a change, and the night itself."""
    night_run(viewer=NIGHT, as_of=AS_OF)
    deliver()
    return outcome()


def the_week_before() -> None:
    """A night to compare with, after which some customers move to another band."""
    night_run(viewer=NIGHT, as_of=WEEK_BEFORE)


def assert_the_same(actual: dict[str, Any], expected: dict[str, Any]) -> None:
    for part, rows in expected.items():
        # The audit cannot be put back: it holds the entries of both courses.
        assert actual[part] == (2 * rows if part == "audited" else rows), part


def killed_one_after_the_other(places: list[str]) -> None:
    founded()
    the_week_before()
    expected = undisturbed()
    forget_nights()
    the_week_before()

    for place in places[:-1]:
        die_at(place)
        assert NightRun.objects.get(as_of=AS_OF).state == "running", place
    die_at(places[-1])
    assert NightRun.objects.get(as_of=AS_OF).state == "done"

    assert_the_same(undisturbed(), expected)
    proposed = sum(name == "retain.WarningProposed" for name, _said in expected["events"])
    assert proposed == len(expected["warnings"]) >= 4, "each is told once"
    assert sum(name == "insight.NightFinished" for name, _said in expected["events"]) == 2
    assert len(expected["history"]) == 2 * len(NAMES)


@pytest.mark.requirement("RET-07", proof="rule")
def test_a_night_killed_where_it_hurts_most_ends_the_same() -> None:
    killed_one_after_the_other(["between pieces of the state", "in news", "in proposals", "after the end"])


@pytest.mark.slow
def test_a_night_killed_at_every_boundary_ends_the_same() -> None:
    killed_one_after_the_other(PLACES)


@pytest.mark.bars
@pytest.mark.parametrize("place", PLACES)
def test_a_night_killed_once_and_started_again_ends_the_same(place: str) -> None:
    founded()
    the_week_before()
    expected = undisturbed()
    forget_nights()
    the_week_before()

    die_at(place)

    assert_the_same(undisturbed(), expected)
