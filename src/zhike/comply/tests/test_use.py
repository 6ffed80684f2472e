"""The rule: which word counts."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from zhike.comply.rules.use import Said, Use, replaces, use_of

T0 = dt.datetime(2026, 7, 1, 9, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


def test_silence_is_no_consent() -> None:
    assert use_of(None) == Use(False, "not_asked")


def test_a_contacts_own_word_counts_before_the_customers() -> None:
    own, customers = Said(False, T0), Said(True, T0 + MINUTE)

    assert use_of(own, customers) == Use(False, "withdrawn", T0)
    assert use_of(None, customers) == Use(True, "given", T0 + MINUTE)


def test_a_consent_written_down_late_does_not_undo_the_withdrawal_after_it() -> None:
    assert not replaces(Said(False, T0), Said(True, T0 - MINUTE))
    assert replaces(Said(False, T0), Said(True, T0 + MINUTE))


def test_of_two_words_of_one_moment_the_withdrawal_counts() -> None:
    assert not replaces(Said(False, T0), Said(True, T0))
    assert replaces(Said(True, T0), Said(False, T0))


@given(st.permutations([(n, n % 3 == 0) for n in range(6)]))
def test_the_order_in_which_words_are_written_down_does_not_matter(words: list[tuple[int, bool]]) -> None:
    standing = None
    for minutes, is_allowed in words:
        new = Said(is_allowed, T0 + minutes * MINUTE)
        if replaces(standing, new):
            standing = new

    assert standing == Said(False, T0 + 5 * MINUTE)
