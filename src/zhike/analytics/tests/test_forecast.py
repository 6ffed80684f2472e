import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhike.analytics import forecast
from zhike.analytics.cautions import named
from zhike.analytics.errors import BadRow, CannotFit

MONTH = np.array([0, -3, 4, 8, 2, -1, -6, -8, 0, 3, 9, -8], dtype=float)


def noisy(n, seed, *, season=True, noise=2.0):
    rng = np.random.default_rng(seed)
    return 50 + (MONTH[np.arange(n) % 12] if season else 0) + rng.normal(0, noise, n)


@pytest.mark.requirement("MEAS-07", proof="rule")
def test_what_comes_lies_in_the_limits_about_as_often_as_stated():
    inside = []
    for seed in range(40):
        values = noisy(66, seed)
        told = forecast.series(values=values[:60], periods=6, season=12)
        inside.append(((told.low <= values[60:]) & (values[60:] <= told.high)).mean())

    # Errors of one series go together, so the share of 90 % is known to some four points.
    assert np.mean(inside) == pytest.approx(0.9, abs=0.06)


def test_noise_around_a_level_is_foretold_better_than_by_repeating_it():
    told = forecast.series(values=noisy(60, 1, season=False), periods=3)

    assert told.beats_naive
    assert told.method == "smoothing"
    assert told.error < told.naive_error
    assert told.value == pytest.approx(np.full(3, 50), abs=2)
    assert told.warnings == ()


def test_a_random_walk_is_repeated_and_it_says_so():
    walk = 100 + np.cumsum(np.random.default_rng(3).normal(0, 1, 80))

    told = forecast.series(values=walk, periods=3)

    assert not told.beats_naive
    assert told.method == "naive"
    assert told.value.tolist() == [walk[-1]] * 3
    assert named(told.warnings) == {"not_better_than_naive"}
    assert (np.diff(told.high - told.low) >= 0).all()


def test_random_walks_are_seldom_said_to_be_foretold():
    rng = np.random.default_rng(5)

    told = [forecast.series(values=np.cumsum(rng.normal(0, 1, 60)), periods=2).beats_naive for _ in range(40)]

    # One standard error is passed by luck in a sixth of the tries; three standard errors of 40 on top.
    assert np.mean(told) < 0.16 + 0.17


def test_a_season_is_continued_and_a_short_history_is_rough():
    told = forecast.series(values=np.tile(MONTH + 50, 3)[:28], periods=2, season=12)

    assert told.value == pytest.approx((MONTH + 50)[4:6], abs=1e-6)
    assert "few_origins" in named(told.warnings)


def test_what_cannot_be_negative_is_not_foretold_so():
    falling = np.maximum(40 - 4 * np.arange(14.0), 0)

    told = forecast.series(values=falling, periods=3)

    assert (told.low >= 0).all()
    assert (told.value >= 0).all()


@settings(max_examples=30, deadline=None)
@given(exponent=st.integers(-10, 20), seed=st.integers(0, 1000), season=st.sampled_from([1, 4]))
def test_another_unit_gives_the_same_forecast_in_that_unit(exponent, seed, season):
    values = noisy(24, seed)

    one = forecast.series(values=values, periods=2, season=season)
    other = forecast.series(values=values * 2.0**exponent, periods=2, season=season)

    assert (one.low <= one.value).all()
    assert (one.value <= one.high).all()
    assert other.high == pytest.approx(one.high * 2.0**exponent)
    assert other.method == one.method


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"values": [1.0] * 7}, CannotFit, "too_short"),
        ({"season": 12}, CannotFit, "too_short"),
        ({"values": [1.0] * 19 + [np.nan]}, BadRow, "row 19"),
        ({"periods": 0}, ValueError, "periods 0"),
        ({"season": 0}, ValueError, "season 0"),
    ],
)
def test_unusable_input_is_refused_in_words(change, error, message):
    with pytest.raises(error, match=message):
        forecast.series(**{"values": [1.0, 2.0] * 10, "periods": 2, **change})
