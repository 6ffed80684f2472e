"""Any of, all of, in sequence, nobody there: the rules by which an approval moves."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhike.foundation.approvals.rules import APPROVED, OPEN, REJECTED, RETURNED, applies, is_done, signers, standing

STATES = st.sampled_from([OPEN, APPROVED, "released", "delegated"])
RULES = st.sampled_from(["any", "all"])
PEOPLE = st.lists(st.integers(1, 12), max_size=6)


@given(RULES, st.lists(STATES, max_size=6))
def test_no_step_is_done_without_somebody_who_approved(rule: str, states: list[str]) -> None:
    assert is_done(rule, states) <= (APPROVED in states)


@given(st.lists(STATES, max_size=6))
def test_one_approval_is_enough_where_any_may_decide(states: list[str]) -> None:
    assert is_done("any", [*states, APPROVED])


@given(st.lists(STATES, max_size=6))
def test_nobody_may_be_left_where_all_have_to_decide(states: list[str]) -> None:
    assert not is_done("all", [*states, APPROVED, OPEN])
    assert is_done("all", [*[s for s in states if s != OPEN], APPROVED])


@given(st.lists(st.tuples(RULES, st.lists(STATES, max_size=4)), max_size=5))
def test_steps_are_asked_in_their_order_and_approved_only_when_all_are_done(
    steps: list[tuple[str, list[str]]],
) -> None:
    placed = [(10 * place, rule, states) for place, (rule, states) in enumerate(steps)]
    found = standing(reversed(placed))

    open_places = [place for place, rule, states in placed if not is_done(rule, states)]
    assert found.current == (open_places[0] if open_places else None)
    assert (found.verdict == APPROVED) == (bool(placed) and not open_places)


@given(
    st.lists(st.tuples(RULES, st.lists(STATES, min_size=1, max_size=4)), min_size=1, max_size=5),
    st.sampled_from([REJECTED, RETURNED]), st.data(),
)  # fmt: skip
def test_one_no_ends_the_round_whatever_the_others_said(
    steps: list[tuple[str, list[str]]], no: str, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(steps) - 1))
    steps[place][1].append(no)

    found = standing((n, rule, states) for n, (rule, states) in enumerate(steps))

    assert (found.verdict, found.current) == (no, None)


@given(PEOPLE, PEOPLE, PEOPLE, st.sets(st.integers(1, 12)), st.sets(st.integers(1, 12), max_size=4))
def test_who_signs_may_decide_and_is_no_author_and_nobody_stands_in_where_somebody_is_there(
    named: list[int], superiors: list[int], fallback: list[int], fit: set[int], authors: set[int]
) -> None:
    found = signers(named, superiors, fallback, fit, authors)

    may = fit - authors
    assert set(found.people) <= may
    assert (found.way == "declared") == bool(may & set(named))
    if found.way == "superior":
        assert found.people == (next(p for p in superiors if p in may),)
    assert (found.way == "nobody") == (not may & {*named, *superiors, *fallback})
    assert bool(found.people) == (found.way != "nobody")


@dataclass(frozen=True)
class When:
    value: str = "cost"
    limit: tuple[str, str] = ("room.policy", "field")


@pytest.mark.parametrize(
    ("values", "limit", "asked"),
    [({"cost": 99}, 100.0, False), ({"cost": 100}, 100.0, True), ({"cost": 101}, 100.0, True), ({}, 100.0, True),
     ({"cost": 1}, None, True)],
)  # fmt: skip
def test_a_step_is_asked_from_its_number_on_and_where_a_number_is_missing(
    values: dict[str, float], limit: float | None, asked: bool
) -> None:
    assert applies(When(), values, limit) is asked
    assert applies(None, values, limit)
