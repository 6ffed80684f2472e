"""Which health tells that it fell: the one that warnings count, by the same rule."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pytest

from zhike.events.retain import HealthFell
from zhike.foundation.policies.load import load_defaults
from zhike.insight.models import MeasureHistory, NightRun
from zhike.insight.services.changes import _moves
from zhike.insight.tests.enterprise import AS_OF, Enterprise, founded
from zhike.retain.policy import WarningPolicy

pytestmark = pytest.mark.django_db
POLICY = load_defaults().get(WarningPolicy)
LIMIT, ENOUGH = POLICY.health_limit, POLICY.health_coverage_from
NIGHT_BEFORE = AS_OF - dt.timedelta(days=1)


@pytest.fixture
def enterprise() -> Enterprise:
    return founded(AS_OF)


def fallen(customer: int, before: tuple[float | None, bool], now: tuple[float | None, float]) -> bool:
    """Whether a fall is told of a customer with (health, warned) last night and (health, coverage) tonight."""
    run = NightRun.objects.create(as_of=NIGHT_BEFORE)
    health, was_warned = before
    MeasureHistory.objects.create(
        customer_id=customer, run=run, as_of=NIGHT_BEFORE, health=health, warned=was_warned, lifecycle="active"
    )
    measures = pa.table(
        {
            "customer_id": [customer], "tier": [""], "lifecycle": ["active"], "lifecycle_cause": [""],
            "health": pa.array([now[0]], pa.float64()), "health_coverage": [now[1]], "main_cause": [""],
        }
    )  # fmt: skip
    events = _moves(NightRun(as_of=AS_OF), measures, NIGHT_BEFORE, POLICY)
    assert all(isinstance(event, HealthFell) for event in events)
    return bool(events)


@pytest.mark.requirement("RET-04", proof="rule")
@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        ((LIMIT, False), (LIMIT - 0.1, ENOUGH), True),
        ((LIMIT + 5, False), (LIMIT, ENOUGH), False),
        ((LIMIT, False), (LIMIT - 0.1, ENOUGH - 0.01), False),
        ((LIMIT - 5, True), (LIMIT - 0.1, ENOUGH), False),
        ((LIMIT - 5, False), (LIMIT - 5, ENOUGH), True),  # it was low before, but rested on too little to count
        ((None, False), (LIMIT - 0.1, ENOUGH), True),
        ((LIMIT, False), (None, 0.0), False),
    ],
)
def test_a_fall_is_told_once_and_only_of_a_health_that_warns(
    enterprise: Enterprise, before: tuple[float | None, bool], now: tuple[float | None, float], told: bool
) -> None:
    assert fallen(enterprise.ids["well"], before, now) is told
