import numpy as np
import pytest

from zhike.analytics.histories import summarise
from zhike.analytics.tests import published


@pytest.mark.shared_data
def test_cdnow_purchases_summarise_to_the_published_table():
    purchases = published.cdnow_purchases()
    day = (purchases["day"] - purchases["day"].min()).dt.days
    end = (np.datetime64("1997-09-30") - purchases["day"].min().to_datetime64()) / np.timedelta64(1, "D")

    found = summarise(customer=purchases["customer"], time=day, end=end, value=purchases["value"])

    table = published.cdnow()
    assert found.customer.tolist() == table["ID"].tolist()
    assert found.frequency.tolist() == table["x"].tolist()
    # Weeks are printed with two digits.
    assert found.recency / 7 == pytest.approx(table["t_x"].to_numpy(), abs=0.01)
    assert found.age / 7 == pytest.approx(table["T"].to_numpy(), abs=0.01)
    assert np.nan_to_num(found.mean_value) == pytest.approx(table["zbar"].to_numpy(), abs=0.01)


def test_purchases_of_one_day_are_one_and_later_ones_are_not_seen():
    found = summarise(customer=[7, 3, 7, 7, 7], time=[5, 9, 0, 5, 11], end=10, value=[10, 1, 2, 20, 99])

    assert found.customer.tolist() == [3, 7]
    assert found.frequency.tolist() == [0, 1]
    assert found.recency.tolist() == [0, 5]
    assert found.age.tolist() == [1, 10]
    assert np.isnan(found.mean_value[0])
    assert found.mean_value[1] == 30


def test_no_purchases_give_no_histories():
    assert summarise(customer=[], time=[], end=1).customer.tolist() == []
    assert summarise(customer=[1], time=[5], end=1, value=[3]).frequency.tolist() == []
