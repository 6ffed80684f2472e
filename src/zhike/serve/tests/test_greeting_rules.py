"""Which day a birthday or a holiday falls on, by both calendars, and what becomes of a greeting."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from zhike.customers.rules.birthdays import mark_of, marks_at
from zhike.foundation.calendar.lunar import FIRST, LAST, lunar_of
from zhike.foundation.kit import clock
from zhike.foundation.policies.load import load_defaults
from zhike.sample.window import spring_festival
from zhike.serve.policy import GreetingPolicy
from zhike.serve.rules.greetings import (
    CALL,
    REFUSE,
    SEND,
    Facts,
    decide,
    falls_on,
    history_words,
    is_hour,
    is_in_calendar,
)
from zhike.serve.seeds import DAYS

POLICY = load_defaults().get(GreetingPolicy)
DAY = dt.date(2026, 6, 1)


def test_the_lunar_year_begins_on_the_days_that_are_published() -> None:
    for year in range(2015, 2041):
        found = lunar_of(spring_festival(year))
        assert found is not None
        assert (found.month, found.day, found.is_leap) == (1, 1, False), year


@pytest.mark.parametrize(
    ("day", "title"),
    [
        (dt.date(2026, 1, 1), "元旦"), (dt.date(2026, 2, 16), "除夕"), (dt.date(2026, 2, 17), "春节"),
        (dt.date(2025, 1, 28), "除夕"), (dt.date(2027, 2, 5), "除夕"),  # the 29th of a short, of a long 12th month
        (dt.date(2026, 6, 19), "端午节"), (dt.date(2026, 9, 25), "中秋节"), (dt.date(2025, 10, 6), "中秋节"),
        (dt.date(2026, 10, 1), "国庆节"),
    ],
)  # fmt: skip
def test_each_holiday_falls_on_its_published_day(day: dt.date, title: str) -> None:
    assert [one.title for one in DAYS if falls_on(day, one.calendar, one.month, one.day)] == [title]


def test_a_leap_month_has_no_holidays_and_no_birthdays() -> None:
    in_leap_sixth = dt.date(2025, 8, 8)
    found = lunar_of(in_leap_sixth)
    assert found is not None
    assert (found.month, found.day, found.is_leap) == (6, 15, True)
    assert not falls_on(in_leap_sixth, "lunar", 6, 15)
    assert marks_at(in_leap_sixth, "feb_28") == ("s08-08",)
    # Who was born in the leap month keeps the day in the ordinary one.
    assert mark_of("2025-08-08", is_lunar=True) == "l06-15"
    assert "l06-15" in marks_at(dt.date(2025, 7, 9), "feb_28")


def test_the_thirtieth_is_kept_on_the_last_day_of_a_short_month() -> None:
    long_eve, short_eve = dt.date(2024, 2, 9), dt.date(2025, 1, 28)
    assert mark_of("2024-02-09", is_lunar=True) == "l12-30"
    assert "l12-30" in marks_at(long_eve, "feb_28")
    assert "l12-30" in marks_at(short_eve, "feb_28")
    assert "l12-29" in marks_at(short_eve, "feb_28")
    assert "l12-30" not in marks_at(long_eve - dt.timedelta(days=1), "feb_28")


def test_29_february_has_one_day_in_each_year_as_the_policy_says() -> None:
    for rule, instead in (("feb_28", (2, 28)), ("mar_1", (3, 1))):
        for year in (2024, 2025, 2026, 2027, 2028):
            days = [dt.date(year, 1, 1) + dt.timedelta(days=n) for n in range(365)]
            kept = [day for day in days if "s02-29" in marks_at(day, rule)]
            expected = dt.date(year, 2, 29) if year % 4 == 0 else dt.date(year, *instead)
            assert kept == [expected], (rule, year)


def test_every_birthday_is_kept_once_in_every_year_of_its_calendar() -> None:
    for mark in ("l01-01", "l06-15", "l06-30", "l08-15", "l12-29", "l12-30"):
        start, end = spring_festival(2025), spring_festival(2026)
        days = [start + dt.timedelta(days=n) for n in range((end - start).days)]
        assert sum(mark in marks_at(day, "feb_28") for day in days) == 1, mark


@pytest.mark.parametrize("value", ["", "1980", "1980-13-01", "19**-05-**"])
def test_what_is_no_day_has_no_mark(value: str) -> None:
    assert mark_of(value, is_lunar=False) == mark_of(value, is_lunar=True) == ""


def test_outside_the_table_nobody_can_say() -> None:
    assert lunar_of(FIRST - dt.timedelta(days=1)) is None
    assert lunar_of(LAST + dt.timedelta(days=1)) is None
    assert mark_of("1899-05-01", is_lunar=True) == ""
    assert mark_of("1899-05-01", is_lunar=False) == "s05-01"
    assert lunar_of(FIRST) is not None
    assert lunar_of(LAST) is not None


def test_a_holiday_is_a_day_of_every_year() -> None:
    assert is_in_calendar("solar", 2, 28)
    assert not is_in_calendar("solar", 2, 29)
    assert not is_in_calendar("solar", 4, 31)
    assert is_in_calendar("lunar", 12, 30)
    assert not is_in_calendar("lunar", 12, 31)
    assert not is_in_calendar("solar", 13, 1)


FACTS = Facts(on=DAY, is_birthday=True, tier="core")


@pytest.mark.requirement("AUTO-01", proof="rule")
def test_what_speaks_against_a_greeting_is_all_named() -> None:
    assert decide(FACTS, DAY, POLICY).way == SEND
    late = dataclasses.replace(FACTS, has_complaint=True, is_sample=True)
    assert decide(late, DAY + dt.timedelta(days=1), POLICY).reasons == ("day_over", "sample", "complaint_open")
    assert decide(dataclasses.replace(FACTS, is_there=False), DAY, POLICY).reasons == ("gone",)
    assert decide(dataclasses.replace(FACTS, is_still=False), DAY, POLICY).reasons == ("changed",)
    off = dataclasses.replace(POLICY, birthdays=False)
    assert decide(FACTS, DAY, off).way == REFUSE
    assert decide(dataclasses.replace(FACTS, is_birthday=False), DAY, off).way == SEND


@pytest.mark.parametrize(
    ("who", "tier", "occasions", "is_birthday", "way"),
    [
        ("high", "high", "birthday", True, CALL), ("high", "core", "birthday", True, SEND),
        ("high_core", "core", "birthday", True, CALL), ("high_core", "low", "birthday", True, SEND),
        ("none", "high", "birthday", True, SEND), ("high", "high", "birthday", False, SEND),
        ("high", "high", "all", False, CALL),
    ],
)  # fmt: skip
def test_whom_the_owner_calls_is_the_policys_to_say(
    who: str, tier: str, occasions: str, is_birthday: bool, way: str
) -> None:
    policy = dataclasses.replace(POLICY, phone_for=who, phone_occasions=occasions)
    facts = dataclasses.replace(FACTS, tier=tier, is_birthday=is_birthday)
    assert decide(facts, DAY, policy).way == way
    assert decide(dataclasses.replace(facts, has_owner=False), DAY, policy).way == SEND


def test_greetings_leave_between_the_hours_of_the_policy() -> None:
    def at(hour: int) -> bool:
        return is_hour(dt.datetime(2026, 6, 1, hour, tzinfo=clock.ZONE), POLICY)

    assert [at(POLICY.send_hour - 1), at(POLICY.send_hour)] == [False, True]
    assert [at(POLICY.last_hour - 1), at(POLICY.last_hour)] == [True, False]


def test_the_years_together_are_said_in_the_customers_language() -> None:
    assert history_words(dt.date(2021, 6, 1), DAY, "zh") == "感谢您 5 年来的信任与支持"
    assert history_words(dt.date(2021, 6, 2), DAY, "en") == "Thank you for 4 years of trust"
    assert history_words(dt.date(2025, 6, 1), DAY, "en") == "Thank you for a year of trust"
    assert history_words(dt.date(2026, 5, 1), DAY, "en") == history_words(None, DAY, "en") == "Thank you for your trust"
