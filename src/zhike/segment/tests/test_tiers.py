import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhike.foundation.policies.load import TEMPLATES, load_defaults
from zhike.segment.policy import TierPolicy
from zhike.segment.rules.tiers import SpendFacts, tier_of, tiers, yearly_spend

SHIPPED = load_defaults().get(TierPolicy)
TIERS_ZH = {"high": "高价值", "core": "中坚", "low": "低价值"}


@pytest.mark.requirement("SEG-03", proof="rule")
@pytest.mark.parametrize(
    ("yuan", "tier"),
    [("500000.00", "高价值"), ("499999.99", "中坚"), ("100000.00", "中坚"), ("99999.99", "低价值")],
)
def test_yearly_spend_500_000_00_499_999_99_100_000_00_99_999_99_is_high_core_core_low(yuan, tier):
    minor = int(yuan.replace(".", ""))

    assert TIERS_ZH[tier_of(minor, SHIPPED)] == tier


@pytest.mark.requirement("SEG-03", proof="rule")
@pytest.mark.parametrize("template", TEMPLATES)
def test_each_template_cuts_exactly_at_its_own_thresholds(template):
    policy = load_defaults(template).get(TierPolicy)

    assert tier_of(policy.high_from, policy) == "high"
    assert tier_of(policy.high_from - 1, policy) == "core"
    assert tier_of(policy.core_from, policy) == "core"
    assert tier_of(policy.core_from - 1, policy) == "low"


def test_retail_counts_a_customer_of_five_thousand_yuan_as_high_value():
    assert tier_of(5_000_00, load_defaults("retail").get(TierPolicy)) == "high"


def test_unknown_spend_has_no_tier():
    assert tier_of(None, SHIPPED) is None


@given(st.lists(st.integers(-(10**12), 10**12), min_size=2, max_size=40))
def test_more_spend_never_means_a_lower_tier(spends):
    ordered = np.sort(np.array(spends, dtype=float))

    index = tiers(ordered, SHIPPED).index

    assert (np.diff(index) <= 0).all()


def facts(**changes):
    base = {
        "is_customer": np.array([True]),
        "ordered_minor": np.array([np.nan]),
        "foreign_orders": np.array([False]),
        "given_minor": np.array([np.nan]),
        "bill_minor": np.array([np.nan]),
        "covered_months": 24.0,
    }
    return SpendFacts(**(base | changes))


def test_orders_come_before_a_stated_spend_and_that_before_the_bill():
    everything = {"ordered_minor": np.array([300.0]), "given_minor": np.array([200.0])}
    bill = {"bill_minor": np.array([10.0])}

    assert yearly_spend(facts(**everything, **bill), SHIPPED)[0][0] == 300
    assert yearly_spend(facts(given_minor=np.array([200.0]), **bill), SHIPPED)[0][0] == 200
    spend, basis = yearly_spend(facts(**bill), SHIPPED)
    assert (spend[0], basis[0]) == (120, "tier.bill_times_12")


def test_a_customer_with_orders_in_another_currency_gets_no_spend_rather_than_part_of_it():
    spend, basis = yearly_spend(facts(ordered_minor=np.array([300.0]), foreign_orders=np.array([True])), SHIPPED)

    assert np.isnan(spend[0])
    assert basis[0] == "tier.foreign_currency"


def test_half_a_year_of_data_is_said_and_not_scaled_up():
    spend, basis = yearly_spend(facts(ordered_minor=np.array([300.0]), covered_months=6.0), SHIPPED)

    assert (spend[0], basis[0]) == (300, "tier.spend_short_history")


def test_half_a_year_of_data_is_doubled_where_the_policy_allows_it():
    policy = load_defaults().with_values({"segment.tiers.annualise": True}).get(TierPolicy)

    spend, basis = yearly_spend(facts(ordered_minor=np.array([300.0]), covered_months=6.0), policy)

    assert (spend[0], basis[0]) == (600, "tier.spend_annualised")
