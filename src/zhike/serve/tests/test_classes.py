"""Which class a ticket probably has, and by which pieces similar problems are found. Rules without a database."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhike.serve.rules.classes import CLASSES, class_of, shipped_words
from zhike.serve.rules.likeness import most_alike, pieces_of
from zhike.serve.rules.steps import FROM, WAY, Fit, fit_of


@pytest.mark.requirement("SERV-02", proof="rule")
@pytest.mark.parametrize(
    ("subject", "content", "expected"),
    [
        ("报表无法导出", "点击导出后报错", "technical"),
        ("发票抬头有误", "请重新开票", "commercial"),
        ("客服态度不好", "打电话等了半小时没人接", "experience"),
        ("Invoice is wrong", "please send a new bill", "commercial"),
        ("你好", "在吗", ""),
    ],
)
def test_the_words_of_the_customer_propose_the_class(subject: str, content: str, expected: str) -> None:
    proposal = class_of(subject, content)

    assert proposal.ticket_class == expected
    assert bool(proposal.because) == bool(expected), "with the words that speak for it"


def test_a_word_in_the_subject_weighs_more_and_technical_comes_first_in_a_tie() -> None:
    words = {"technical": ("a1",), "commercial": ("b1",), "experience": ()}

    assert class_of("b1", "a1", words).ticket_class == "commercial"
    assert class_of("", "a1 b1", words).ticket_class == "technical"


def test_of_words_inside_each_other_only_the_longest_counts() -> None:
    words = {"technical": ("升级",), "commercial": ("套餐升级", "套餐"), "experience": ()}

    assert class_of("", "套餐升级", words).because == ("套餐升级",) or class_of("", "套餐升级", words).because == (
        "升级",
    )
    assert class_of("套餐升级", "", {"commercial": ("套餐升级", "套餐")}).because == ("套餐升级",)


def test_a_latin_word_is_not_found_inside_another() -> None:
    assert class_of("taxi came late", "", {"commercial": ("tax",)}).ticket_class == ""
    assert class_of("TAX number", "", {"commercial": ("tax",)}).ticket_class == "commercial"


def test_the_shipped_lists_name_each_word_once() -> None:
    every = [word for code in CLASSES for word in shipped_words()[code]]

    assert len(every) == len(set(every))


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_gets_a_class_or_none(subject: str, content: str) -> None:
    assert class_of(subject, content).ticket_class in ("", *CLASSES)


def test_similar_problems_are_looked_for_by_pairs_of_characters_without_politeness() -> None:
    assert pieces_of("请问报表怎么导出 PDF?", 9) == ["问报", "报表", "表怎", "么导", "导出", "pdf"]
    assert len(pieces_of("一二三四五六七八九十", 4)) == 4


def test_what_most_pieces_found_comes_first_and_a_single_hit_is_left_out() -> None:
    assert most_alike([[1, 2], [2, 3], [2, 1], [9]], 5) == [2, 1]
    assert most_alike([[4]], 5) == [4]
    assert most_alike([], 5) == []


@pytest.mark.requirement("COMP-02", proof="rule")
def test_each_step_of_a_complaint_comes_after_the_one_before() -> None:
    for step, states in FROM.items():
        first = WAY.index(states[0])
        for place, state in enumerate(WAY):
            expected = Fit.NOW if state in states else Fit.EARLY if place < first else Fit.LATE
            assert fit_of(step, state) is expected, (step, state)
