from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhike.foundation.tables.numerals import is_blank, minor_of, read_numeral, uses_decimal_comma


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("12000", "12000", None),
        ("12,000.50元", "12000.50", "CNY"),
        ("¥1,2 万", "12000", "CNY"),
        ("￥1.2万", "12000", "CNY"),
        ("3.5亿", "350000000", None),
        ("1 234,50", "1234.50", None),
        ("1.234,56 €", "1234.56", "EUR"),
        ("$1,234.56", "1234.56", "USD"),
        ("US$ 99", "99", "USD"),
        ("(300)", "-300", None),
        ("100-", "-100", None),
        ("-¥20", "-20", "CNY"),
        ("＋１２．５", "12.5", None),
        ("1e3", "1000", None),
        ("15k", "15000", None),
        ("1'234.50", "1234.50", None),
        (".5", "0.5", None),
        ("1,0000", "10000", None),
    ],
)
def test_an_amount_is_read_as_people_write_it(text: str, value: str, currency: str | None) -> None:
    found = read_numeral(text)

    assert found is not None
    assert (found.value, found.currency) == (Decimal(value), currency)


@pytest.mark.parametrize("text", ["约三万", "abc", "12abc", "1.2.3", "2024-01-31", "12:30", "1,23,4", "9" * 20])
def test_what_is_no_number_is_not_guessed(text: str) -> None:
    assert read_numeral(text) is None


def test_a_column_with_decimal_commas_reads_its_points_as_thousands() -> None:
    assert uses_decimal_comma(["1.234", "12,50", "7"])
    assert read_numeral("1.234", decimal_comma=True).value == 1234
    assert not uses_decimal_comma(["1,234.50", "12", "3.25"])
    assert not uses_decimal_comma(["1,234", "5,678"])


@pytest.mark.parametrize("text", ["", "  ", "-", "—", "N/A", "null", "无"])
def test_a_cell_that_says_nothing_is_blank(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize(
    ("value", "currency", "minor"),
    [
        ("1.005", "CNY", 101),
        ("-1.005", "CNY", -101),
        ("1.004", "CNY", 100),
        ("1200", "JPY", 1200),
        ("1.2345", "KWD", 1235),
    ],
)
def test_minor_units_round_halves_away_from_zero(value: str, currency: str, minor: int) -> None:
    assert minor_of(Decimal(value), currency) == minor


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_a_number_written_with_thousands_is_read_back(value: Decimal) -> None:
    assert read_numeral(f"{value:,.2f}").value == value
