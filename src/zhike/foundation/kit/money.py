"""Money: integer minor units and an ISO 4217 currency; formatting by language."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

_SYMBOLS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "HKD": "HK$"}
_EXPONENTS = {"JPY": 0, "KRW": 0, "VND": 0, "KWD": 3, "BHD": 3}
_TEN_THOUSAND = 10_000


def exponent(currency: str) -> int:
    """Digits after the point that ``currency`` has: 2 for most."""
    return _EXPONENTS.get(currency, 2)


def to_minor(amount: Decimal, currency: str) -> int:
    """``amount`` in major units as minor units, halves rounded up."""
    scaled = amount.scaleb(exponent(currency))
    return int(scaled.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def to_major(minor: int, currency: str) -> Decimal:
    """Minor units as an exact decimal in major units."""
    return Decimal(minor).scaleb(-exponent(currency))


def unit(currency: str, language: str) -> str:
    """What an amount is typed in: ``元`` for the yuan in Chinese, else the code of the currency."""
    return "元" if currency == "CNY" and language.startswith("zh") else currency


def full(minor: int, currency: str = "CNY") -> str:
    """``¥123,456.00``: the exact amount, the same in every language."""
    symbol = _SYMBOLS.get(currency, currency + " ")
    sign = "-" if minor < 0 else ""
    return f"{sign}{symbol}{to_major(abs(minor), currency):,.{exponent(currency)}f}"


def short(minor: int, currency: str = "CNY", language: str = "zh-hans") -> str:
    """``12.3 万`` in Chinese, ``¥123.5K`` in English: for tables and cards."""
    major = to_major(abs(minor), currency)
    symbol = ("-" if minor < 0 else "") + _SYMBOLS.get(currency, currency + " ")
    if language.startswith("zh"):
        if major >= _TEN_THOUSAND**2:
            return f"{symbol}{major / _TEN_THOUSAND**2:,.2f} 亿"
        if major >= _TEN_THOUSAND:
            return f"{symbol}{major / _TEN_THOUSAND:,.1f} 万"
        return f"{symbol}{major:,.0f}"
    for limit, letter in ((10**9, "B"), (10**6, "M"), (10**3, "K")):
        if major >= limit:
            return f"{symbol}{major / limit:,.1f}{letter}"
    return f"{symbol}{major:,.0f}"
