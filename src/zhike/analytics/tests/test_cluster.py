import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from zhike.analytics import cluster
from zhike.analytics.cautions import named
from zhike.analytics.errors import CannotFit


def three_groups(n=300, seed=0):
    """Small frequent buyers, large rare ones, and a group of another industry; spend is heavy-tailed."""
    rng = np.random.default_rng(seed)
    truth = rng.choice(3, n, p=[0.5, 0.3, 0.2])
    table = pd.DataFrame(
        {
            "spend": rng.lognormal(np.array([4, 9, 6.5])[truth], 0.3),
            "orders": rng.poisson(np.array([30, 3, 12])[truth]).astype(float),
            "industry": np.where(truth == 2, "医院", "工厂"),
        }
    )
    return table, truth


@pytest.mark.requirement("SEG-12", proof="rule")
def test_known_groups_are_found_again_with_what_marks_them():
    table, truth = three_groups()

    found = cluster.propose(features=table)

    assert len(found.groups) == 3
    assert adjusted_rand_score(truth, found.member) > 0.95
    assert [group.n for group in found.groups] == np.bincount(found.member).tolist()
    assert sum(group.share for group in found.groups) == pytest.approx(1)
    assert found.warnings == ()
    frequent, large, hospitals = found.groups
    assert {trait.column for trait in frequent.traits[:2]} == {"spend", "orders"}
    assert next(t for t in large.traits if t.column == "spend").strength > 1
    assert (hospitals.traits[0].column, hospitals.traits[0].level) == ("industry", "医院")
    assert hospitals.traits[0].here == pytest.approx(1, abs=0.05)


def test_noise_is_not_sold_as_groups():
    rng = np.random.default_rng(1)

    found = cluster.propose(features={f"c{i}": rng.normal(0, 1, 300) for i in range(6)}, most=4)

    assert "no_clear_groups" in named(found.warnings)


def test_gaps_identifiers_and_giants_do_not_decide():
    table, truth = three_groups()
    table["id"] = np.arange(300)
    table.loc[::11, "orders"] = np.nan
    table.loc[5, "spend"] = 1e12

    found = cluster.propose(features=table)

    assert {d.name: d.reason for d in found.columns_dropped} == {"id": "identifier"}
    assert adjusted_rand_score(truth, found.member) > 0.8


@settings(max_examples=8, deadline=None)
@given(exponent=st.integers(-8, 20), seed=st.integers(0, 20))
def test_another_currency_gives_the_same_groups(exponent, seed):
    table, _ = three_groups(120, seed)

    one = cluster.propose(features=table, fewest=3, most=3)
    other = cluster.propose(features=table.assign(spend=table["spend"] * 2.0**exponent), fewest=3, most=3)

    assert other.member.tolist() == one.member.tolist()


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"features": {"a": [1, 2]}}, CannotFit, "too_few_customers"),
        ({"features": {"a": [1] * 50}}, CannotFit, "no_usable_columns"),
        ({"fewest": 1}, ValueError, "groups must be 2 or more"),
        ({"fewest": 5, "most": 4}, ValueError, "groups must be 2 or more"),
    ],
)
def test_unusable_input_is_refused_in_words(change, error, message):
    with pytest.raises(error, match=message):
        cluster.propose(**{"features": three_groups(100)[0], **change})
