"""Months and weeks of a calendar."""

from __future__ import annotations

import datetime as dt

import pytest

from zhike.foundation.records import spans

TODAY = dt.date(2026, 11, 30)


def test_a_month_is_shown_in_whole_weeks() -> None:
    found = spans.read("2026-11", TODAY)

    assert (found.first, found.last) == (dt.date(2026, 10, 26), dt.date(2026, 12, 6))
    assert (found.before, found.after) == ("2026-10", "2026-12")
    assert [found.is_outside(day) for day in (found.first, dt.date(2026, 11, 1), found.last)] == [True, False, True]


def test_the_last_week_of_a_year_leads_into_the_next() -> None:
    found = spans.read("2026-W53", TODAY)

    assert (found.first, found.last) == (dt.date(2026, 12, 28), dt.date(2027, 1, 3))
    assert (found.before, found.after) == ("2026-W52", "2027-W01")


@pytest.mark.parametrize("text", ["", "2026-13", "2025-W53", "0001-01", "2026-1", "9999-12"])
def test_what_is_no_month_is_the_present_one(text: str) -> None:
    assert spans.read(text, TODAY).name == "2026-11"


def test_all_months_of_a_year_follow_one_another() -> None:
    name, seen = "2026-01", []
    for _ in range(12):
        seen.append(name)
        name = spans.read(name, TODAY).after

    assert (len(set(seen)), name) == (12, "2027-01")
