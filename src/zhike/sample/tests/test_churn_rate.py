"""The churn rate of the sample company against a count by hand, day by day and without arrays."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from pathlib import Path

import pytest

from zhike.foundation.kit.clock import months_before
from zhike.foundation.policies.load import load_defaults
from zhike.insight.public import churn_rate, compute, relations
from zhike.sample.company import Company
from zhike.sample.public import to_snapshot

# Typed, not read from the policies: the definition of the shipped B2B template.
LOST_MONTHS = 12


def known_relations(company: Company) -> set[tuple[int, dt.date, dt.date | None]]:
    """Customer, first day and day of the loss, from the orders that were planted."""
    orders = company.orders
    days: dict[int, set[dt.date]] = defaultdict(set)
    for customer, day, status, amount in zip(
        orders.customer_id.tolist(), orders.ordered_on.tolist(), orders.status.tolist(), orders.amount_minor.tolist(),
        strict=True,
    ):  # fmt: skip
        if status == "done" and amount >= 0 and day <= company.as_of:
            days[customer].add(day)
    found = set()
    for customer, bought in days.items():
        ordered = sorted(bought)
        began = ordered[0]
        for day, following in zip(ordered, [*ordered[1:], None], strict=True):
            lost = months_before(day, -LOST_MONTHS)
            if lost <= company.as_of and (following is None or following > lost):
                found.add((customer, began, lost))
                began = following  # type: ignore[assignment]
        if began is not None:
            found.add((customer, began, None))
    return found


@pytest.fixture(scope="module")
def folder(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return to_snapshot(company, tmp_path_factory.mktemp("churn"))


@pytest.mark.requirement("MEAS-02", proof="rule")
def test_relations_and_rates_are_those_that_were_planted(company: Company, folder: Path) -> None:
    policies = load_defaults("b2b").with_values({"insight.churn_rate.period": "month"})
    known = known_relations(company)

    made = relations(folder, policies, company.as_of, compute(folder, policies, company.as_of).measures)
    rate = churn_rate(folder, policies, company.as_of)

    assert made is not None
    assert rate is not None
    rows = made.table.to_pylist()
    assert {(r["customer_id"], r["began_on"], r["lost_on"]) for r in rows} == known
    assert len(rows) == len(known)
    for period in rate.rows:
        present = [r for r in known if r[1] < period.start and (r[2] is None or r[2] >= period.start)]
        gone = [r for r in present if r[2] is not None and r[2] < period.end]
        assert (period.at_start, period.lost) == (len(present), len(gone)), period
    assert sum(period.lost for period in rate.rows) > 10, "somebody was lost at all"
    stages = company.truth.expected_lifecycle.tolist()
    now_lost = {c for c, _, lost in known if lost is not None} - {c for c, _, lost in known if lost is None}
    ids = company.truth.customer_id.tolist()
    assert now_lost == {c for c, stage in zip(ids, stages, strict=True) if stage == "lost"}
