import json
import math
import uuid

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhike.analytics import uplift
from zhike.analytics.cautions import named
from zhike.analytics.errors import BadRow, CannotFit
from zhike.analytics.tests import published

FIRST_HELD_OUT = [7, 9, 15, 23, 32]


def trial(rng, n, *, effect=0.0, holdout=0.5, sd=1.0):
    """Normal outcomes around 10 whose earlier value explains half of the variance."""
    treated = rng.random(n) >= holdout
    before = rng.normal(0, sd / math.sqrt(2), n)
    outcome = 10 + before + rng.normal(0, sd / math.sqrt(2), n) + effect * treated
    return treated, outcome, before


@pytest.mark.shared_data
@pytest.mark.requirement("RET-18", proof="rule")
@pytest.mark.parametrize(
    ("arm", "outcome", "value", "low", "high"),
    [
        ("Mens E-Mail", "visit", 0.07659, 0.06995, 0.08322),
        ("Mens E-Mail", "conversion", 0.00680, 0.00500, 0.00861),
        ("Mens E-Mail", "spend", 0.7698, 0.4851, 1.0546),
        ("Womens E-Mail", "visit", 0.04523, 0.03889, 0.05157),
        ("Womens E-Mail", "conversion", 0.00311, 0.00150, 0.00472),
        ("Womens E-Mail", "spend", 0.4244, 0.1690, 0.6799),
    ],
)
def test_hillstrom_lifts_and_intervals(arm, outcome, value, low, high):
    rows = published.hillstrom()
    rows = rows[rows["segment"].isin([arm, "No E-Mail"])]

    found = uplift.readout(
        treated=rows["segment"] == arm, outcome=rows[outcome], holdout=0.5, before=rows["history"], single_look=True
    )

    # The last digit printed; the table's upper limit of 1.0546 is 1.05451 here and with pandas.
    digits = 1e-4 if outcome == "spend" else 6e-6
    told = found.plain.difference
    assert (told.value, told.low, told.high) == pytest.approx((value, low, high), abs=digits)
    assert found.plain.relative.value == pytest.approx(found.treated.mean / found.control.mean - 1)
    assert found.ratio.p_value > 0.1
    assert found.verdict == "better"
    # Past spending says little about two weeks of visits; it must not make things worse.
    assert found.adjusted.difference.high - found.adjusted.difference.low <= told.high - told.low + digits
    assert named(found.warnings) <= {"skewed"}
    json.dumps(found.as_dict(), allow_nan=False)


def test_an_effect_lies_in_its_interval_as_often_as_stated():
    rng = np.random.default_rng(0)
    inside = np.zeros(3)
    for _ in range(1000):
        treated, outcome, before = trial(rng, 300, effect=0.3, holdout=0.3)
        found = uplift.readout(treated=treated, outcome=outcome, before=before, holdout=0.3)
        relative = found.plain.relative
        inside += [
            found.plain.difference.low <= 0.3 <= found.plain.difference.high,
            found.adjusted.difference.low <= 0.3 <= found.adjusted.difference.high,
            relative.low <= 0.03 <= relative.high,
        ]

    # Four standard errors of a share of 95 % among 1,000.
    assert inside / 1000 == pytest.approx(np.full(3, 0.95), abs=0.028)


def test_few_events_keep_their_promise_too():
    rng = np.random.default_rng(1)
    inside = 0
    for _ in range(1000):
        treated = rng.random(400) < 0.5
        outcome = rng.random(400) < np.where(treated, 0.03, 0.02)
        found = uplift.readout(treated=treated, outcome=outcome, holdout=0.5)
        assert "few_events" in named(found.warnings)
        inside += found.plain.difference.low <= 0.01 <= found.plain.difference.high

    assert inside / 1000 >= 0.95 - 0.028


def test_looking_every_day_rarely_finds_an_effect_that_is_not_there():
    rng = np.random.default_rng(2)
    fooled = {"once": 0, "always": 0}
    for _ in range(250):
        treated, outcome, _ = trial(rng, 2000)
        looks = [
            uplift.readout(treated=treated[:n], outcome=outcome[:n], holdout=0.5).plain for n in range(200, 2001, 200)
        ]
        fooled["once"] += any(not look.difference.low <= 0 <= look.difference.high for look in looks)
        fooled["always"] += any(not look.any_time.low <= 0 <= look.any_time.high for look in looks)

    # The promise is at most 5 %; three standard errors of 250 trials on top.
    assert fooled["always"] / 250 <= 0.05 + 0.042
    # Ordinary intervals looked at ten times break theirs, which is why there are others.
    assert fooled["once"] / 250 > 0.1


def test_any_time_limits_are_wider_and_closest_where_the_trial_was_planned_to_end():
    def widening(n, planned):
        treated, outcome, _ = trial(np.random.default_rng(3), n)
        told = uplift.readout(treated=treated, outcome=outcome, holdout=0.5, planned=planned).plain
        return (told.any_time.high - told.any_time.low) / (told.difference.high - told.difference.low)

    assert 1 < widening(2000, 2000) < 1.6
    assert widening(2000, 2000) == pytest.approx(min(widening(2000, p) for p in (200, 1000, 2000, 4000, 20_000)))


def test_the_time_before_halves_the_variance_it_explains():
    treated, outcome, before = trial(np.random.default_rng(4), 20_000, effect=0.05)
    gaps = np.where(np.arange(20_000) % 4 == 0, np.nan, before)

    found = uplift.readout(treated=treated, outcome=outcome, before=before, holdout=0.5)
    with_gaps = uplift.readout(treated=treated, outcome=outcome, before=gaps, holdout=0.5)

    assert found.variance_removed == pytest.approx(0.5, abs=0.02)
    assert with_gaps.variance_removed == pytest.approx(0.375, abs=0.02)
    width = [one.difference.high - one.difference.low for one in (found.plain, found.adjusted)]
    assert width[1] / width[0] == pytest.approx(math.sqrt(1 - found.variance_removed), abs=0.01)
    assert found.best is found.adjusted
    assert found.verdict == "better"


def test_a_draw_that_went_wrong_is_not_read_as_an_effect():
    rng = np.random.default_rng(5)
    treated, outcome, before = trial(rng, 2000, effect=1.0)

    lopsided = uplift.readout(treated=treated, outcome=outcome, holdout=0.2)
    chosen = uplift.readout(treated=before > 0, outcome=outcome, before=before, holdout=0.5)

    assert lopsided.verdict == chosen.verdict == "not_comparable"
    assert named(lopsided.warnings) == {"sample_ratio"}
    assert "before_differs" in named(chosen.warnings)


def test_it_says_plainly_when_the_data_cannot_tell():
    rng = np.random.default_rng(6)
    treated, outcome, _ = trial(rng, 200, effect=0.02)

    unclear = uplift.readout(treated=treated, outcome=outcome, holdout=0.5)
    same = uplift.readout(treated=treated, outcome=np.ones(200), holdout=0.5)
    worse = uplift.readout(treated=treated, outcome=outcome - 3 * treated, holdout=0.5)
    one_whale = uplift.readout(treated=treated, outcome=np.where(np.arange(200) == 5, 1e6, outcome), holdout=0.5)

    assert unclear.verdict == same.verdict == "cannot_tell"
    assert unclear.detectable > 0.3
    assert named(same.warnings) == {"no_spread"}
    assert worse.verdict == "worse"
    assert named(one_whale.warnings) == {"skewed"}
    assert one_whale.verdict == "cannot_tell"


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"treated": [1] * 9 + [0] * 11}, CannotFit, "too_few_customers"),
        ({"treated": [2] * 20}, ValueError, "treated must hold only yes and no"),
        ({"outcome": [math.nan] * 20}, BadRow, "row 0: outcome"),
        ({"outcome": [1.0] * 19}, ValueError, "columns differ in length"),
        ({"holdout": 1.0}, ValueError, "holdout is 1.0"),
        ({"confidence": 0.0}, ValueError, "confidence is 0.0"),
        ({"before": [1.0]}, ValueError, "columns differ in length"),
    ],
)
def test_unusable_input_is_refused_in_words(change, error, message):
    given_ = {"treated": [1, 0] * 10, "outcome": [1.0] * 20, "holdout": 0.5, **change}
    with pytest.raises(error, match=message):
        uplift.readout(**given_)


@settings(max_examples=60, deadline=None)
@given(
    outcome=st.lists(st.floats(-1e9, 1e9), min_size=20, max_size=60),
    factor=st.floats(0.01, 100),
    shift=st.floats(-1000, 1000),
    seed=st.integers(0, 99),
)
def test_another_unit_gives_the_same_answer_in_that_unit(outcome, factor, shift, seed):
    rng = np.random.default_rng(seed)
    treated = rng.permutation(np.arange(len(outcome)) % 2 == 0)
    values = np.round(np.array(outcome), 3)

    one = uplift.readout(treated=treated, outcome=values, holdout=0.5)
    other = uplift.readout(treated=treated, outcome=values * factor + shift, holdout=0.5)
    turned = uplift.readout(treated=~treated, outcome=values, holdout=0.5)

    scale = 1e-6 * (1 + np.abs(values).max()) * max(factor, 1)
    assert one.plain.difference.low <= one.plain.difference.value <= one.plain.difference.high
    assert one.plain.any_time.low <= one.plain.difference.low
    assert turned.plain.difference.low == pytest.approx(-one.plain.difference.high, abs=scale)
    if not {"few_events", "no_spread"} & (named(one.warnings) | named(other.warnings)):
        assert other.plain.difference.high == pytest.approx(one.plain.difference.high * factor, abs=scale)


@given(
    ids=st.lists(st.uuids(), min_size=1, max_size=50, unique=True),
    smaller=st.floats(0, 1),
    larger=st.floats(0, 1),
)
def test_a_draw_is_stable_and_a_larger_share_keeps_who_was_held_out(ids, smaller, larger):
    smaller, larger = sorted((smaller, larger))

    few = uplift.assign(customers=ids, strategy="win back", holdout=smaller)
    more = uplift.assign(customers=ids, strategy="win back", holdout=larger)
    backwards = uplift.assign(customers=[str(one) for one in ids[::-1]], strategy="win back", holdout=smaller)

    assert (more >= few).all()
    assert backwards[::-1].tolist() == few.tolist()
    assert not uplift.assign(customers=ids, strategy="win back", holdout=0).any()
    assert uplift.assign(customers=ids, strategy="win back", holdout=1).all()


def test_draws_have_their_share_and_strategies_do_not_know_each_other():
    ids = [uuid.UUID(int=i) for i in range(20_000)]

    one = uplift.assign(customers=ids, strategy="one", holdout=0.1)
    two = uplift.assign(customers=ids, strategy="two", holdout=0.1)

    # Four standard errors.
    assert one.mean() == pytest.approx(0.1, abs=0.0085)
    assert (one & two).mean() == pytest.approx(0.01, abs=0.0028)
    # Written down once, so that another version of the program cannot draw anew.
    assert np.flatnonzero(one)[:5].tolist() == FIRST_HELD_OUT
    assert uplift.assign(customers=[], strategy="one", holdout=0.1).shape == (0,)


@pytest.mark.parametrize(("strategy", "holdout"), [(" ", 0.1), ("one", -0.1), ("one", 1.1)])
def test_a_draw_without_a_name_or_with_an_impossible_share_is_refused(strategy, holdout):
    with pytest.raises(ValueError, match="must be"):
        uplift.assign(customers=[1], strategy=strategy, holdout=holdout)


def test_a_planned_trial_finds_its_effect_as_often_as_planned():
    plan = uplift.plan(mean=10, sd=1, effect=0.25, holdout=0.3)
    rng = np.random.default_rng(7)
    found = 0
    for _ in range(500):
        treated = np.arange(plan.n_treated + plan.n_control) < plan.n_treated
        outcome = rng.normal(10, 1, len(treated)) + 0.25 * treated
        told = uplift.readout(treated=treated, outcome=outcome, holdout=0.3, single_look=True)
        found += told.verdict == "better"

    assert plan.power == pytest.approx(0.8, abs=0.01)
    # Four standard errors of 500.
    assert found / 500 == pytest.approx(0.8, abs=0.072)


def test_a_rate_of_two_percent_against_one_takes_the_number_of_the_textbook():
    plan = uplift.plan(mean=0.02, effect=-0.01)

    # (1.96 + 0.8416)^2 (0.02 x 0.98 + 0.01 x 0.99) / 0.01^2
    assert plan.n_treated == plan.n_control == 2316
    assert uplift.power_of(n_treated=100, n_control=100, mean=0.0, effect=1.0) == 1.0


@pytest.mark.parametrize(
    "change", [{"effect": 0}, {"mean": 0.99, "effect": 0.1}, {"sd": 0}, {"power": 1}, {"holdout": 0}]
)
def test_an_impossible_plan_is_refused(change):
    with pytest.raises(ValueError):
        uplift.plan(**{"mean": 0.5, "effect": 0.1, **change})


def test_a_trial_without_customers_has_no_power():
    with pytest.raises(ValueError, match="both groups need somebody"):
        uplift.power_of(n_treated=0, n_control=5, mean=0.5, effect=0.1)
