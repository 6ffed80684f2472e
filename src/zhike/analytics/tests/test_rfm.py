import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhike.analytics import rfm

pytestmark = pytest.mark.requirement("SEG-04", proof="rule")

customers = st.lists(
    st.tuples(st.integers(0, 800), st.integers(0, 30), st.integers(-5_000, 90_000)), min_size=1, max_size=60
)


def scored(rows, **kwargs):
    recency, times, money = zip(*rows, strict=True)
    return rfm.score(recency_days=recency, frequency=times, monetary=money, **kwargs)


@given(customers)
def test_equal_values_get_equal_scores_and_better_values_never_lower_ones(rows):
    result = scored(rows)

    for letter, values in (
        (result.r, [-recency for recency, _, _ in rows]),
        (result.f, [times for _, times, _ in rows]),
        (result.m, [money for _, _, money in rows]),
    ):
        order = np.argsort(values, kind="stable")
        ordered = np.asarray(values)[order]
        steps = np.diff(letter[order])
        assert (steps >= 0).all()
        assert (steps[np.diff(ordered) == 0] == 0).all()
        assert letter.dtype == np.int8
        assert letter.min() >= 1
        assert letter.max() <= 5


@given(customers)
def test_the_bands_returned_give_the_same_scores_again(rows):
    first = scored(rows)

    again = scored(rows, bands=first.bands)

    assert first.codes.tolist() == again.codes.tolist()


@given(customers, st.randoms())
def test_the_order_of_customers_does_not_matter(rows, random):
    shuffled = list(range(len(rows)))
    random.shuffle(shuffled)

    straight = scored(rows).codes
    mixed = scored([rows[i] for i in shuffled]).codes

    assert straight[shuffled].tolist() == mixed.tolist()


def test_a_hundred_different_customers_fall_into_five_equal_bands():
    values = np.arange(100)

    result = rfm.score(recency_days=values, frequency=values, monetary=values)

    assert np.bincount(result.r)[1:].tolist() == [20] * 5
    assert np.bincount(result.f)[1:].tolist() == [20] * 5
    assert result.codes[0] == "511"
    assert result.codes[99] == "155"


def test_where_most_bought_once_they_all_score_one_and_the_most_frequent_five():
    times = np.array([1] * 80 + [2] * 5 + [3] * 5 + [9] * 10)

    result = rfm.score(recency_days=np.zeros(100), frequency=times, monetary=np.ones(100))

    assert set(result.f[times == 1]) == {1}
    assert set(result.f[times == 9]) == {5}


def test_a_limit_of_a_fixed_band_belongs_to_the_better_score():
    bands = rfm.Bands(recency_days=(365, 180, 90, 30), frequency=(2, 3, 5, 10), monetary=(100, 500, 1e3, 5e3))

    result = rfm.score(
        recency_days=[30, 30.1, 365, 366],
        frequency=[10, 9, 2, 1],
        monetary=[5000, 4999.99, 100, 99.99],
        bands=bands,
    )

    assert result.codes.tolist() == ["555", "444", "222", "111"]


def test_a_score_nobody_reaches_has_an_infinite_limit():
    result = rfm.score(recency_days=[3, 3], frequency=[1, 1], monetary=[7, 7])

    assert result.bands.frequency == (math.inf,) * 4
    assert result.codes.tolist() == ["111", "111"]


def test_no_customers_give_no_scores():
    assert rfm.score(recency_days=[], frequency=[], monetary=[]).codes.tolist() == []


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (([1, -2], [1, 1], [1, 1]), "row 1: recency_days is -2.0, but must be 0 or more"),
        (([1, 2], [1, 1], [1, math.nan]), "row 1: monetary is nan, but must be a finite number"),
        (([1, 2], [1], [1, 1]), "recency_days 2, frequency 1, monetary 2"),
    ],
)
def test_the_first_impossible_row_is_named(columns, message):
    recency, times, money = columns

    with pytest.raises(ValueError, match=message):
        rfm.score(recency_days=recency, frequency=times, monetary=money)


def test_limits_in_the_wrong_order_are_refused():
    with pytest.raises(ValueError, match="recency_days must fall"):
        rfm.Bands(recency_days=(30, 90), frequency=(1, 2), monetary=(1, 2))
