import datetime as dt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from zhike.foundation.calendar import rules
from zhike.foundation.calendar.policy import WorkingTimePolicy
from zhike.foundation.calendar.rules import Hours, NoWorkingTime
from zhike.foundation.kit.clock import ZONE
from zhike.foundation.policies.load import load_defaults

NUMBERS = load_defaults().get(WorkingTimePolicy)
HOURS = Hours.of(NUMBERS.opens_at, NUMBERS.closes_at, NUMBERS.lunch_from, NUMBERS.lunch_to)
HOUR = dt.timedelta(hours=1)


class Week:
    """Monday to Friday, with some days turned round; only 2026 is settled."""

    def __init__(self, turned: frozenset[dt.date] = frozenset()) -> None:
        self.turned = turned

    def is_workday(self, day: dt.date) -> bool:
        return (day.weekday() < 5) != (day in self.turned)

    def is_confirmed(self, year: int) -> bool:
        return year == 2026


PLAIN = Week()
CALENDARS = st.frozensets(st.dates(dt.date(2026, 1, 1), dt.date(2026, 3, 1)), max_size=20).map(Week)
STARTS = st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2026, 2, 1)).map(  # noqa: DTZ001
    lambda naive: naive.replace(tzinfo=ZONE, microsecond=0)
)
AMOUNTS = st.integers(0, 100 * 3600).map(lambda seconds: dt.timedelta(seconds=seconds))


def at(day: int, hour: int, minute: int = 0, month: int = 6) -> dt.datetime:
    """A moment of June 2026; the 1st is a Monday."""
    return dt.datetime(2026, month, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        (at(1, 9), 3, at(1, 12)),
        (at(1, 9), 4, at(1, 14)),
        (at(1, 11), 2, at(1, 14)),
        (at(1, 17), 2, at(2, 10)),
        (at(1, 9), 8, at(1, 18)),
        (at(5, 17), 2, at(8, 10)),
        (at(6, 11), 1, at(8, 10)),
        (at(1, 22), 1, at(2, 10)),
        (at(1, 12, 30), 1, at(1, 14)),
        (at(6, 11), 0, at(8, 9)),
        (at(1, 10), 0, at(1, 10)),
        (at(1, 18), 0, at(1, 18)),
        (at(1, 18), 1, at(2, 10)),
    ],
    ids=[
        "before lunch",
        "lunch does not count",
        "across lunch",
        "over night",
        "to the end of the day",
        "over the weekend",
        "from a Saturday",
        "from the evening",
        "from the break",
        "nothing, on a Saturday",
        "nothing, at work",
        "nothing, at closing time",
        "from closing time",
    ],
)
def test_working_hours(start: dt.datetime, hours: float, due: dt.datetime) -> None:
    assert rules.add_hours(start, hours * HOUR, HOURS, PLAIN).at == due


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (at(1, 10), 1, at(2, 10)),
        (at(5, 10), 1, at(8, 10)),
        (at(6, 10), 1, at(9, 9)),
        (at(5, 19), 1, at(9, 9)),
        (at(1, 9), 0.5, at(1, 14)),
        (at(1, 10), 5, at(8, 10)),
    ],
    ids=["the next day", "over the weekend", "from a Saturday", "from Friday night", "half a day", "a week"],
)
def test_working_days(start: dt.datetime, days: float, due: dt.datetime) -> None:
    assert rules.add_days(start, days, HOURS, PLAIN).at == due


def test_a_make_up_saturday_is_worked_and_a_holiday_is_not() -> None:
    calendar = Week(frozenset({dt.date(2026, 6, 6), dt.date(2026, 6, 8)}))

    assert rules.add_days(at(5, 10), 1, HOURS, calendar).at == at(6, 10)
    assert rules.add_days(at(5, 10), 2, HOURS, calendar).at == at(9, 10)


def test_crossing_into_a_year_that_is_not_settled_is_said() -> None:
    assert rules.add_days(at(29, 10, month=12), 1, HOURS, PLAIN).is_confirmed
    assert not rules.add_days(at(31, 10, month=12), 1, HOURS, PLAIN).is_confirmed


def test_no_break_when_it_ends_where_it_begins() -> None:
    assert Hours.of(9, 17, 12, 12).length == 8 * HOUR
    assert HOURS.length == 8 * HOUR


def test_a_working_day_without_hours_is_refused() -> None:
    with pytest.raises(NoWorkingTime):
        Hours.of(9, 9, 12, 13)


def test_a_calendar_without_working_days_is_refused() -> None:
    class Never(Week):
        def is_workday(self, day: dt.date) -> bool:
            return False

    with pytest.raises(NoWorkingTime):
        rules.add_hours(at(1, 9), HOUR, HOURS, Never())
    with pytest.raises(NoWorkingTime):
        rules.add_days(at(1, 9), 1, HOURS, Never())


@given(start=STARTS, first=AMOUNTS, second=AMOUNTS, calendar=CALENDARS)
def test_going_in_two_steps_is_going_at_once(
    start: dt.datetime, first: dt.timedelta, second: dt.timedelta, calendar: Week
) -> None:
    at_once = rules.add_hours(start, first + second, HOURS, calendar).at
    half_way = rules.add_hours(start, first, HOURS, calendar).at

    # A step of nothing from closing time stays there, and one of nothing at all moves to the next opening.
    assume(second or first)
    assert rules.add_hours(half_way, second, HOURS, calendar).at == at_once


@given(start=STARTS, amount=AMOUNTS, calendar=CALENDARS)
def test_the_working_time_up_to_the_due_time_is_what_was_asked_for(
    start: dt.datetime, amount: dt.timedelta, calendar: Week
) -> None:
    due = rules.add_hours(start, amount, HOURS, calendar).at

    assert rules.between(start, due, HOURS, calendar) == amount
    assert calendar.is_workday(due.date())


@given(start=STARTS, later=st.integers(0, 10_000), amount=AMOUNTS, calendar=CALENDARS)
def test_starting_later_is_never_due_earlier(
    start: dt.datetime, later: int, amount: dt.timedelta, calendar: Week
) -> None:
    other = start + dt.timedelta(minutes=later)

    due, due_later = (rules.add_hours(s, amount, HOURS, calendar).at for s in (start, other))
    assert due_later >= due


@given(start=STARTS, days=st.integers(0, 30), calendar=CALENDARS)
def test_a_working_day_is_as_long_as_its_hours(start: dt.datetime, days: int, calendar: Week) -> None:
    due = rules.add_days(start, days, HOURS, calendar).at

    assert rules.between(start, due, HOURS, calendar) == days * HOURS.length


def test_time_does_not_run_backwards() -> None:
    with pytest.raises(ValueError, match="forward"):
        rules.add_hours(at(1, 9), -HOUR, HOURS, PLAIN)
    with pytest.raises(ValueError, match="forward"):
        rules.add_days(at(1, 9), -1, HOURS, PLAIN)
    assert rules.between(at(2, 9), at(1, 9), HOURS, PLAIN) == dt.timedelta()
