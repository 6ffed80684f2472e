"""What insight finds in the sample is what was planted: the system against the truth, without a database."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from zhike.foundation.policies.load import load_defaults
from zhike.insight.public import compute
from zhike.sample.company import Company
from zhike.sample.edges import EDGES
from zhike.sample.public import to_snapshot

Found = dict[str, list[Any]]
IN_TROUBLE = (
    "declining_usage", "slow_response", "price_pressure", "budget_cut", "silent_departure", "dormant", "departed",
)  # fmt: skip


@pytest.fixture(scope="module")
def found(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Found:
    """Measures in the order of the customers."""
    folder = to_snapshot(company, tmp_path_factory.mktemp("night"))
    measures = compute(folder, load_defaults("b2b"), company.as_of).measures
    columns: Found = measures.sort_by("customer_id").to_pydict()
    assert columns["customer_id"] == company.truth.customer_id.tolist()
    return columns


@pytest.mark.requirement("SEG-03", proof="rule")
def test_every_customer_gets_the_tier_that_was_planted(company: Company, found: Found) -> None:
    assert found["tier"] == company.truth.expected_tier.tolist()


@pytest.mark.requirement("SEG-09", proof="rule")
def test_nearly_every_customer_stands_in_the_planted_stage(company: Company, found: Found) -> None:
    agree = np.array(found["lifecycle"], object) == company.truth.expected_lifecycle

    # Use is known by month only, so the day on which somebody falls asleep is blurred.
    assert agree.mean() > 0.99
    blurred = ~agree
    assert set(company.truth.expected_lifecycle[blurred]) <= {"dormant"}


@pytest.mark.requirement("RET-01", proof="rule")
@pytest.mark.requirement("RET-02", proof="rule")
def test_planted_signals_are_seen_in_each_story(company: Company, found: Found) -> None:
    for code in sorted(set(company.truth.archetype)):
        mine = np.nonzero(company.truth.archetype == code)[0]
        seen = [
            set(company.truth.signals[place]) <= {signal["code"] for signal in found["signals"][place]}
            for place in mine
        ]
        assert np.mean(seen) > 0.85, code


@pytest.mark.requirement("RET-04", proof="rule")
def test_customers_in_trouble_are_warned_and_most_others_are_not(company: Company, found: Found) -> None:
    warned = np.array(found["warned"], bool)
    troubled = np.isin(company.truth.archetype, IN_TROUBLE)
    steady = np.isin(company.truth.archetype, ("steady", "growing"))

    assert warned[troubled].mean() > 0.95
    # Steady customers have bad months too; nobody expects a warning to be always right.
    assert 0.01 < warned[steady].mean() < 0.08


@pytest.mark.requirement("RET-03", proof="rule")
def test_the_list_is_short_enough_to_work_on_and_mostly_right(company: Company, found: Found) -> None:
    warned = np.array(found["warned"], bool)
    troubled = np.isin(company.truth.archetype, IN_TROUBLE)
    leaves = company.truth.will_leave & ~np.isin(found["lifecycle"], ("lost", "potential", "developing"))
    high = np.array([level == "high" for level in found["risk"]])

    # Measured over several seeds: 12% listed, of them 65% planted in trouble, 98% of the planted found; seven in ten
    # of all who will leave, because some leave without any sign. At high risk nearly everybody really leaves.
    assert 0.05 < warned.mean() < 0.14
    assert troubled[warned].mean() > 0.6
    assert warned[leaves].mean() > 0.65
    assert company.truth.will_leave[warned & high].mean() > 0.75


def test_the_edge_customers_come_out_as_the_catalogue_says(company: Company, found: Found) -> None:
    for place, edge in enumerate(EDGES):
        codes = tuple(signal["code"] for signal in found["signals"][place])
        assert (found["tier"][place], found["lifecycle"][place], codes) == (edge.tier, edge.lifecycle, edge.signals)
        assert found["warned"][place] == (edge.code in ("D4-3 50 to 40", "D4-13 two complaints")), edge.code
    assert found["strategy_row"][[edge.code for edge in EDGES].index("D4-12")] == "at_risk"
