"""What a handful of cases can tell about a measure, and what they cannot (RET-18)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some
from scipy.stats import binomtest

from zhike.retain.rules.effect import compared, share_limits


@given(some.integers(1, 500).flatmap(lambda of: some.tuples(some.integers(0, of), some.just(of))))
def test_limits_are_those_of_wilson(case: tuple[int, int]) -> None:
    hits, of = case
    theirs = binomtest(hits, of).proportion_ci(0.95, method="wilson")
    assert share_limits(hits, of) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


@pytest.mark.parametrize(("hits", "of"), [(1, 0), (-1, 3), (4, 3)])
def test_what_is_no_share_has_no_limits(hits: int, of: int) -> None:
    with pytest.raises(ValueError, match="no share"):
        share_limits(hits, of)


@pytest.mark.requirement("RET-18", proof="rule")
@pytest.mark.parametrize(
    ("part", "rest", "wanted"),
    [
        ((3, 4), (2, 6), "open"),  # a handful tells nothing
        ((56, 70), (48, 80), "better"),  # Newcombe 1998, table II: 0.0524 to 0.3339
        ((48, 80), (56, 70), "worse"),
        ((9, 10), (3, 10), "better"),  # 0.1705 to 0.8090
        ((6, 7), (2, 7), "better"),  # 0.0582 to 0.8062
        ((0, 10), (0, 20), "open"),
        ((0, 0), (5, 9), "open"),
        ((5, 5), (0, 0), "open"),
    ],
)
def test_a_measure_is_called_better_only_where_the_cases_can_tell(
    part: tuple[int, int], rest: tuple[int, int], wanted: str
) -> None:
    assert compared(*part, *rest) == wanted
