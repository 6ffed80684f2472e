import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhike.segment.rules.arrays import Coded
from zhike.segment.rules.conditions import (
    MEASURES,
    Clause,
    ConditionFault,
    Known,
    clauses_from,
    clauses_out,
    holds,
    parse,
    said,
)
from zhike.segment.rules.strategies import REASONS, ROWS, match_own
from zhike.segment.rules.table import Line, StrategyTable, shipped

NAMES = {"industry": {"制造业": "C", "教育": "P"}, "region": {"浙江": "330000"}}


def known(**columns):
    size = len(next(iter(columns.values())))
    numbers = {name: (lambda v=v: np.array(v, dtype=float)) for name, v in columns.items() if MEASURES[name].is_number}
    words = {
        name: (lambda v=v: np.array(v, dtype=object)) for name, v in columns.items() if not MEASURES[name].is_number
    }
    return Known(size, numbers, words)


@pytest.mark.requirement("STR-01", proof="rule")
def test_a_condition_reads_the_same_in_both_languages():
    zh = parse("价值等级 = 高价值、中坚\n年消费 ≥ 50万\n行业 = 制造业\n健康度＜60", NAMES)
    en = parse("tier = high, core; yearly spend >= 500,000; industry = C; health < 60", NAMES)

    assert zh == en
    assert zh[1] == Clause("spend", ">=", ("500000",))
    assert said(zh, "zh", NAMES).splitlines()[0] == "价值等级 = 高价值、中坚"
    assert parse(said(zh, "en", NAMES), NAMES) == zh == parse(said(zh, "zh", NAMES), NAMES)
    assert clauses_from(clauses_out(zh)) == zh


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("高价值客户", "no_operator", 1),
        ("tier = high\n颜色 = 红", "unknown_measure", 2),
        ("tier = gold", "unknown_value", 1),
        ("tier > high", "not_comparable", 1),
        ("health < low", "not_a_number", 1),
        ("tier =", "no_value", 1),
    ],
)
def test_a_line_that_is_not_understood_is_named(text, code, line):
    with pytest.raises(ConditionFault) as found:
        parse(text)

    assert (found.value.code, found.value.line) == (code, line)


def test_all_clauses_must_hold_and_the_unknown_holds_none():
    asked = known(spend=[600_000, 500_000, 499_999, np.nan], tier=["high", None, "high", "high"])

    assert holds(parse("spend >= 500000"), asked).tolist() == [True, True, False, False]
    assert holds(parse("tier != core\nspend >= 500000"), asked).tolist() == [True, False, False, False]
    assert not holds((), asked).any()


@given(st.floats(-1e6, 1e6), st.sampled_from(["=", "!=", ">=", "<=", ">", "<"]), st.floats(-1e6, 1e6))
def test_comparisons_mean_what_they_say(value, operator, limit):
    limit = round(limit, 3)
    found = holds((Clause("health", operator, (f"{limit:.15g}",)),), known(health=[value]))[0]

    meant = {"=": value == limit, "!=": value != limit, ">=": value >= limit, "<=": value <= limit,
             ">": value > limit, "<": value < limit}  # fmt: skip
    assert found == meant[operator]


def own(code, text, **more):
    return Line(code, shipped().lines[0].texts, condition=parse(text, NAMES), **more)


@pytest.mark.requirement("STR-01", proof="rule")
def test_own_rows_are_asked_before_and_after_the_ready_ones_in_their_order():
    ready = Coded(ROWS, np.array([0, -1, 2, -1], dtype=np.int8))
    why = Coded(REASONS, np.array([1, 6, 0, 6], dtype=np.int8))
    asked = known(industry=["C", "C", "P", "P"], spend=[1.0, 2.0, 3.0, np.nan])
    table = shipped().with_lines(
        [own("own_2", "spend >= 3", is_first=True, position=2),
         own("own_1", "industry = 教育", is_first=True, position=1),
         own("own_3", "spend >= 1", position=3)]
    )  # fmt: skip

    row, reason = match_own(ready, why, table, asked)

    assert [row[i] for i in range(4)] == ["high_value", "own_3", "own_1", "own_1"]
    assert [reason[i] for i in range(4)] == ["strategy.high_value", "strategy.own", "strategy.own", "strategy.own"]
    assert StrategyTable.from_json(table.to_json()) == table
    assert match_own(ready, why, shipped(), asked) == (ready, why)
