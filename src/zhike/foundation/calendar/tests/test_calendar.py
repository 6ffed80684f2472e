import datetime as dt

import pytest

from zhike.foundation import calendar, policies
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer, system
from zhike.foundation.calendar import services
from zhike.foundation.calendar.models import CalendarDay, CalendarYear
from zhike.foundation.calendar.seeding import VERIFIED_YEARS, published
from zhike.foundation.kit.clock import ZONE
from zhike.foundation.kit.refusals import Forbidden

SETTER = Viewer(None, "it", levels={Area.SETTINGS: frozenset({Level.EDIT})})


def span(first: str, last: str) -> set[dt.date]:
    start, end = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    return {start + dt.timedelta(days=n) for n in range((end - start).days + 1)}


def days(*texts: str) -> set[dt.date]:
    return {dt.date.fromisoformat(text) for text in texts}


# The notices of the General Office of the State Council on holidays: free spans, and weekends worked instead.
NOTICES = {
    2024: (
        span("2024-01-01", "2024-01-01")
        | span("2024-02-10", "2024-02-17")
        | span("2024-04-04", "2024-04-06")
        | span("2024-05-01", "2024-05-05")
        | span("2024-06-08", "2024-06-10")
        | span("2024-09-15", "2024-09-17")
        | span("2024-10-01", "2024-10-07"),
        days(
            "2024-02-04", "2024-02-18", "2024-04-07", "2024-04-28", "2024-05-11", "2024-09-14", "2024-09-29",
            "2024-10-12",
        ),
    ),
    2025: (
        span("2025-01-01", "2025-01-01")
        | span("2025-01-28", "2025-02-04")
        | span("2025-04-04", "2025-04-06")
        | span("2025-05-01", "2025-05-05")
        | span("2025-05-31", "2025-06-02")
        | span("2025-10-01", "2025-10-08"),
        days("2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11"),
    ),
    2026: (
        span("2026-01-01", "2026-01-03")
        | span("2026-02-15", "2026-02-23")
        | span("2026-04-04", "2026-04-06")
        | span("2026-05-01", "2026-05-05")
        | span("2026-06-19", "2026-06-21")
        | span("2026-09-25", "2026-09-27")
        | span("2026-10-01", "2026-10-07"),
        days("2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"),
    ),
}  # fmt: skip


@pytest.mark.requirement("PLAT-08", proof="rule")
@pytest.mark.parametrize("year", VERIFIED_YEARS)
def test_every_day_of_a_verified_year_is_as_the_notice_says(year: int) -> None:
    free, worked = NOTICES[year]
    known = {named.date: named.is_workday for named in published(year)}

    for day in span(f"{year}-01-01", f"{year}-12-31"):
        by_notice = day in worked or (day.weekday() < 5 and day not in free)
        assert known.get(day, day.weekday() < 5) == by_notice, day


def test_a_year_without_notice_has_no_make_up_days_and_is_not_confirmed() -> None:
    assert not any(named.is_workday for named in published(2028))
    assert 2028 not in VERIFIED_YEARS


@pytest.mark.django_db
def test_the_national_holiday_and_its_make_up_saturday_count() -> None:
    before_the_holiday = dt.datetime(2026, 9, 30, 17, 0, tzinfo=ZONE)

    assert not calendar.is_workday(dt.date(2026, 10, 7))
    assert calendar.is_workday(dt.date(2026, 10, 10))
    assert calendar.add_working(before_the_holiday, hours=1) == before_the_holiday.replace(hour=18)
    assert calendar.add_working(before_the_holiday, days=3) == dt.datetime(2026, 10, 10, 17, 0, tzinfo=ZONE)


@pytest.mark.django_db
def test_a_due_time_in_a_year_that_is_not_settled_says_so() -> None:
    last_days = dt.datetime(2026, 12, 30, 10, 0, tzinfo=ZONE)

    assert calendar.plan(last_days, days=1).is_confirmed
    assert not calendar.plan(last_days, days=2).is_confirmed

    services.year_confirm(SETTER, 2027, reason="notice of November")
    assert calendar.plan(last_days, days=2).is_confirmed


@pytest.mark.django_db
def test_a_day_edited_on_the_page_counts_at_once_and_outlives_the_next_seeding() -> None:
    company_day = dt.date(2027, 3, 8)
    assert calendar.is_workday(company_day)

    services.day_set(SETTER, company_day, is_workday=False, label="厂庆")
    services.seed([2027])

    assert not calendar.is_workday(company_day)
    assert CalendarDay.objects.get(date=company_day).label == "厂庆"


@pytest.mark.django_db
def test_a_settled_year_is_not_seeded_again() -> None:
    CalendarDay.objects.filter(date="2026-10-10").update(is_workday=False)

    assert services.seed([2026]) == 0
    assert services.seed([2027]) > 0
    assert not CalendarDay.objects.get(date="2026-10-10").is_workday


@pytest.mark.django_db
def test_a_year_decided_by_people_is_left_alone() -> None:
    services.year_confirm(SETTER, 2027, is_confirmed=False, reason="notice not out")

    assert services.seed([2027]) == 0
    assert CalendarYear.objects.get(year=2027).source == "notice not out"


@pytest.mark.django_db
def test_only_who_keeps_the_settings_edits_the_calendar() -> None:
    somebody = Viewer(1, "somebody")

    with pytest.raises(Forbidden):
        services.day_set(somebody, dt.date(2026, 6, 6), is_workday=True)
    with pytest.raises(Forbidden):
        services.year_confirm(somebody, 2027)


@pytest.mark.django_db
def test_working_hours_come_from_the_policy_in_force_at_the_start() -> None:
    start = dt.datetime(2026, 6, 1, 9, 0, tzinfo=ZONE)
    in_future = dt.datetime.now(dt.UTC) + dt.timedelta(days=30)
    policies.change(system("test"), "calendar.working_time.opens_at", 8, reason="summer", effective_from=in_future)

    assert calendar.add_working(start.replace(hour=0), hours=1) == start.replace(hour=10)
    monday = dt.datetime(2028, 6, 5, 0, 0, tzinfo=ZONE)
    assert calendar.add_working(monday, hours=1) == monday.replace(hour=9)


@pytest.mark.django_db
def test_hours_between_two_moments() -> None:
    start = dt.datetime(2026, 6, 5, 17, 0, tzinfo=ZONE)

    assert calendar.working_hours_between(start, start + dt.timedelta(days=3)) == 8


def test_exactly_one_amount_is_needed() -> None:
    start = dt.datetime(2026, 6, 5, 17, 0, tzinfo=ZONE)

    with pytest.raises(ValueError, match="hours or days"):
        calendar.add_working(start)
    with pytest.raises(ValueError, match="hours or days"):
        calendar.add_working(start, hours=1, days=1)
