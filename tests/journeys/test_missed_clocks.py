"""Every clock of the path, missed: what its owner, the superior and the management see on their pages."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from tests.journeys.company import row_of, whole
from tests.journeys.path_clocks import CLOCKS, PathClock, started
from zhike.customers.models import Customer
from zhike.customers.tests.office import Clock, Office, deliver
from zhike.foundation import obligations
from zhike.foundation.kit import clock
from zhike.foundation.obligations import declared
from zhike.foundation.obligations.models import Duty
from zhike.foundation.obligations.policy import StandardPolicy
from zhike.foundation.policies import current
from zhike.win.tests.pages import at_work, page

pytestmark = pytest.mark.django_db
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def office(db: None, settings: Any, tmp_path: Path) -> Office:
    settings.HOME = tmp_path / "home"
    return whole()


@pytest.fixture
def moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(tmp_path / "clock", monkeypatch)


def test_every_declared_duty_has_its_case() -> None:
    """Those of the path that begin by an event.

    Recurring ones are missed in test_weekly_warning_list.py, a decision in src/zhike/foundation/approvals/tests,
    the task of somebody's rule in src/zhike/automate/tests.
    """
    by_event = {code for code, declaration in declared().items() if declaration.rhythm is None}
    assert {one.code for one in CLOCKS} == by_event - {"approval.sign", "AUTO-07"}


@pytest.mark.requirement("PLAT-08", proof="user")
@pytest.mark.parametrize("one", CLOCKS, ids=lambda one: one.code)
def test_a_missed_clock_reminds_is_overdue_and_reaches_the_superior(
    office: Office, moment: Clock, one: PathClock
) -> None:
    started(office, moment, one)
    duty = Duty.objects.get(code=one.code)
    with translation.override("en"):
        title = str(declared()[one.code].title)
    owner, superior, boss = (at_work(office, who) for who in (one.owner, one.superior, "boss"))
    customer = f"/customers/{Customer.objects.get(pk=duty.customer_id).uid}/"

    assert (duty.state, duty.person_id) == ("open", office.person(one.owner))
    share = current().get(StandardPolicy).remind_at
    assert share == 0.8
    if one.reminded:
        assert clock.local(duty.remind_at).strftime("%a %H:%M") == one.reminded
    else:
        assert abs(duty.remind_at - duty.started_at - (duty.due_at - duty.started_at) * share) < SECOND
    assert row_of(page(owner, "/tasks/"), title), "mine"
    assert row_of(page(superior, "/tasks/?scope=team"), title, office.people[one.owner].name), "my team's"
    assert row_of(page(boss, customer), title), "this customer's"
    assert not row_of(page(owner, "/notices/"), title)

    when(moment, duty.remind_at + SECOND)
    assert "</a></strong>" in row_of(page(owner, "/notices/"), title, "reminder"), "it leads to where it is done"
    assert not row_of(page(superior, "/notices/"), title, "escalation")
    assert not row_of(page(superior, "/tasks/?scope=overdue"), title)
    assert "is-amber" in row_of(page(owner, "/tasks/"), title)

    when(moment, duty.due_at + SECOND)
    duty.refresh_from_db()
    assert (duty.state, duty.breached_at, duty.escalated_to_id) == (
        "breached",
        duty.due_at,
        office.person(one.superior),
    )
    assert row_of(page(owner, "/notices/"), title, "overdue")
    assert row_of(page(superior, "/notices/"), title, "escalation", office.people[one.owner].name)
    for who, address in (
        (owner, "/tasks/"), (owner, "/tasks/?scope=overdue"), (superior, "/tasks/?scope=team"),
        (superior, "/tasks/?scope=overdue"), (boss, "/tasks/?scope=overdue"), (boss, customer),
    ):  # fmt: skip
        assert "is-breached" in row_of(page(who, address), title), address


def when(moment: Clock, at: dt.datetime) -> None:
    """Put the clock there and let the worker look."""
    moment.at(at)
    obligations.tick(clock.now())
    deliver()
