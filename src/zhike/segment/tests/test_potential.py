import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhike.analytics import rfm as mathematics
from zhike.foundation.policies.load import load_defaults
from zhike.segment.policy import GroupPolicy, PotentialPolicy, RfmPolicy, TierPolicy
from zhike.segment.rules.arrays import Coded
from zhike.segment.rules.potential import PotentialFacts, groups, potential, value_coordinate
from zhike.segment.rules.rfm import bands_of
from zhike.segment.rules.tiers import TIERS

POTENTIAL, GROUPS, TIER = (load_defaults().get(p) for p in (PotentialPolicy, GroupPolicy, TierPolicy))


def score(**known):
    names = ("spend_recent", "spend_before", "outlook_rank", "industry_high_share", "contacts")
    return potential(PotentialFacts(**{n: np.array([known.get(n, np.nan)]) for n in names}), POTENTIAL)[0][0]


def test_nothing_known_gives_no_potential():
    assert np.isnan(score())


def test_one_known_part_is_the_whole_score():
    assert score(outlook_rank=0.25) == pytest.approx(0.25)


def test_growth_runs_from_its_lower_to_its_upper_limit():
    assert score(spend_before=100, spend_recent=100 * (1 + POTENTIAL.growth_none_at)) == pytest.approx(0)
    assert score(spend_before=100, spend_recent=100 * (1 + POTENTIAL.growth_full_at)) == pytest.approx(1)


@pytest.mark.requirement("SEG-05", proof="rule")
def test_groups_cut_exactly_at_their_limits():
    def group(tier, promise):
        index = TIERS.index(tier) if tier else -1
        return groups(Coded(TIERS, np.array([index], dtype=np.int8)), np.array([promise]), GROUPS)[0]

    assert group("high", np.nan) == "strategic"
    assert group("core", GROUPS.strategic_core_potential_from) == "strategic"
    assert group("core", np.nextafter(GROUPS.strategic_core_potential_from, 0)) == "potential"
    assert group("low", GROUPS.potential_from) == "potential"
    assert group("low", np.nextafter(GROUPS.potential_from, 0)) == "ordinary"
    assert group(None, np.nan) is None


@pytest.mark.requirement("SEG-05", proof="rule")
def test_the_shares_of_effort_add_up_to_100():
    assert GROUPS.strategic_share + GROUPS.potential_share + GROUPS.ordinary_share == 100


def test_the_value_axis_puts_the_thresholds_at_one_and_two_thirds():
    found = value_coordinate(np.array([0.0, TIER.core_from, TIER.high_from, TIER.high_from * 1e6, np.nan]), TIER)

    np.testing.assert_allclose(found, [0, 1 / 3, 2 / 3, 1, np.nan])


@given(st.lists(st.floats(-1e9, 1e13), min_size=2, max_size=30))
def test_more_spend_is_never_further_left_on_the_value_axis(spends):
    places = value_coordinate(np.sort(np.array(spends)), TIER)

    assert (np.diff(places) >= -1e-12).all()
    assert ((places >= 0) & (places <= 1)).all()


@pytest.mark.requirement("SEG-04", proof="rule")
@pytest.mark.parametrize("mark", [2, 3, 4, 5])
def test_fixed_bands_cut_exactly_at_the_policy_numbers(mark):
    policy = load_defaults().with_values({"segment.rfm.mode": "bands"}).get(RfmPolicy)
    days = getattr(policy, f"recency_days_{mark}")
    orders, spend = getattr(policy, f"orders_{mark}"), getattr(policy, f"spend_{mark}")

    found = mathematics.score(
        recency_days=[days, days + 1],
        frequency=[orders, orders - 1],
        monetary=[spend, spend - 1],
        bands=bands_of(policy),
    )

    for marks in (found.r, found.f, found.m):
        assert marks.tolist() == [mark, mark - 1]
