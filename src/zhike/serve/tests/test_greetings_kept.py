"""Greetings that are over are kept as long as the policy says, and no longer."""

from __future__ import annotations

import datetime as dt

import pytest

from zhike.customers.tests.office import Office, opened
from zhike.foundation import jobs
from zhike.foundation.access.viewer import system
from zhike.foundation.kit import clock
from zhike.foundation.policies.load import load_defaults
from zhike.serve.models import Greeting
from zhike.serve.models.greeting import GreetingState
from zhike.serve.policy import GreetingPolicy
from zhike.serve.tests.conftest import with_service


@pytest.fixture
def office(db: None) -> Office:
    return with_service(opened())


@pytest.mark.requirement("SEC-16", proof="rule")
def test_old_greetings_are_forgotten_but_not_a_call_that_is_owed(office: Office) -> None:
    customer, days = office.human("manager one"), load_defaults().get(GreetingPolicy).keep_days
    rows = (
        ("gone", days + 1, GreetingState.SENT),
        ("refused", days + 400, GreetingState.REFUSED),
        ("owed", days + 1, GreetingState.CALL),
        ("last day", days, GreetingState.GREETED),
        ("new", 0, GreetingState.PLANNED),
    )
    for key, age, state in rows:
        Greeting.objects.create(
            customer=customer, key=key, on=clock.today() - dt.timedelta(days=age), state=state, occasion="birthday"
        )

    run = jobs.start("serve.greetings_prune", viewer=system("test"))
    jobs.run_due()
    run.refresh_from_db()

    assert run.result == {"greetings": 2}
    assert set(Greeting.objects.values_list("key", flat=True)) == {"owed", "last day", "new"}
