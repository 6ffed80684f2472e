"""A worker killed with signal 9 between and within the actions of a firing: all is done in the end, nothing twice."""

from __future__ import annotations

import datetime as dt
import signal
from typing import Any

import pytest

from zhike.automate.models import Run, RunState, Task
from zhike.automate.tests.conftest import a_lead, a_rule, sets_task, tells, with_operations
from zhike.customers.tests.office import Clock, deliver, opened
from zhike.foundation.kit import clock
from zhike.foundation.messages.models import Notice
from zhike.foundation.outbox.tests.processes import spawn
from zhike.serve.tests.conftest import with_service

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
# The child changes itself from outside: the product has no hook for dying.
CHILD = """
import os, signal
from zhike.automate.services import doing
from zhike.foundation import outbox

PLACE = os.environ["PLACE"]
def die():
    os.kill(os.getpid(), signal.SIGKILL)
run, one, closed = doing._run, doing._one, doing._closed
count = []

def dying_run(*given):
    done = run(*given)
    count.append(1)
    if PLACE == "within the second action" and len(count) == 2:
        die()
    return done

def dying_one(*given):
    fault = one(*given)
    if PLACE == "between two actions":
        die()
    return fault

def dying_closed(*given):
    if PLACE == "before the end":
        die()
    closed(*given)

doing._run, doing._one, doing._closed = dying_run, dying_one, dying_closed
while outbox.dispatch_once():
    pass
"""


@pytest.mark.requirement("AUTO-07", proof="rule")
@pytest.mark.parametrize("place", ["between two actions", "within the second action", "before the end"])
def test_a_firing_that_was_killed_goes_on_and_does_nothing_twice(place: str, moment: Clock, tmp_path: Any) -> None:
    office = with_operations(with_service(opened()))
    a_rule(office, steps=(sets_task(title="甲"), sets_task(title="乙"), tells()))
    a_lead(office)

    child = spawn(CHILD, PLACE=place)
    child.communicate()
    assert child.returncode == -signal.SIGKILL
    moment.at(clock.now() + dt.timedelta(minutes=20))
    deliver()

    assert Run.objects.get().state == RunState.DONE
    assert sorted(Task.objects.values_list("title", flat=True)) == ["乙", "甲"]
    assert Notice.objects.filter(code="automate.told").count() == 1
