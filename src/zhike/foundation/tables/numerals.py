"""Numbers and amounts as people write them: 12,000.50元, ¥1.2万, 1.234,56 €, (300), 1 234."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from zhike.foundation.kit.money import exponent

CURRENCIES = {
    "cny": "CNY", "rmb": "CNY", "¥": "CNY", "人民币": "CNY", "元": "CNY", "圆": "CNY",
    "usd": "USD", "us$": "USD", "$": "USD", "美元": "USD", "美金": "USD", "dollars": "USD", "dollar": "USD",
    "eur": "EUR", "€": "EUR", "欧元": "EUR", "euros": "EUR", "euro": "EUR",
    "gbp": "GBP", "£": "GBP", "英镑": "GBP", "jpy": "JPY", "日元": "JPY", "円": "JPY",
    "hkd": "HKD", "hk$": "HKD", "港币": "HKD", "港元": "HKD", "krw": "KRW", "₩": "KRW", "sgd": "SGD", "s$": "SGD",
    "aud": "AUD", "a$": "AUD", "cad": "CAD", "c$": "CAD", "chf": "CHF", "inr": "INR", "₹": "INR", "twd": "TWD",
    "nt$": "TWD", "新台币": "TWD", "rub": "RUB", "₽": "RUB", "brl": "BRL", "r$": "BRL", "sek": "SEK", "nok": "NOK",
    "dkk": "DKK", "pln": "PLN", "thb": "THB", "฿": "THB", "vnd": "VND", "₫": "VND", "mop": "MOP", "nzd": "NZD",
}  # fmt: skip
FACTORS = {
    "百万": 10**6, "千万": 10**7, "亿": 10**8, "万": 10**4, "萬": 10**4, "千": 10**3,
    "k": 10**3, "m": 10**6, "w": 10**4, "bn": 10**9, "mn": 10**6,
}  # fmt: skip
BLANK = frozenset(
    {"", "-", "--", "—", "/", "n/a", "na", "nan", "null", "none", "nil", "#n/a", "无", "空", "\\n", "\\N"}
)
# Beyond a hundred thousand billion the cell holds an id or a slip, not an amount.
_LARGEST = Decimal(10) ** 14
_PLAIN = re.compile(r"[+-]?\d+(?:\.\d+)?\Z", re.ASCII)
_MARK = re.compile("|".join(sorted(map(re.escape, CURRENCIES), key=len, reverse=True)))
_FACTOR = re.compile(rf"({'|'.join(sorted(FACTORS, key=len, reverse=True))})\Z")
_POINT = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d*)?\Z|\d*\.?\d+(?:e[+-]?\d+)?\Z|\d+\.\Z", re.ASCII)
_COMMA = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d*)?\Z|\d+(?:,\d+)?\Z", re.ASCII)
_COMMA_ONLY = re.compile(r"\d+,(?:\d{1,2}|\d{4,})\Z", re.ASCII)
_GROUPED_CN = re.compile(r"\d{1,4}(?:,\d{4})+(?:\.\d+)?\Z", re.ASCII)


@dataclass(frozen=True)
class Numeral:
    """A number read from a cell, and the currency its text names, if any."""

    value: Decimal
    currency: str | None = None


def is_blank(text: str) -> bool:
    """Whether a cell says "nothing here"."""
    return text == "" or text.strip().lower() in BLANK


def read_numeral(text: str, *, decimal_comma: bool = False) -> Numeral | None:
    """The number in ``text``, or None. ``decimal_comma`` reads 1.234 as one thousand two hundred thirty-four."""
    if not decimal_comma and _PLAIN.match(text):
        value = Decimal(text)
        return Numeral(value) if abs(value) < _LARGEST else None
    plain, negative, currency = _stripped(text)
    factor = Decimal(1)
    if found := _FACTOR.search(plain):
        factor, plain = Decimal(FACTORS[found[1]]), plain[: found.start()]
    digits = _digits(plain, decimal_comma=decimal_comma)
    if digits is None:
        return None
    try:
        value = Decimal(digits) * factor
    except InvalidOperation:
        return None
    if abs(value) >= _LARGEST:
        return None
    return Numeral(-value if negative else value, currency)


def _stripped(text: str) -> tuple[str, bool, str | None]:
    """The text without blanks, sign and currency; whether it is negative; the currency."""
    plain = unicodedata.normalize("NFKC", text).lower()
    plain = "".join(plain.split()).replace("−", "-").replace("'", "").replace("’", "").replace("￥", "¥")
    negative = False
    if plain.startswith("(") and plain.endswith(")"):
        negative, plain = True, plain[1:-1]
    currency = None
    if found := _MARK.search(plain):
        currency = CURRENCIES[found[0]]
        plain = _MARK.sub("", plain)
    if plain.endswith("整"):
        plain = plain[:-1]
    if plain.endswith("-"):
        negative, plain = not negative, plain[:-1]
    elif plain.startswith("-"):
        negative, plain = not negative, plain[1:]
    elif plain.startswith("+"):
        plain = plain[1:]
    return plain, negative, currency


def _digits(plain: str, *, decimal_comma: bool) -> str | None:
    if decimal_comma:
        return plain.replace(".", "").replace(",", ".") if _COMMA.match(plain) else None
    if _POINT.match(plain) or _GROUPED_CN.match(plain):
        return plain.replace(",", "")
    # A single comma that does not part thousands can only be a decimal comma.
    if _COMMA_ONLY.match(plain):
        return plain.replace(",", ".")
    return _digits(plain, decimal_comma=True) if plain.count(",") == 1 and "." in plain else None


def minor_of(value: Decimal, currency: str) -> int:
    """``value`` in minor units of ``currency``, halves away from zero."""
    scaled = value.scaleb(exponent(currency))
    whole = int(scaled)
    if abs(scaled - whole) * 2 >= 1:
        whole += 1 if scaled > 0 else -1
    return whole


def uses_decimal_comma(texts: Iterable[str]) -> bool:
    """Whether a column writes 1.234,56: some cells can only be read so, and none only the other way."""
    comma = point = 0
    for text in texts:
        plain, _, _ = _stripped(text)
        if found := _FACTOR.search(plain):
            plain = plain[: found.start()]
        as_comma, as_point = bool(_COMMA.match(plain)), bool(_POINT.match(plain))
        if as_comma and not as_point and "," in plain:
            comma += 1
        elif as_point and not as_comma and "." in plain:
            point += 1
    return comma > point
