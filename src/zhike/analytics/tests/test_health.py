import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, roc_auc_score

from zhike.analytics import health, ranking
from zhike.analytics.errors import BadRow

pytestmark = pytest.mark.requirement("RET-04", proof="rule")

WEIGHTS = {"stability": 0.35, "service": 0.25, "interaction": 0.25, "usage": 0.15}
value = st.one_of(st.just(np.nan), st.floats(0, 1))
customers = st.lists(st.tuples(value, value, value, value), min_size=1, max_size=20)
weights = st.lists(st.floats(0.01, 100), min_size=4, max_size=4)


def scored(rows, weights=WEIGHTS, **kwargs):
    columns = dict(zip(WEIGHTS, np.array(rows, dtype=float).T, strict=True))
    return health.score(dimensions=columns, weights=weights, **kwargs)


@given(customers, weights)
def test_contributions_sum_to_the_score_exactly_in_any_order(rows, numbers):
    result = scored(rows, dict(zip(WEIGHTS, numbers, strict=True)))

    for order in itertools.islice(itertools.permutations(result.contributions), 0, 24, 5):
        for i in range(len(rows)):
            points = [result.contributions[name][i] for name in order]
            known = [p for p in points if not np.isnan(p)]
            if np.isnan(result.score[i]):
                assert known == []
            else:
                assert sum(known) == result.score[i]
                assert 0 <= result.score[i] <= 100


@given(customers, st.integers(0, 3), st.floats(0, 1))
def test_a_better_dimension_never_lowers_the_score(rows, which, better):
    before = scored(rows)
    raised = [tuple(max(v, better) if k == which else v for k, v in enumerate(row)) for row in rows]
    after = scored(raised)

    known = ~np.isnan(before.score)
    # One step of the grid: rounding to it may differ by that much.
    assert (after.score[known] >= before.score[known] - 2**-20).all()


def test_seventy_points_are_seventy_although_binary_fractions_are_not():
    result = scored([(0.7, 0.7, 0.7, 0.7)], {"stability": 0.1, "service": 0.2, "interaction": 0.3, "usage": 0.4})

    assert result.score.tolist() == [70.0]


def test_an_unknown_dimension_hands_its_weight_to_the_others_and_lowers_coverage():
    result = scored([(1.0, 0.5, 0.5, np.nan)])

    assert result.coverage[0] == pytest.approx(0.85)
    assert result.score[0] == pytest.approx(100 * (0.35 + 0.125 + 0.125) / 0.85, abs=1e-6)
    assert np.isnan(result.contributions["usage"][0])


@pytest.mark.parametrize(("minimum", "has_score"), [(0.6, True), (0.61, False)])
def test_below_the_minimum_coverage_there_is_no_score(minimum, has_score):
    result = scored([(1.0, 0.5, np.nan, np.nan)], minimum_coverage=minimum)

    assert result.coverage[0] == pytest.approx(0.6)
    assert bool(np.isnan(result.score[0])) is not has_score
    assert bool(np.isnan(result.contributions["stability"][0])) is not has_score


def test_a_customer_nothing_is_known_of_has_no_score_even_without_a_minimum():
    result = scored([(np.nan,) * 4], minimum_coverage=0.0)

    assert np.isnan(result.score[0])
    assert result.coverage.tolist() == [0.0]


def test_only_proportions_of_weights_matter():
    rows = [(0.1, 0.9, np.nan, 0.3), (0.5, 0.2, 0.8, 1.0)]

    assert scored(rows).score == pytest.approx(scored(rows, {k: w * 7 for k, w in WEIGHTS.items()}).score)


def test_a_value_outside_its_range_is_named():
    with pytest.raises(BadRow, match=r"row 1: usage is 1.5, but must be between 0 and 1"):
        scored([(0, 0, 0, 1), (0, 0, 0, 1.5)])


@pytest.mark.parametrize("wrong", [{"stability": 1.0}, {**WEIGHTS, "usage": -1.0}, dict.fromkeys(WEIGHTS, 0.0)])
def test_weights_that_do_not_weigh_the_dimensions_are_refused(wrong):
    with pytest.raises(ValueError, match="weights"):
        scored([(0, 0, 0, 1)], wrong)


def test_backtest_counts_who_was_lost_on_the_list():
    score = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, np.nan]
    churned = [1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1]

    result = health.backtest(score=score, churned=churned, list_size=2, limits=(40, 70))

    assert (result.n, result.without_score, result.churned) == (10, 1, 3)
    assert result.precision == 1.0
    assert result.recall == pytest.approx(2 / 3)
    assert result.lift == pytest.approx(10 / 3)
    assert result.auc == pytest.approx(20 / 21)
    assert [(b.low, b.n, b.churned) for b in result.bands] == [(0, 3, 2), (40, 3, 1), (70, 4, 0)]


def test_ties_at_the_end_of_the_list_do_not_depend_on_the_order_of_rows():
    one = health.backtest(score=[5, 50, 50, 50], churned=[1, 1, 0, 0], list_size=2)
    other = health.backtest(score=[50, 50, 50, 5], churned=[0, 0, 1, 1], list_size=2)

    assert one.precision == other.precision == pytest.approx((1 + 1 / 3) / 2)


def test_backtest_by_tier_leaves_customers_without_a_tier_out_and_keeps_the_list_in_proportion():
    score, churned = np.arange(40.0), np.arange(40) < 8
    tiers = ["high"] * 10 + ["low"] * 20 + [None] * 10

    result = health.backtest(score=score, churned=churned, list_size=8, tier=tiers)

    assert set(result.by_tier) == {"high", "low"}
    assert result.by_tier["high"].list_size == 2
    assert result.by_tier["low"].churned == 0
    assert np.isnan(result.by_tier["low"].auc)


@given(st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=2, max_size=60))
def test_auc_and_average_precision_agree_with_scikit_learn(rows):
    score, positive = np.array([s for s, _ in rows], float), np.array([p for _, p in rows])
    if positive.all() or not positive.any():
        assert np.isnan(ranking.auc(score=score, positive=positive))
        return

    assert ranking.auc(score=score, positive=positive) == pytest.approx(roc_auc_score(positive, score))
    assert ranking.average_precision(score=score, positive=positive) == pytest.approx(
        average_precision_score(positive, score)
    )
