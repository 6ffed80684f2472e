"""Limits that stand in order stay in order, whoever changes which of them and from when."""

import datetime as dt

import pytest

from zhike.foundation import policies
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.people import person_add
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid
from zhike.foundation.policies.load import load_defaults
from zhike.segment.policy import RfmPolicy

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("PLAT-10", proof="rule")]


@pytest.fixture
def management() -> Viewer:
    person = person_add(username="management", name="management", post_codes=[])
    return Viewer(person.pk, person.name, levels={Area.SETTINGS: frozenset({Level.APPROVE})})


def test_no_change_plan_or_restoring_mixes_up_limits_that_stand_in_order(management: Viewer) -> None:
    shipped = load_defaults().get(RfmPolicy)
    best, next_best = "segment.rfm.orders_5", "segment.rfm.orders_4"
    with pytest.raises(Invalid) as refused:
        policies.change(management, best, shipped.orders_4 - 1, reason="lower")
    assert refused.value.data["fields"] == {"value": "out_of_order"}
    later = clock.now() + dt.timedelta(days=3)
    policies.change(management, next_best, shipped.orders_5, reason="plan", effective_from=later)
    policies.change(management, best, shipped.orders_4, reason="equal is no mix-up, and the plan counts later")

    with pytest.raises(Invalid):
        policies.change(management, best, shipped.orders_5 - 1, reason="below the plan", effective_from=later)
    policies.change(management, best, shipped.orders_5 + 2, reason="above")
    policies.change(management, next_best, shipped.orders_5 + 1, reason="follows")
    with pytest.raises(Invalid):
        policies.restore(management, best, reason="back below the other")
