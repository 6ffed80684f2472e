import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhike.foundation.policies.load import TEMPLATES, load_defaults
from zhike.retain.policy import HealthPolicy, WarningPolicy
from zhike.retain.rules.health import DIMENSIONS, HealthFacts, between, health
from zhike.retain.rules.warning import counting, is_warned, warned

POLICIES = load_defaults()
SHIPPED, WARNING = POLICIES.get(HealthPolicy), POLICIES.get(WarningPolicy)
WELL = {
    "order_fluctuation": 0.0,
    "complaints": 0.0,
    "open_matters": 0.0,
    "contact_days": 0.0,
    "use_before": 10.0,
    "use_now": 10.0,
}
OF_DIMENSION = {
    "service": ("complaints", "open_matters"),
    "interaction": ("contact_days",),
    "usage": ("use_before", "use_now"),
}


def facts(n=1, *, stopped=False, **known):
    arrays = {f.name: np.full(n, known.get(f.name, np.nan)) for f in dataclasses.fields(HealthFacts)}
    arrays["stopped"] = np.full(n, stopped)
    return HealthFacts(**arrays)


@pytest.mark.requirement("RET-04", proof="rule")
def test_health_70_0_is_no_warning():
    assert not is_warned(70.0, 0.0, WARNING)


@pytest.mark.requirement("RET-04", proof="rule")
def test_health_69_9_is_a_warning():
    assert is_warned(69.9, 0.0, WARNING)


def test_a_customer_with_everything_well_has_full_health():
    found = health(facts(**WELL), SHIPPED)

    assert found.score[0] == 100
    assert found.coverage[0] == 1


@pytest.mark.requirement("RET-04", proof="rule")
def test_health_70_by_computation_is_exactly_70_and_does_not_warn():
    # Interaction and usage give nothing, service everything, stability the rest: three dimensions below full.
    policy = dataclasses.replace(SHIPPED, stability_weight=30, service_weight=40, interaction_weight=30)
    policy = dataclasses.replace(policy, usage_weight=0)
    lacking = WELL | {"contact_days": policy.contact_days_bad}

    found = health(facts(**lacking), policy)

    assert found.score[0] == 70.0
    assert not is_warned(found.score[0], 0.0, WARNING)


@pytest.mark.parametrize("template", [None, *TEMPLATES])
@pytest.mark.parametrize("missing", [None, "service", "interaction", "usage"])
def test_a_stop_alone_never_falls_below_the_limit_where_three_dimensions_are_known(template, missing):
    policies = load_defaults(template)
    policy, warning = policies.get(HealthPolicy), policies.get(WarningPolicy)
    known = {k: v for k, v in WELL.items() if k not in OF_DIMENSION.get(missing, ())}

    found = health(facts(stopped=True, **known), policy)
    counts = counting(health=found.score, coverage=found.coverage, policy=warning)

    assert np.isnan(counts[0]) or counts[0] >= warning.health_limit


def test_a_stop_and_one_more_weakness_fall_below_the_limit():
    found = health(facts(stopped=True, **(WELL | {"complaints": SHIPPED.complaints_bad})), SHIPPED)

    assert found.score[0] < WARNING.health_limit
    assert found.weakest["stability"][0] == "health.stopped"
    assert found.weakest["service"][0] == "health.complaints"


@pytest.mark.requirement("RET-04", proof="rule")
def test_orders_alone_give_a_health_that_is_shown_with_its_coverage_but_does_not_count():
    found = health(facts(stopped=True), SHIPPED)

    assert found.score[0] == 100 * SHIPPED.stopped_score < WARNING.health_limit
    assert found.coverage[0] == pytest.approx(SHIPPED.stability_weight / 100)
    assert np.isnan(counting(health=found.score, coverage=found.coverage, policy=WARNING)[0])


def test_below_the_smallest_coverage_there_is_no_health():
    coverage = SHIPPED.stability_weight / 100

    at = health(facts(order_fluctuation=0.0), dataclasses.replace(SHIPPED, coverage_min=coverage))
    above = health(facts(order_fluctuation=0.0), dataclasses.replace(SHIPPED, coverage_min=coverage + 0.01))

    assert at.score[0] == 100
    assert np.isnan(above.score[0])
    assert health(facts(use_before=10.0, use_now=10.0), SHIPPED).coverage[0] < SHIPPED.coverage_min


@pytest.mark.requirement("RET-04", proof="rule")
def test_a_low_health_counts_from_its_coverage_on_and_not_a_hair_below():
    limit = WARNING.health_coverage_from
    low = np.full(3, 10.0)

    found = counting(health=low, coverage=np.array([limit, limit - 0.001, 1.0]), policy=WARNING)

    np.testing.assert_array_equal(found, [10.0, np.nan, 10.0])
    np.testing.assert_array_equal(warned(health=found, weight=np.zeros(3), policy=WARNING), [True, False, True])


KNOWN = {
    "order_fluctuation": st.floats(0, 3),
    "complaints": st.integers(0, 10),
    "open_matters": st.integers(0, 10),
    "contact_days": st.integers(0, 1000),
    "use_now": st.integers(0, 1000),
    "use_before": st.integers(0, 1000),
}


@given(st.lists(st.fixed_dictionaries({}, optional=KNOWN), min_size=1, max_size=20))
def test_the_points_of_the_dimensions_sum_to_the_score(customers):
    arrays = {
        f.name: np.array([float(c.get(f.name, np.nan)) for c in customers]) for f in dataclasses.fields(HealthFacts)
    }
    arrays["stopped"] = np.zeros(len(customers), dtype=bool)

    found = health(HealthFacts(**arrays), SHIPPED)

    points = np.nansum(np.stack([found.points[d] for d in DIMENSIONS]), axis=0)
    known = np.isfinite(found.score)
    np.testing.assert_array_equal(points[known], found.score[known])
    assert ((found.score[known] >= 0) & (found.score[known] <= 100)).all()


@given(st.floats(0, 20), st.floats(0, 20))
def test_more_complaints_never_mean_better_health(fewer, more):
    fewer, more = sorted((fewer, more))
    better = health(facts(**(WELL | {"complaints": fewer})), SHIPPED).score[0]
    worse = health(facts(**(WELL | {"complaints": more})), SHIPPED).score[0]

    assert worse <= better


def test_an_indicator_runs_straight_between_its_two_limits():
    np.testing.assert_allclose(between(np.array([0.0, 1.0, 2.0, 3.0]), bad=2.0, good=0.0), [1, 0.5, 0, 0])
    np.testing.assert_allclose(between(np.array([2.0, 4.5, np.nan]), bad=2.0, good=4.5), [0, 1, np.nan])
    assert not np.signbit(between(np.array([2.0, 3.0]), bad=2.0, good=0.0)).any(), "nobody is shown minus nothing"
