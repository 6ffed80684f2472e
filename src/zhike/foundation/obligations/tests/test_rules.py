import datetime as dt
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhike.foundation.kit.clock import ZONE
from zhike.foundation.obligations.declaration import (
    RHYTHMS,
    DeclarationFault,
    Obligation,
    Recurring,
    Subject,
    unit_of,
)
from zhike.foundation.obligations.rules import due_of, period_of, remind_of
from zhike.foundation.obligations.tests.deeds import ListPublished, ManyListed, TestClocks, TicketReceived


@dataclass(frozen=True)
class At:
    at: dt.datetime
    is_confirmed: bool = True


class OfficeHours:
    """Working time that is simply eight times slower than the clock, uncertain from 2027 on."""

    def plan(self, start: dt.datetime, *, hours: float | None = None, days: float | None = None) -> At:
        at = start + dt.timedelta(hours=(hours or 0) * 8, days=(days or 0) * 8)
        return At(at, at.year < 2027)

    def working_hours_between(self, start: dt.datetime, end: dt.datetime) -> float:
        return (end - start) / dt.timedelta(hours=8)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "clock_kind", "due"),
    [
        ("2026-06-01 09:00", 30, "minutes", "elapsed", "2026-06-01 09:30"),
        ("2026-06-01 09:00", 48, "hours", "elapsed", "2026-06-03 09:00"),
        ("2026-06-01 09:00", 7, "days", "elapsed", "2026-06-08 09:00"),
        ("2026-01-31 09:00", 1, "months", "elapsed", "2026-02-28 09:00"),
        ("2026-11-30 09:00", 3, "months", "elapsed", "2027-02-28 09:00"),
        ("2024-02-29 09:00", 1, "years", "elapsed", "2025-02-28 09:00"),
        ("2026-06-01 09:00", 1, "hours", "working", "2026-06-01 17:00"),
        ("2026-06-01 09:00", 30, "minutes", "working", "2026-06-01 13:00"),
        ("2026-06-01 09:00", 1, "days", "working", "2026-06-09 09:00"),
        ("2026-06-01 09:00", 1, "working_days", "elapsed", "2026-06-09 09:00"),
    ],
)
def test_due_times(start: str, amount: float, unit: str, clock_kind: str, due: str) -> None:
    assert due_of(at(start), amount, unit, clock_kind, OfficeHours()).at == at(due)


def test_a_day_as_start_leaves_the_whole_due_day() -> None:
    due = due_of(dt.date(2026, 6, 30), 7, "days", "elapsed", OfficeHours())

    assert due.at == at("2026-07-07 23:59:59")


def test_working_time_into_an_unsettled_year_is_not_certain() -> None:
    assert due_of(at("2026-06-01 09:00"), 1, "days", "working", OfficeHours()).is_certain
    assert not due_of(at("2026-12-30 09:00"), 1, "days", "working", OfficeHours()).is_certain


@given(ratio=st.floats(0.1, 1), hours=st.integers(0, 1000), clock_kind=st.sampled_from(["elapsed", "working"]))
def test_the_reminder_comes_after_its_share_of_the_time_and_not_after_the_due_time(
    ratio: float, hours: int, clock_kind: str
) -> None:
    start = at("2026-01-01 09:00")
    due = start + dt.timedelta(hours=hours)

    reminder = remind_of(start, due, ratio, clock_kind, OfficeHours())

    assert start <= reminder <= due
    assert abs((reminder - start) - (due - start) * ratio) < dt.timedelta(seconds=1)


@pytest.mark.parametrize(
    ("rhythm", "key", "start", "end"),
    [
        ("daily", "2026-11-21", "2026-11-21", "2026-11-22"),
        ("weekly", "2026-W47", "2026-11-16", "2026-11-23"),
        ("monthly", "2026-11", "2026-11-01", "2026-12-01"),
        ("quarterly", "2026-Q4", "2026-10-01", "2027-01-01"),
        ("half_yearly", "2026-H2", "2026-07-01", "2027-01-01"),
        ("yearly", "2026", "2026-01-01", "2027-01-01"),
    ],
)
def test_periods(rhythm: str, key: str, start: str, end: str) -> None:
    period = period_of(rhythm, dt.date(2026, 11, 21))

    assert (period.key, period.start.isoformat(), period.end.isoformat()) == (key, start, end)


@given(day=st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)), rhythm=st.sampled_from(RHYTHMS))
def test_periods_follow_each_other_without_gap_and_have_different_names(day: dt.date, rhythm: str) -> None:
    period = period_of(rhythm, day)
    following = period_of(rhythm, period.end)

    assert period.start <= day < period.end
    assert following.start == period.end
    assert following.key != period.key
    assert period_of(rhythm, period.start) == period_of(rhythm, period.end - dt.timedelta(days=1)) == period


def test_a_unit_comes_from_the_policy_unless_the_declaration_says_it() -> None:
    by_policy = Obligation(
        code="T", title="t", starts=TicketReceived, within=(TestClocks, "classify_hours"), owed_by="post:x"
    )
    by_hand = Obligation(
        code="T", title="t", starts=TicketReceived, within=(TestClocks, "hand_over_days"), unit="working_days",
        owed_by="post:x",
    )  # fmt: skip

    assert (unit_of(by_policy), unit_of(by_hand)) == ("hours", "working_days")


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"within": None}, "within or due"),
        ({"due": lambda happened: happened.at}, "within or due"),
        ({"owed_by": "somebody"}, "neither"),
        ({"owed_by": ("post:a", "b")}, "neither"),
        ({"clock": "sandglass"}, "clock"),
        ({"unit": "moons"}, "unit"),
        ({"escalate_to": "the king"}, "escalate"),
        ({"starts": ()}, "nothing starts"),
        ({"within": ("obligations_tests.clocks", "no_hours")}, "no policy"),
        ({"within": ("nowhere.at_all", "hours")}, "no policy"),
        ({"within": ("obligations_tests.clocks", "rhythm")}, "no time"),
    ],
)
def test_a_declaration_that_contradicts_itself_is_refused_at_start(fields: dict[str, object], what: str) -> None:
    complete: dict[str, object] = {
        "code": "T",
        "title": "t",
        "starts": TicketReceived,
        "within": ("obligations_tests.clocks", "classify_hours"),
        "owed_by": "post:x",
    }

    with pytest.raises(DeclarationFault, match=what):
        unit_of(Obligation(**(complete | fields)))  # type: ignore[arg-type]


@pytest.mark.parametrize("fields", [{"rhythm": "hourly"}, {"each": "customer"}, {"owed_by": "x"}])
def test_a_recurring_declaration_is_checked_too(fields: dict[str, str]) -> None:
    complete = {"code": "T", "title": "t", "rhythm": "weekly", "owed_by": "post:x"}

    with pytest.raises(DeclarationFault):
        Recurring(**(complete | fields))  # type: ignore[arg-type]


def test_the_subjects_of_an_event() -> None:
    by_field = Obligation(
        code="T", title="t", starts=TicketReceived, within=(TestClocks, "classify_hours"), owed_by="post:x",
        subject="ticket",
    )  # fmt: skip
    many = Obligation(
        code="T", title="t", starts=ManyListed, within=(TestClocks, "classify_hours"), owed_by="post:x",
        subjects=lambda happened: [Subject("customer", n, n) for n in happened.customer_ids],
    )  # fmt: skip

    assert by_field.subjects_of(TicketReceived(ticket_id=3, customer_id=7)) == [Subject("ticket", 3, 7)]
    assert by_field.subjects_of(ListPublished(count=1)) == []
    assert [s.id for s in many.subjects_of(ManyListed(customer_ids=(1, 2)))] == [1, 2]
