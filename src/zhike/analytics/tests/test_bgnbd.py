import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import betaln

from zhike.analytics import bgnbd
from zhike.analytics.errors import BadRow, CannotFit
from zhike.analytics.tests import published
from zhike.analytics.tests.simulation import bgnbd_customers

CDNOW = bgnbd.Params(r=0.243, alpha=4.414, a=0.793, b=2.426)


@pytest.fixture(scope="module")
def cdnow():
    return published.cdnow()


@pytest.fixture(scope="module")
def fitted(cdnow):
    return bgnbd.fit(frequency=cdnow["x"], recency=cdnow["t_x"], age=cdnow["T"])


@pytest.mark.shared_data
def test_params_match_fader_hardie_lee_2005_to_three_decimals(fitted):
    # Printed to three digits after the point; the seven-digit figures of CLVTools round to the same.
    assert fitted.values == pytest.approx([0.243, 4.414, 0.793, 2.426], abs=0.0006)
    assert np.round(fitted.values, 3).tolist() == [0.243, 4.414, 0.793, 2.426]
    assert fitted.log_likelihood == pytest.approx(-9582.43, abs=0.1)


@pytest.mark.shared_data
def test_forecast_of_39_weeks_matches_the_baseline_on_cdnow(cdnow, fitted):
    expected = bgnbd.expected_purchases(
        horizon=39, frequency=cdnow["x"], recency=cdnow["t_x"], age=cdnow["T"], params=fitted
    )
    purchases = published.cdnow_purchases()
    days = purchases.drop_duplicates(["customer", "day"])
    later = days[days["day"] > "1997-09-30"].groupby("customer").size()
    real = later.reindex(cdnow["ID"], fill_value=0).to_numpy()

    assert real.sum() == 1882
    assert expected.sum() == pytest.approx(1653.4, abs=0.1)
    assert np.abs(expected - real).mean() == pytest.approx(0.7855, abs=0.0001)
    assert np.corrcoef(expected, real)[0, 1] == pytest.approx(0.626, abs=0.0005)


@pytest.mark.shared_data
def test_rows_with_weights_fit_as_the_rows_they_stand_for(cdnow, fitted):
    joined = cdnow.groupby(["x", "t_x", "T"]).size().reset_index(name="weight")

    weighted = bgnbd.fit(frequency=joined["x"], recency=joined["t_x"], age=joined["T"], weights=joined["weight"])

    assert weighted.values == pytest.approx(fitted.values, rel=1e-6)
    assert weighted.log_likelihood == pytest.approx(fitted.log_likelihood, rel=1e-12)


@pytest.mark.shared_data
def test_scaling_time_scales_alpha_alone(cdnow, fitted):
    in_days = bgnbd.fit(frequency=cdnow["x"], recency=cdnow["t_x"] * 7, age=cdnow["T"] * 7)

    assert in_days.values == pytest.approx(fitted.values * [1, 7, 1, 1], rel=1e-5)


@pytest.mark.shared_data
def test_the_order_of_customers_does_not_change_the_fit(cdnow, fitted):
    mixed = cdnow.sample(frac=1, random_state=1)

    assert bgnbd.fit(frequency=mixed["x"], recency=mixed["t_x"], age=mixed["T"]) == fitted


@pytest.mark.shared_data
def test_gradient_and_hessian_agree_with_differences(cdnow):
    history = bgnbd._history(cdnow["x"], cdnow["t_x"], cdnow["T"], None)
    at = np.array([0.5, 3.0, 1.4, 2.0])
    _, gradient, hessian = bgnbd._likelihood(at, history)

    for i in range(4):
        step = np.zeros(4)
        step[i] = 1e-5
        up, down = bgnbd._likelihood(at + step, history), bgnbd._likelihood(at - step, history)
        assert gradient[i] == pytest.approx((up[0] - down[0]) / 2e-5, rel=1e-6)
        assert hessian[i] == pytest.approx((up[1] - down[1]) / 2e-5, rel=1e-5)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_known_parameters_are_recovered_within_their_own_intervals(seed):
    true = bgnbd.Params(r=0.8, alpha=6.0, a=0.9, b=3.0)
    x, last, age = bgnbd_customers(true, n=20_000, seed=seed)

    found = bgnbd.fit(frequency=x, recency=last, age=age)

    errors = np.log(found.values / true.values) / np.sqrt(np.diag(np.asarray(found.log_covariance)))
    # Four standard errors: a wrong formula misses by dozens, chance by four once in 16,000.
    assert np.abs(errors).max() < 4
    assert np.sqrt(np.diag(found.covariance))[0] < 0.1


def test_expected_purchases_match_what_simulated_customers_do():
    true = bgnbd.Params(r=0.8, alpha=6.0, a=0.9, b=3.0)
    x, last, age, later = bgnbd_customers(true, n=60_000, seed=7, horizon=30.0)

    expected = bgnbd.expected_purchases(horizon=30.0, frequency=x, recency=last, age=age, params=true)

    for group in (x == 0, (x > 0) & (x <= 2), x > 2):
        error = later[group].std() / np.sqrt(group.sum())
        assert later[group].mean() == pytest.approx(expected[group].mean(), abs=4 * error)


@pytest.mark.parametrize(
    ("x", "age", "horizon", "values"),
    [
        (2, 38.0, 39.0, (0.24, 4.4, 0.79, 2.4)),
        (2, 38.0, 39.0, (0.24, 4.4, 1.0, 2.4)),  # eq. (10) has a pole at a = 1
        (0, 1.0, 520.0, (0.24, 4.4, 0.79, 2.4)),
        (50, 100.0, 100.0, (1.0, 10.0, 0.05, 0.3)),
        (1000, 100.0, 500.0, (5.0, 1.0, 3.0, 200.0)),
        (3000, 100.0, 100.0, (5.0, 1.0, 0.1, 20.0)),
        (0, 0.0, 1000.0, (0.24, 0.001, 0.79, 2.4)),
        (5, 30.0, 52.0, (0.2, 4.0, 30.0, 300.0)),
        (4, 10.0, 0.0, (0.24, 4.4, 0.79, 2.4)),
    ],
)
def test_the_series_agrees_with_numerical_integration(x, age, horizon, values):
    params = bgnbd.Params(*values)
    reach, size, stay = horizon / (params.alpha + age), params.r + x, params.b + x

    def integrand(u: float) -> float:
        odds = np.pi * np.sinh(u)
        p, log_p, log_rest = 1 / (1 + np.exp(-odds)), -np.logaddexp(0, -odds), -np.logaddexp(0, odds)
        bought = -np.expm1(-size * np.log1p(p * reach)) / p
        weight = params.a * log_p + stay * log_rest - betaln(params.a, stay)
        return float(np.exp(weight) * np.pi * np.cosh(u) * bought)

    true = sum(quad(integrand, u, u + 0.25, epsabs=0, epsrel=1e-11)[0] for u in np.arange(-6, 6, 0.25))
    mean, _ = bgnbd.purchases_if_alive(horizon, np.array([float(x)]), np.array([age]), params)

    assert mean[0] == pytest.approx(true, rel=1e-8)


def test_the_mean_square_matches_simulated_purchases():
    rng = np.random.default_rng(5)
    rate = rng.gamma(3.8, 1 / (6.0 + 20.0), 400_000)
    leaving = rng.beta(0.9, 3.0 + 3, 400_000)
    bought = np.minimum(rng.poisson(rate * 30.0), rng.geometric(np.clip(leaving, 1e-12, 1)))

    mean, square = bgnbd.purchases_if_alive(
        30.0, np.array([3.0]), np.array([20.0]), bgnbd.Params(r=0.8, alpha=6.0, a=0.9, b=3.0)
    )

    assert mean[0] == pytest.approx(bought.mean(), rel=0.01)
    assert square[0] == pytest.approx((bought.astype(float) ** 2).mean(), rel=0.02)


histories = st.tuples(st.integers(0, 300), st.floats(0, 1), st.floats(0.1, 500))


@given(histories, st.floats(0.1, 400))
@settings(max_examples=80)
def test_more_time_never_means_fewer_purchases_and_chances_stay_chances(history, horizon):
    x, share, age = history
    last = age * share if x else 0.0
    args = {"frequency": [x], "recency": [last], "age": [age], "params": CDNOW}

    alive = bgnbd.probability_alive(**args)[0]
    near, far = (bgnbd.expected_purchases(horizon=h, **args)[0] for h in (horizon, horizon * 1.1))

    assert 0 <= alive <= 1
    assert 0 <= near <= far * (1 + 1e-9)
    # Nobody is expected to buy more than a customer who cannot leave.
    assert near <= (CDNOW.r + x) * horizon / (CDNOW.alpha + age) * (1 + 1e-9)


def test_a_later_last_purchase_makes_a_customer_likelier_to_be_alive():
    recency = np.linspace(0, 50, 40)

    alive = bgnbd.probability_alive(frequency=np.full(40, 4), recency=recency, age=np.full(40, 50.0), params=CDNOW)

    assert (np.diff(alive) > 0).all()


def test_a_customer_without_repeat_purchase_is_alive_in_this_model():
    assert bgnbd.probability_alive(frequency=[0], recency=[0], age=[70], params=CDNOW).tolist() == [1.0]


def test_nothing_is_bought_in_no_time():
    now = bgnbd.expected_purchases(horizon=0, frequency=[3], recency=[2], age=[5], params=CDNOW)

    assert now.tolist() == [0.0]


@pytest.mark.parametrize(
    ("x", "last", "age", "row", "rule"),
    [
        ([1, 1.5], [1, 1], [2, 2], 1, "whole number"),
        ([1, -1], [1, 0], [2, 2], 1, "whole number"),
        ([1, 2, 2], [1, 3, 4], [2, 2, 2], 1, "must not exceed age"),
        ([0, 0], [0, 1], [2, 2], 1, "must be 0 where frequency is 0"),
        ([2, 2], [1, 1], [2, float("nan")], 1, "finite"),
    ],
)
def test_the_first_impossible_row_is_named(x, last, age, row, rule):
    with pytest.raises(BadRow, match=rule) as refused:
        bgnbd.fit(frequency=x, recency=last, age=age)

    assert refused.value.row == row


def test_nobody_coming_back_is_refused_with_a_code():
    with pytest.raises(CannotFit) as refused:
        bgnbd.fit(frequency=[0, 0], recency=[0, 0], age=[5, 6])

    assert refused.value.code == "no_repeat_customers"
    assert refused.value.data == {"customers": 2}


def test_customers_who_never_leave_and_never_differ_are_settled_by_the_prior_and_say_so():
    # Everybody buys every ten days up to the end: nothing tells how leaving or rates vary.
    args = {"frequency": [10.0] * 50, "recency": [100.0] * 50, "age": [100.0] * 50}

    params = bgnbd.fit(**args)

    assert params.by_prior
    assert bgnbd.expected_purchases(horizon=100, params=params, **args)[0] == pytest.approx(10, rel=0.05)


@pytest.mark.shared_data
def test_draws_are_reproducible_and_spread_as_the_covariance_says(fitted):
    draws = np.array([draw.values for draw in fitted.draws(n=4000, seed=3)])

    assert fitted.draws(n=2, seed=3) == fitted.draws(n=2, seed=3)
    assert np.log(draws).std(axis=0) == pytest.approx(np.sqrt(np.diag(np.asarray(fitted.log_covariance))), rel=0.05)
