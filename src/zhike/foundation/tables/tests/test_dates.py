import datetime as dt

import pytest

from zhike.foundation.kit import clock
from zhike.foundation.tables.dates import DateStyle, decide_order, read_day

LATEST = dt.date(2026, 6, 30)


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-31", "2024/1/31", "2024.1.31", "20240131", "2024年1月31日", "24年1月31日", "31 Jan 2024", "31-Jan-24",
        "January 31, 2024", "2024-01-31 23:59:59", "2024-01-31T10:00:00.123", "20240131101500", "２０２４-０１-３１",
        "2024-01-31 12:30 PM", "2024年1月31日 上午9时30分",
    ],
)  # fmt: skip
def test_a_day_is_read_as_people_write_it(text: str) -> None:
    assert read_day(text, DateStyle()) == dt.date(2024, 1, 31)


@pytest.mark.parametrize("text", ["2024-13-01", "2024-02-30", "20241301", "yesterday", "", "12.5", "123456789012345"])
def test_what_is_no_day_is_not_guessed(text: str) -> None:
    assert read_day(text, DateStyle()) is None


def test_a_month_is_its_first_day() -> None:
    assert read_day("2024-03", DateStyle()) == read_day("2024年3月", DateStyle()) == dt.date(2024, 3, 1)


def test_an_excel_serial_is_a_day_only_in_a_column_of_serials() -> None:
    assert read_day("45322", DateStyle(serials=True)) == dt.date(2024, 1, 31)
    assert read_day("45322.75", DateStyle(serials=True)) == dt.date(2024, 1, 31)
    assert read_day("45322", DateStyle()) is None


def test_a_time_zone_moves_the_day_to_shanghai() -> None:
    assert read_day("2024-01-31T23:30:00Z", DateStyle()) == dt.date(2024, 2, 1)
    assert read_day("2024-01-31T15:59:00Z", DateStyle()) == dt.date(2024, 1, 31)
    assert read_day("2024-02-01 01:00:00+09:00", DateStyle()) == dt.date(2024, 2, 1)
    assert read_day("2024-02-01 00:30:00+09:00", DateStyle()) == dt.date(2024, 1, 31)


def test_two_digits_mean_a_year_up_to_the_next_one() -> None:
    next_year = clock.today().year + 1
    text = f"01/02/{next_year % 100:02d}"
    later = f"01/02/{(next_year + 1) % 100:02d}"

    assert read_day(text, DateStyle("DMY")) == dt.date(next_year, 2, 1)
    assert read_day(later, DateStyle("DMY")) == dt.date(next_year + 1 - 100, 2, 1)


@pytest.mark.parametrize(
    ("texts", "order", "evidence"),
    [
        (["3/4/2024", "25/4/2024"], "DMY", "decided"),
        (["3/4/2024", "4/25/2024"], "MDY", "decided"),
        (["03.04.2024", "05.04.2024"], "DMY", "by_dot"),
        (["5/1/2026", "6/9/2026"], "MDY", "assumed"),
        (["1/5/2026", "9/6/2026"], "DMY", "by_future"),
        (["2/1/2024", "3/1/2024", "4/1/2024", "5/1/2024", "1/2/2024", "2/2/2024", "3/2/2024"], "DMY", "by_sorting"),
        (["2024-01-31", "20240201"], "YMD", "no_need"),
        (["24-01-31", "24-02-17", "24-03-05", "24-03-28", "24-04-09"], "YMD", "decided"),
    ],
)
def test_day_and_month_are_told_apart_by_the_whole_column(texts: list[str], order: str, evidence: str) -> None:
    latest = dt.date(2026, 6, 30) if evidence == "by_future" else dt.date(2026, 12, 31)

    found = decide_order(texts, latest=latest)

    assert (found.order, found.evidence) == (order, evidence)


def test_a_format_given_by_a_person_rules() -> None:
    assert read_day("31|01|2024", DateStyle(pattern="%d|%m|%Y")) == dt.date(2024, 1, 31)
    assert read_day("2024-01-31", DateStyle(pattern="%d|%m|%Y")) is None
