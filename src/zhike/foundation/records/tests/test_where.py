"""The grammar of conditions, and the stretches of time that move with the day."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from zhike.foundation.records import periods, where
from zhike.foundation.records.where import Group, Leaf

VALUE = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), min_size=1, max_size=8)
LEAF = st.builds(Leaf, st.just("name"), st.just("is"), st.lists(VALUE, min_size=1, max_size=3).map(tuple))
TREE = st.recursive(
    LEAF, lambda inner: st.builds(Group, st.sampled_from(where.JOINED), st.tuples(inner, inner)), max_leaves=4
)


def depth(node: where.Node) -> int:
    return 0 if isinstance(node, Leaf) else 1 + max((depth(part) for part in node.parts), default=0)


@given(TREE.filter(lambda node: isinstance(node, Group) and depth(node) <= where.DEEPEST))
def test_what_is_written_is_read_as_the_same_conditions(tree: Group) -> None:
    assert where.read(where.write(tree)) == tree


def test_the_written_form_is_readable() -> None:
    tree = Group("all", (Leaf("tier", "is", ("high", "core")), Group("any", (Leaf("owner", "is", ("me",)),
                 Leaf("name", "contains", ("岚山 精密",))))))  # fmt: skip

    assert where.write(tree) == 'all(tier.is(high, core), any(owner.is(me), name.contains("岚山 精密")))'


def test_one_condition_alone_is_a_group_of_one() -> None:
    assert where.read("owner.is(me)") == Group("all", (Leaf("owner", "is", ("me",)),))


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    try:
        tree = where.read(text)
    except ValueError as wrong:
        said = str(wrong)
    else:
        said = where.write(tree)
    assert said


@pytest.mark.parametrize("text", [
    "", "all", "all(", "all(tier.is(high)", "all(tier.is(high)))", "all(,)", "tier(high)", '"x"(y)', "a.is(b) c.is(d)",
    "a.is(b,)", "a.is(b c)", 'a.is("b)', "a.is(\0)", "x" * 5000, "none(a.is(b))",
])  # fmt: skip
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        where.read(text)


def test_depth_number_and_values_are_bounded() -> None:
    deepest = "any(" * where.DEEPEST + "a.is(b)" + ")" * where.DEEPEST
    most = ", ".join(["a.is(b)"] * where.MOST)
    fullest = f"a.is({', '.join(['b'] * where.MOST_VALUES)})"

    for text in (deepest, f"all({most})", fullest):
        assert where.read(text)
    for text in (f"any({deepest})", f"all({most}, a.is(b))", fullest.replace("(b", "(b, b", 1)):
        with translation.override("en"), pytest.raises(ValueError, match="too"):
            where.read(text)


def test_taking_one_of_all_leaves_the_others_and_of_any_takes_the_whole() -> None:
    assert where.without(where.read("all(a.is(b), c.is(d))"), 0) == "all(c.is(d))"
    assert where.without(where.read("all(a.is(b))"), 0) == ""
    assert where.without(where.read("any(a.is(b), c.is(d))"), 0) == ""


TODAY = dt.date(2026, 11, 30)  # a Monday


@pytest.mark.parametrize(("count", "unit", "first"), [
    (30, "days", dt.date(2026, 10, 31)), (2, "weeks", dt.date(2026, 11, 16)), (9, "months", dt.date(2026, 2, 28)),
    (2, "quarters", dt.date(2026, 5, 30)), (1, "years", dt.date(2025, 11, 30)),
])  # fmt: skip
def test_the_last_so_many_end_today(count: int, unit: str, first: dt.date) -> None:
    assert periods.last(TODAY, count, unit) == (first, TODAY)


def test_the_next_so_many_begin_today() -> None:
    assert periods.following(TODAY, 3, "months") == (TODAY, dt.date(2027, 2, 28))


@pytest.mark.parametrize(("unit", "first", "last"), [
    ("week", dt.date(2026, 11, 30), dt.date(2026, 12, 6)), ("month", dt.date(2026, 11, 1), dt.date(2026, 11, 30)),
    ("quarter", dt.date(2026, 10, 1), dt.date(2026, 12, 31)), ("year", dt.date(2026, 1, 1), dt.date(2026, 12, 31)),
])  # fmt: skip
def test_this_week_month_quarter_and_year_are_those_of_the_calendar(unit: str, first: dt.date, last: dt.date) -> None:
    assert periods.this(TODAY, unit) == (first, last)


@pytest.mark.parametrize(("count", "unit"), [(9999, "quarters"), (9999, "years"), (-9999, "months"), (9999, "weeks")])
def test_what_reaches_too_far_is_refused(count: int, unit: str) -> None:
    with translation.override("en"), pytest.raises(ValueError, match="too far"):
        periods.shifted(TODAY, count, unit)


@pytest.mark.parametrize("text", ["0", "-1", "x", "", "10000", "１"])
def test_a_count_is_a_whole_number_from_one(text: str) -> None:
    with pytest.raises(ValueError, match="9999"):
        periods.count_of(text)
