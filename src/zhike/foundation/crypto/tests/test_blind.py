"""Blind indexes and search tokens: equal for the same thing, telling nothing about it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhike.foundation.crypto import blind as module
from zhike.foundation.crypto import keys, vault


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("phone", "138 1234-5678", "13812345678"),
        ("phone", "+86 13812345678", "13812345678"),
        ("phone", "0086-138-1234-5678", "１３８１２３４５６７８"),
        ("email", "Zhang.San@Example.com", "zhang.san@example.com "),
        ("id_number", "11010519491231002x", "11010519491231002X"),
        ("name", "张　三", "张 三"),
        ("name", "Ａｌｉｃｅ", "Alice"),
    ],
)
def test_two_spellings_of_the_same_value_have_the_same_blind_index(kind: str, one: str, other: str) -> None:
    assert vault.blind(kind, one) == vault.blind(kind, other)


def test_the_same_text_of_two_kinds_has_two_blind_indexes() -> None:
    assert vault.blind("phone", "13812345678") != vault.blind("id_number", "13812345678")


def test_a_blind_index_is_sixteen_bytes_and_nothing_has_none() -> None:
    assert len(vault.blind("phone", "13812345678")) == 16
    assert vault.blind("phone", " - ") == b""


def test_a_foreign_number_keeps_its_country_code() -> None:
    assert module.normal("phone", "+44 20 7946 0958") == "442079460958"
    assert module.normal("phone", "8612345") == "8612345"


def test_another_key_gives_other_blind_indexes_and_tokens(settings, tmp_path) -> None:  # type: ignore[no-untyped-def]
    before = vault.blind("phone", "13812345678"), vault.blind_token("张三")
    settings.KEY_DIR = tmp_path / "others"
    keys.forget()

    assert vault.blind("phone", "13812345678") != before[0]
    assert vault.blind_token("张三") != before[1]


@given(st.text(min_size=1))
def test_a_search_token_is_eight_letters_and_digits(text: str) -> None:
    assert re.fullmatch("[a-z2-7]{8}", vault.blind_token(text))
