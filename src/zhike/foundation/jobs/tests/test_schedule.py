import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhike.foundation.jobs.schedule import Cron, Every, parsed
from zhike.foundation.kit.clock import ZONE

MOMENTS = st.datetimes(
    dt.datetime(2024, 1, 1), dt.datetime(2032, 1, 1), timezones=st.just(dt.UTC)  # noqa: DTZ001
)  # fmt: skip


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("cron", "now", "slot"),
    [
        ("30 2 * * *", "2026-06-01 02:30", "2026-06-01 02:30"),
        ("30 2 * * *", "2026-06-01 02:29:59", "2026-05-31 02:30"),
        ("*/15 * * * *", "2026-06-01 10:44", "2026-06-01 10:30"),
        ("5/20 9-17 * * 1-5", "2026-06-01 08:00", "2026-05-29 17:45"),
        ("0 8 1 1,4,7,10 *", "2026-06-01 12:00", "2026-04-01 08:00"),
        ("0 0 29 2 *", "2027-06-01 12:00", "2024-02-29 00:00"),
        ("0 9 * * 0", "2026-06-01 12:00", "2026-05-31 09:00"),
        ("0 9 * * 7", "2026-06-01 12:00", "2026-05-31 09:00"),
    ],
    ids=[
        "on the minute",
        "a second before",
        "a step",
        "a stepped range on workdays",
        "a list of months",
        "a leap day",
        "Sunday as 0",
        "Sunday as 7",
    ],
)
def test_the_last_due_time_by_cron(cron: str, now: str, slot: str) -> None:
    assert parsed(cron).slot(at(now)) == at(slot)


def test_a_day_that_never_comes_is_never_due() -> None:
    assert Cron.parse("0 0 31 2 *").slot(at("2026-06-01 12:00")) is None


@pytest.mark.parametrize("text", ["", "* * * *", "60 * * * *", "* 24 * * *", "x * * * *", "5-1 * * * *", "* * 0 * *"])
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"field"):
        parsed(text)


@given(now=MOMENTS, minute=st.integers(0, 59), hour=st.integers(0, 23))
def test_a_daily_slot_is_the_last_one_and_less_than_a_day_old(now: dt.datetime, minute: int, hour: int) -> None:
    slot = Cron.parse(f"{minute} {hour} * * *").slot(now)

    assert slot is not None
    assert slot <= now < slot + dt.timedelta(days=1)
    assert (slot.hour, slot.minute) == (hour, minute)


@given(now=MOMENTS, seconds=st.integers(1, 10**6), passed=st.integers(0, 10**6))
def test_slots_of_a_distance_lie_that_far_apart(now: dt.datetime, seconds: int, passed: int) -> None:
    every = Every(dt.timedelta(seconds=seconds))

    slot, later = every.slot(now), every.slot(now + dt.timedelta(seconds=passed))

    assert slot is not None
    assert later is not None
    assert slot <= now < slot + every.apart
    assert (later - slot) % every.apart == dt.timedelta(0)


def test_a_distance_below_a_second_is_refused() -> None:
    with pytest.raises(ValueError, match="second"):
        parsed(dt.timedelta(milliseconds=10))
