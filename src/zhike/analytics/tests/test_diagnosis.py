import numpy as np
import pytest

from zhike.analytics import bgnbd
from zhike.analytics.diagnosis import Limits, Verdict, holdout
from zhike.analytics.tests import published


def purchases(params, *, n, seed, end=540.0):
    """Days of purchases of customers who all start within the first quarter of a year."""
    rng = np.random.default_rng(seed)
    now = rng.integers(0, 90, n).astype(float)
    rate, leaving = rng.gamma(params.r, 1 / params.alpha, n), rng.beta(params.a, params.b, n)
    here, who, when = np.ones(n, dtype=bool), [], []
    while here.any():
        who.append(np.flatnonzero(here))
        when.append(np.floor(now[here]))
        now[here] += rng.exponential(1 / rate[here])
        here &= (now <= end) & ((rng.random(n) >= leaving) | (len(who) == 1))
    return np.concatenate(who), np.concatenate(when)


@pytest.mark.shared_data
def test_cdnow_is_judged_as_the_papers_judge_it():
    rows = published.cdnow_purchases()
    day = (rows["day"] - rows["day"].min()).dt.days

    found = holdout(customer=rows["customer"], time=day, end=day.max(), split=272)

    assert found.verdict is Verdict.GOOD
    assert found.real == 1882
    assert found.expected == pytest.approx(1653.4, abs=0.1)
    assert found.tracking_error == pytest.approx(-0.1215, abs=0.0005)
    assert found.correlation == pytest.approx(0.626, abs=0.001)
    assert found.mae < found.mae_of_same_rate
    assert sum(row.customers for row in found.classes) == found.customers == 2357


def test_customers_who_behave_like_the_model_are_judged_good():
    who, when = purchases(bgnbd.Params(r=0.8, alpha=40, a=0.8, b=4), n=4000, seed=1)

    found = holdout(customer=who, time=when, end=540)

    assert found.verdict is Verdict.GOOD
    assert found.split == pytest.approx(360, abs=1)
    assert abs(found.tracking_error) < 0.1


def test_a_shop_that_doubled_after_the_split_is_judged_poor_and_says_why():
    who, when = purchases(bgnbd.Params(r=0.8, alpha=40, a=0.8, b=4), n=2000, seed=2)
    extra = when > 360

    found = holdout(customer=np.concatenate([who, who[extra]]), time=np.concatenate([when, when[extra] + 0.5]), end=540)

    assert found.verdict is Verdict.POOR
    assert found.cause == "tracking_error"


def test_purchases_nobody_could_foretell_are_judged_poor_for_want_of_correlation():
    rng = np.random.default_rng(3)
    # Everybody buys at the same rate: who buys later has nothing to do with who bought before.
    who, when = rng.integers(0, 800, 3000), np.floor(rng.uniform(0, 540, 3000))

    found = holdout(customer=who, time=when, end=540)

    assert found.verdict is Verdict.POOR
    assert found.cause == "correlation"


@pytest.mark.parametrize(
    ("limits", "cause"),
    [
        (Limits(minimum_repeat_customers=10_000), "too_few_repeat_customers"),
        (Limits(minimum_span=400), "span_too_short"),
        (Limits(minimum_later_purchases=100_000), "span_too_short"),
    ],
)
def test_thin_data_are_refused_with_the_cause(limits, cause):
    who, when = purchases(bgnbd.Params(r=0.8, alpha=40, a=0.8, b=4), n=500, seed=1)

    found = holdout(customer=who, time=when, end=540, limits=limits)

    assert found.verdict is Verdict.REFUSED
    assert found.cause == cause
    assert np.isnan(found.expected)


def test_no_purchases_at_all_are_refused_not_an_error():
    assert holdout(customer=[], time=[], end=10).cause == "too_few_repeat_customers"
