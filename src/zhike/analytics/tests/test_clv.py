import numpy as np
import pytest

from zhike.analytics import bgnbd, clv, gammagamma
from zhike.analytics.errors import CannotFit
from zhike.analytics.tests import published

PURCHASES = bgnbd.Params(r=0.8, alpha=6.0, a=0.9, b=3.0)
LOYAL = bgnbd.Params(r=0.8, alpha=6.0, a=0.1, b=6.0)
SPEND = gammagamma.Params(p=3.0, q=5.0, v=40.0)
WEEKS = {"horizon": 52.0, "year": 52.18}


@pytest.fixture(scope="module")
def cdnow():
    rows = published.cdnow()
    again = rows[rows["x"] > 0]
    return {
        "frequency": rows["x"].to_numpy(),
        "recency": rows["t_x"].to_numpy(),
        "age": rows["T"].to_numpy(),
        "mean_value": rows["zbar"].to_numpy(),
        "purchases": bgnbd.fit(frequency=rows["x"], recency=rows["t_x"], age=rows["T"]),
        "spend": gammagamma.fit(frequency=again["x"], mean_value=again["zbar"]),
    }


@pytest.mark.requirement("MEAS-01", proof="rule")
def test_handbook_formula_gives_the_two_example_tiers():
    value = clv.handbook(annual_spend=[6_000, 2_500], lifetime_years=[2.5, 1.5], retention_rate=[0.8, 0.8])

    assert value == pytest.approx([12_000, 3_000])


def test_handbook_formula_keeps_unknown_unknown_and_refuses_impossible_rates():
    assert np.isnan(clv.handbook(annual_spend=[np.nan], lifetime_years=2, retention_rate=0.5)).all()
    with pytest.raises(ValueError, match="retention_rate"):
        clv.handbook(annual_spend=1, lifetime_years=1, retention_rate=80)
    with pytest.raises(ValueError, match="lifetime_years"):
        clv.handbook(annual_spend=1, lifetime_years=-1, retention_rate=0.8)


@pytest.mark.shared_data
def test_undiscounted_value_is_purchases_times_spend(cdnow):
    found = clv.predict(**cdnow, **WEEKS, discount_rate=0.0, draws=0)

    history = {k: cdnow[k] for k in ("frequency", "recency", "age")}
    bought = bgnbd.expected_purchases(horizon=52, params=cdnow["purchases"], **history)
    each = gammagamma.expected_value(
        frequency=cdnow["frequency"], mean_value=cdnow["mean_value"], params=cdnow["spend"]
    )
    assert found.expected == pytest.approx(bought * each, rel=1e-9)
    assert found.purchases == pytest.approx(bought)
    assert found.total == pytest.approx((bought * each).sum())


@pytest.mark.shared_data
def test_discounting_one_year_costs_less_than_the_rate(cdnow):
    plain = clv.predict(**cdnow, **WEEKS, discount_rate=0.0, draws=0).total
    discounted = clv.predict(**cdnow, **WEEKS, discount_rate=0.1, draws=0).total

    # Purchases lie on average before the middle of the year.
    assert plain * 1.1**-0.55 < discounted < plain * 1.1**-0.4


@pytest.mark.shared_data
@pytest.mark.parametrize("unit", [100.0, 1e-3])
def test_another_unit_of_money_scales_every_amount(cdnow, unit):
    spend = cdnow["spend"]
    other = gammagamma.Params(p=spend.p, q=spend.q, v=spend.v * unit, log_covariance=spend.log_covariance)
    one = clv.predict(**cdnow, **WEEKS)
    two = clv.predict(**{**cdnow, "mean_value": cdnow["mean_value"] * unit, "spend": other}, **WEEKS)

    for name in ("expected", "low", "high", "value_per_purchase"):
        assert getattr(two, name) == pytest.approx(getattr(one, name) * unit, rel=1e-9)
    assert two.total_high == pytest.approx(one.total_high * unit)


@pytest.mark.shared_data
def test_limits_enclose_the_expectation_and_repeat_by_seed(cdnow):
    found, again = clv.predict(**cdnow, **WEEKS, seed=3), clv.predict(**cdnow, **WEEKS, seed=3)
    narrow = clv.predict(**cdnow, **WEEKS, seed=3, level=0.5)

    assert (found.low <= found.expected).all()
    assert (found.expected <= found.high).all()
    assert (narrow.high <= found.high).all()
    assert found.high.tolist() == again.high.tolist()
    # Together they are far surer than one by one.
    assert (found.total_high - found.total_low) / found.total < 0.4


@pytest.mark.parametrize(("params", "surely_buying"), [(PURCHASES, 0.0), (LOYAL, 0.2)])
def test_limits_hold_for_simulated_customers_as_often_as_they_say(params, surely_buying):
    rng = np.random.default_rng(9)
    n, horizon = 60_000, 104.0
    x = rng.integers(0, 12, n).astype(float)
    age = rng.uniform(20, 100, n)
    last = np.where(x > 0, age * rng.uniform(0.3, 1, n), 0.0)
    mean = np.where(x > 0, rng.gamma(8, 2, n), np.nan)
    # A future drawn from the customers' own posterior distributions, not from the formula under test.
    alive = rng.random(n) < bgnbd.probability_alive(frequency=x, recency=last, age=age, params=params)
    bought = rng.poisson(rng.gamma(params.r + x, 1 / (params.alpha + age)) * horizon)
    bought = alive * np.minimum(bought, rng.geometric(rng.beta(params.a, params.b + x)))
    scale = rng.gamma(SPEND.p * x + SPEND.q, 1 / (SPEND.v + x * np.nan_to_num(mean)))
    real = np.where(bought > 0, rng.gamma(SPEND.p * np.maximum(bought, 1), 1 / scale), 0.0)

    found = clv.predict(
        frequency=x,
        recency=last,
        age=age,
        mean_value=mean,
        purchases=params,
        spend=SPEND,
        horizon=horizon,
        year=52.18,
        discount_rate=0.0,
        level=0.9,
    )

    assert real.mean() == pytest.approx(found.expected.mean(), rel=0.03)
    # The gamma shape is an approximation: measured, it errs by less than a point on either side. Who may
    # well bring nothing has the lower limit 0, and nobody brings less.
    assert (real > found.high).mean() == pytest.approx(0.05, abs=0.01)
    sure = found.low > 0
    assert sure.mean() >= surely_buying
    assert (real < found.low).sum() <= 0.07 * sure.sum()
    assert found.total_low < real.sum() < found.total_high


def test_a_shape_without_a_mean_is_refused():
    with pytest.raises(CannotFit, match="spend_too_uneven"):
        clv.predict(
            frequency=[1],
            recency=[1],
            age=[2],
            mean_value=[3],
            purchases=PURCHASES,
            spend=gammagamma.Params(p=1, q=0.9, v=1),
            **WEEKS,
        )


def test_mean_value_may_rest_on_other_purchases_than_the_repeats():
    found = clv.predict(
        frequency=[0, 0],
        recency=[0, 0],
        age=[10, 10],
        mean_value=[100, 5],
        mean_over=[1, 1],
        purchases=PURCHASES,
        spend=SPEND,
        **WEEKS,
    )

    assert found.value_per_purchase[0] > found.value_per_purchase[1]
