"""Stages and vague wording, as pure decisions."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhike.win.rules.contract import missing_for_signing
from zhike.win.rules.stages import ORDER, Deal, is_back, missing_for
from zhike.win.rules.vague import findings, terms

NOTHING = Deal(False, False, False, False, False, False)
ALL = Deal(True, True, True, True, True, True)


@pytest.mark.requirement("WIN-01", proof="rule")
@pytest.mark.parametrize(
    ("stage", "missing"),
    [
        ("potential", []),
        ("intent", ["first_talk"]),
        ("solution", ["first_talk", "explicit_needs", "contact"]),
        ("negotiation", ["first_talk", "explicit_needs", "contact", "amount", "expected_date"]),
        ("won", ["first_talk", "explicit_needs", "contact", "amount", "expected_date", "signed_contract"]),
        ("lost", []),
    ],
)
def test_each_stage_names_all_that_is_missing(stage: str, missing: list[str]) -> None:
    assert missing_for(stage, NOTHING) == missing
    assert missing_for(stage, ALL) == []


@given(st.sampled_from(ORDER), st.tuples(*[st.booleans()] * 6))
def test_who_may_enter_a_stage_may_enter_every_earlier_one(stage: str, facts: tuple[bool, ...]) -> None:
    deal = Deal(*facts)

    if not missing_for(stage, deal):
        assert all(not missing_for(earlier, deal) for earlier in ORDER[: ORDER.index(stage)])


@pytest.mark.parametrize("name", [f.name for f in dataclasses.fields(Deal)])
def test_every_fact_of_a_deal_decides_about_some_stage(name: str) -> None:
    assert missing_for("won", dataclasses.replace(ALL, **{name: False}))


def test_back_is_an_earlier_stage_or_out_of_the_lost_ones() -> None:
    assert is_back("solution", "intent")
    assert not is_back("intent", "solution")
    assert is_back("lost", "negotiation")
    assert not is_back("potential", "lost")


def found(text: str) -> list[str]:
    return [one.words for one in findings([{"heading": "交付", "text": text}])]


@pytest.mark.requirement("WIN-10", proof="rule")
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("乙方应尽快交付设备。", ["尽快交付"]),
        ("乙方应尽快交付设备，最迟不超过 10 个工作日。", []),
        ("乙方应在十个工作日内尽快交付。", []),
        ("乙方应尽快交付设备，最迟 3 天。", ["尽快交付"]),  # a number, but not of working days
        ("乙方应尽快交付。10 个工作日后验收。", ["尽快交付"]),  # the number stands in another sentence
        ("乙方应及时响应。", ["及时"]),
        ("乙方应及时响应，2 小时内到场。", []),
        ("甲方给予适当优惠；其他事项另行协商。", ["适当", "另行协商"]),
        ("We deliver as soon as possible.", ["as soon as possible"]),
        ("We deliver ASAP, within 5 working days.", []),
        ("双方友好合作，价款为人民币十二万元。", []),
        ("", []),
    ],
)
def test_vague_wording_is_found_until_its_sentence_holds_a_number(text: str, words: list[str]) -> None:
    assert found(text) == words


def test_a_finding_names_clause_heading_words_and_remedy() -> None:
    clauses = [{"heading": "付款", "text": "款到发货。"}, {"heading": "交付", "text": "尽快交付。"}]

    (one,) = findings(clauses)

    assert (one.clause, one.heading, one.words) == (1, "交付", "尽快交付")
    assert one.term.remedy.zh == "请写明 X 个工作日内"


@pytest.mark.parametrize("term", terms(), ids=lambda term: term.code)
def test_every_listed_word_is_found_alone(term: object) -> None:
    for word in term.words:  # type: ignore[attr-defined]
        assert found(f"we {word} it" if word.isascii() else f"乙方{word}办理"), word


@given(st.text(max_size=200))
def test_any_text_can_be_looked_at(text: str) -> None:
    for one in findings([{"heading": "", "text": text}]):
        assert one.words.lower() in text.lower()


@pytest.mark.requirement("WIN-11", proof="rule")
@pytest.mark.parametrize(
    ("lacking", "missing"),
    [
        ({}, []),
        ({"status": "review"}, ["legal_review"]),
        ({"has_signer": False}, ["signer"]),
        ({"has_authority": False}, ["authority"]),
        ({"has_reference": False}, ["authority"]),
        ({"is_sealed": False}, ["seal"]),
    ],
)
def test_nothing_is_signed_before_review_signer_proof_of_authority_and_seal_are_there(
    lacking: dict[str, Any], missing: list[str]
) -> None:
    whole = {"status": "approved", "has_signer": True, "has_authority": True, "has_reference": True, "is_sealed": True}

    assert missing_for_signing(**{**whole, **lacking}) == missing
