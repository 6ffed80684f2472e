import numpy as np
import pytest

from zhike.analytics import sbg
from zhike.analytics.errors import BadRow, CannotFit

HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491]
REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241]


@pytest.mark.parametrize(
    ("survivors", "alpha", "beta", "log_likelihood"),
    [(HIGH_END, 0.668, 3.806, -1611.16), (REGULAR, 0.704, 1.182, -1680.27)],
)
def test_params_match_fader_hardie_2007(survivors, alpha, beta, log_likelihood):
    found = sbg.fit(survivors=survivors)

    assert found.values == pytest.approx([alpha, beta], abs=0.0005)
    assert found.log_likelihood == pytest.approx(log_likelihood, abs=0.01)


def test_projection_stays_near_the_survivors_of_the_paper():
    params = sbg.fit(survivors=HIGH_END)

    projected = 1000 * sbg.survival(periods=7, params=params)

    # The paper's figure shows a miss of up to 20 of 1,000.
    assert projected == pytest.approx(HIGH_END[1:], abs=20)


def test_retention_rises_and_survival_is_its_running_product():
    params = sbg.Params(alpha=0.7, beta=1.2)
    kept, here = sbg.retention(periods=9, params=params), sbg.survival(periods=9, params=params)

    assert kept[0] == pytest.approx(1.2 / 1.9)
    assert (np.diff(kept) > 0).all()
    assert here == pytest.approx(np.cumprod(kept))


def test_known_parameters_are_recovered_within_their_own_intervals():
    rng = np.random.default_rng(4)
    left = rng.geometric(rng.beta(0.9, 2.5, 50_000))
    survivors = [(left > t).sum() for t in range(9)]

    found = sbg.fit(survivors=survivors)

    errors = np.log(found.values / [0.9, 2.5]) / np.sqrt(np.diag(np.asarray(found.log_covariance)))
    assert np.abs(errors).max() < 4


def test_survivors_cannot_rise():
    with pytest.raises(BadRow, match=r"row 2: survivors is 95.0, but must not rise"):
        sbg.fit(survivors=[100, 90, 95])


@pytest.mark.parametrize(("survivors", "code"), [([100, 90], "span_too_short"), ([0, 0, 0], "no_customers")])
def test_too_little_to_fit_is_refused_with_a_code(survivors, code):
    with pytest.raises(CannotFit) as refused:
        sbg.fit(survivors=survivors)

    assert refused.value.code == code


def test_where_nobody_left_the_prior_decides_and_retention_is_near_one():
    params = sbg.fit(survivors=[100, 100, 100])

    assert params.by_prior
    assert sbg.retention(periods=1, params=params)[0] > 0.97
