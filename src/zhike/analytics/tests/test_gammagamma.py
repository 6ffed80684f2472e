import numpy as np
import pytest

from zhike.analytics import gammagamma
from zhike.analytics.errors import BadRow, CannotFit
from zhike.analytics.tests import published

PRINTED = gammagamma.Params(p=6.25, q=3.74, v=15.44)


@pytest.fixture(scope="module")
def repeaters():
    rows = published.cdnow()
    return rows[rows["x"] > 0]


@pytest.fixture(scope="module")
def fitted(repeaters):
    return gammagamma.fit(frequency=repeaters["x"], mean_value=repeaters["zbar"])


@pytest.mark.shared_data
def test_params_match_fader_hardie_2013(fitted):
    # Printed 6.25, 3.74, 15.44; the baseline of two programs is 6.2488, 3.7446, 15.4477.
    assert fitted.values == pytest.approx([6.25, 3.74, 15.44], abs=0.01)
    assert fitted.log_likelihood == pytest.approx(-4055.92, abs=0.01)
    assert fitted.n_customers == 946


@pytest.mark.shared_data
def test_expected_spend_of_the_first_ten_customers_matches_hardies_spreadsheet(fitted):
    ten = published.cdnow().head(10)

    expected = gammagamma.expected_value(frequency=ten["x"], mean_value=ten["zbar"], params=fitted)

    printed = [24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17]
    # A cent: the spreadsheet works with rounded parameters.
    assert expected == pytest.approx(printed, abs=0.01)


@pytest.mark.shared_data
@pytest.mark.parametrize("unit", [100.0, 1e-4])
def test_another_unit_of_money_scales_v_and_the_expected_spend_alone(repeaters, fitted, unit):
    other = gammagamma.fit(frequency=repeaters["x"], mean_value=repeaters["zbar"] * unit)
    args = {"frequency": repeaters["x"]}

    assert other.values == pytest.approx(fitted.values * [1, 1, unit], rel=1e-6)
    assert gammagamma.expected_value(mean_value=repeaters["zbar"] * unit, params=other, **args) == pytest.approx(
        gammagamma.expected_value(mean_value=repeaters["zbar"], params=fitted, **args) * unit, rel=1e-6
    )


@pytest.mark.shared_data
def test_how_often_and_how_much_are_nearly_unrelated_on_cdnow(repeaters):
    found = gammagamma.correlation(frequency=repeaters["x"], mean_value=repeaters["zbar"])

    # Fader & Hardie (2013) print 0.11 for these customers.
    assert found == pytest.approx(0.11, abs=0.005)


@pytest.mark.shared_data
def test_gradient_and_hessian_agree_with_differences(repeaters):
    likelihood = gammagamma._Likelihood(
        repeaters["x"].to_numpy(float), repeaters["zbar"].to_numpy(), np.ones(len(repeaters))
    )
    at = np.array([5.0, 3.0, 20.0])
    _, gradient, hessian = likelihood(at)

    for i in range(3):
        step = np.zeros(3)
        step[i] = 1e-5
        up, down = likelihood(at + step), likelihood(at - step)
        assert gradient[i] == pytest.approx((up[0] - down[0]) / 2e-5, rel=1e-5)
        assert hessian[i] == pytest.approx((up[1] - down[1]) / 2e-5, rel=1e-5)


@pytest.mark.parametrize("seed", [1, 2])
def test_known_parameters_are_recovered_within_their_own_intervals(seed):
    rng = np.random.default_rng(seed)
    true = np.array([3.0, 5.0, 40.0])
    x = rng.integers(1, 8, 20_000)
    scale = rng.gamma(true[1], 1 / true[2], 20_000)
    mean = rng.gamma(true[0] * x, 1 / (scale * x))

    found = gammagamma.fit(frequency=x, mean_value=mean)

    errors = np.log(found.values / true) / np.sqrt(np.diag(np.asarray(found.log_covariance)))
    assert np.abs(errors).max() < 4


def test_more_purchases_pull_the_expectation_from_the_crowd_to_the_customer():
    crowd = PRINTED.p * PRINTED.v / (PRINTED.q - 1)
    expected = gammagamma.expected_value(frequency=[0, 1, 5, 1000], mean_value=[np.nan, 100, 100, 100], params=PRINTED)

    assert expected[0] == pytest.approx(crowd)
    assert (np.diff(expected) > 0).all()
    assert expected[3] == pytest.approx(100, abs=0.2)


def test_a_purchase_without_value_is_named():
    with pytest.raises(BadRow, match=r"row 2: mean_value is 0.0") as refused:
        gammagamma.fit(frequency=[1, 2, 3], mean_value=[5, 6, 0])

    assert refused.value.row == 2


def test_a_customer_without_repeat_purchase_is_named():
    with pytest.raises(BadRow, match=r"row 1: frequency is 0.0"):
        gammagamma.fit(frequency=[1, 0], mean_value=[5, 6])


def test_everybody_spending_the_same_is_refused():
    with pytest.raises(CannotFit) as refused:
        gammagamma.fit(frequency=[3] * 40, mean_value=[20.0] * 40)

    assert refused.value.code == "not_converged"


def test_no_customers_are_refused():
    with pytest.raises(CannotFit, match="no_customers"):
        gammagamma.fit(frequency=[], mean_value=[])
