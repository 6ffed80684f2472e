"""Days as people write them: 2024-01-31, 20240131, 2024年1月31日, 31.01.2024, 1/31/24, 45322."""

from __future__ import annotations

import datetime as dt
import itertools
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from zhike.foundation.kit import clock

ORDERS = ("YMD", "DMY", "MDY")
EARLIEST = dt.date(1900, 1, 1)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "january"), ("feb", "february"), ("mar", "march"), ("apr", "april"), ("may",), ("jun", "june"),
            ("jul", "july"), ("aug", "august"), ("sep", "sept", "september"), ("oct", "october"),
            ("nov", "november"), ("dec", "december"),
        ),
        start=1,
    )
    for name in names
}  # fmt: skip
_TIME = (
    r"(?:[T ,]*(?:周.|星期.)?[ ]*(?P<half>上午|下午)?[ ]*(?P<hour>\d{1,2})[:时点](?P<minute>\d{1,2})分?"
    r"(?::?(?P<second>\d{1,2})秒?(?:[.,]\d+)?)?[ ]*(?P<ampm>[AaPp]\.?[Mm]\.?)?[ ]*"
    r"(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?"
)
_YEAR_FIRST = re.compile(rf"(\d{{4}})[-/.年](\d{{1,2}})[-/.月](\d{{1,2}})日?{_TIME}\Z", re.ASCII)
_PACKED = re.compile(rf"(\d{{4}})(\d{{2}})(\d{{2}}){_TIME}\Z", re.ASCII)
_PACKED_TIME = re.compile(r"(\d{4})(\d{2})(\d{2})\d{6}\Z", re.ASCII)
_THREE = re.compile(rf"(\d{{1,2}})([-/.])(\d{{1,2}})\2(\d{{4}}|\d{{2}}){_TIME}\Z", re.ASCII)
_SHORT_CN = re.compile(rf"(\d{{2}})年(\d{{1,2}})月(\d{{1,2}})日?{_TIME}\Z", re.ASCII)
_DAY_MONTH = re.compile(rf"(\d{{1,2}})[- .]*([A-Za-z]{{3,9}})\.?[- ,.]*(\d{{4}}|\d{{2}}){_TIME}\Z", re.ASCII)
_MONTH_DAY = re.compile(rf"([A-Za-z]{{3,9}})\.?[- ]*(\d{{1,2}})(?:st|nd|rd|th)?,?[- ]+(\d{{4}}){_TIME}\Z", re.ASCII)
_MONTH = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})月?|(\d{2}))\Z", re.ASCII)
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?\Z", re.ASCII)
_EPOCH = re.compile(r"(\d{10})(\d{3})?\Z", re.ASCII)
# Excel counts from here; its day 60 (29 February 1900) never was, so later days fall right.
_SERIAL_ZERO = dt.date(1899, 12, 30)
_SERIAL_FROM, _SERIAL_TO = 20_000, 80_000


@dataclass(frozen=True)
class DateStyle:
    """How a column writes its days. ``order`` rules 3/4/2024; ``pattern`` is a strptime format from a map."""

    order: str = "YMD"
    serials: bool = False
    pattern: str | None = None


def read_day(text: str, style: DateStyle) -> dt.date | None:
    """The local day (Asia/Shanghai where the text names a time zone) in ``text``, or None."""
    if style.pattern:
        return _by_pattern(text, style.pattern)
    found = _YEAR_FIRST.match(text)
    if found is None:
        text = " ".join(unicodedata.normalize("NFKC", text).split())
        found = _YEAR_FIRST.match(text)
    try:
        if found:
            return _moved(dt.date(int(found[1]), int(found[2]), int(found[3])), found)
        return _other(text, style)
    except (ValueError, OverflowError):
        return None


def _other(text: str, style: DateStyle) -> dt.date | None:
    if found := _PACKED.match(text) or _PACKED_TIME.match(text):
        return _moved(dt.date(int(found[1]), int(found[2]), int(found[3])), found)
    if found := _THREE.match(text):
        return _moved(_ordered(found[1], found[3], found[4], style.order), found)
    if found := _SHORT_CN.match(text):
        return _moved(dt.date(_year(found[1]), int(found[2]), int(found[3])), found)
    if (found := _DAY_MONTH.match(text)) and found[2].lower() in _MONTHS:
        return _moved(dt.date(_year(found[3]), _MONTHS[found[2].lower()], int(found[1])), found)
    if (found := _MONTH_DAY.match(text)) and found[1].lower() in _MONTHS:
        return _moved(dt.date(int(found[3]), _MONTHS[found[1].lower()], int(found[2])), found)
    if style.serials and (found := _SERIAL.match(text)):
        serial = int(found[1])
        return _SERIAL_ZERO + dt.timedelta(days=serial) if _SERIAL_FROM <= serial <= _SERIAL_TO else None
    if found := _MONTH.match(text):
        return dt.date(int(found[1]), int(found[2] or found[3]), 1)
    if found := _EPOCH.match(text):
        return clock.local(dt.datetime.fromtimestamp(int(found[1]), dt.UTC)).date()
    return None


def _ordered(first: str, second: str, third: str, order: str) -> dt.date:
    if order == "YMD" and len(third) == 2:
        return dt.date(_year(first), int(second), int(third))
    day, month = (second, first) if order == "MDY" else (first, second)
    return dt.date(_year(third), int(month), int(day))


def _year(text: str) -> int:
    """Two digits mean the century that ends next year: in 2026, 27 is 2027 and 28 is 1928."""
    if len(text) == 4:
        return int(text)
    newest = clock.today().year + 1
    year = newest - newest % 100 + int(text)
    return year if year <= newest else year - 100


def _moved(day: dt.date, found: re.Match[str]) -> dt.date:
    """``day`` in the enterprise's zone when the text names another zone."""
    zone = found.groupdict().get("zone")
    if zone is None:
        return day
    hour, minute = int(found["hour"]), int(found["minute"])
    if (found["ampm"] or "").lower().startswith("p") and hour < 12:
        hour += 12
    offset = dt.timedelta(0)
    if zone[0] in "+-":
        digits = zone[1:].replace(":", "")
        offset = dt.timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0)) * (-1 if zone[0] == "-" else 1)
    moment = dt.datetime.combine(day, dt.time(hour, minute), tzinfo=dt.timezone(offset))
    return clock.local(moment).date()


def _by_pattern(text: str, pattern: str) -> dt.date | None:
    try:
        moment = dt.datetime.strptime(text.strip(), pattern)  # noqa: DTZ007  (a zone in the text is honoured below)
    except ValueError:
        return None
    return clock.local(moment).date() if moment.tzinfo else moment.date()


def looks_like_day(text: str) -> bool:
    """Whether ``text`` can be read as a day in some order, bare numbers of other shapes excluded."""
    return any(read_day(text, DateStyle(order)) is not None for order in ORDERS) and not _EPOCH.match(text)


@dataclass(frozen=True)
class OrderEvidence:
    """Which order of day and month a column uses and how sure that is."""

    order: str
    evidence: str  # no_need | decided | by_dot | by_sorting | by_future | assumed
    example: str = ""


def decide_order(texts: Iterable[str], *, latest: dt.date) -> OrderEvidence:
    """Judge a whole column; ``latest`` is the last day that can be true."""
    triples = [(int(m[1]), int(m[3]), m[4], m[2], t) for t in texts if (m := _THREE.match(" ".join(t.split())))]
    if not triples:
        return OrderEvidence("YMD", "no_need")
    for first, second, third, _, text in triples:
        if len(third) == 2 and first > 31:
            return OrderEvidence("YMD", "decided", text)
        if first > 12 >= second:
            if len(third) == 2 and all(int(t[2]) <= 31 and t[0] > 12 for t in triples) and _yearish(triples):
                return OrderEvidence("YMD", "decided", text)
            return OrderEvidence("DMY", "decided", text)
        if second > 12 >= first:
            return OrderEvidence("MDY", "decided", text)
    return _undecided(triples, latest)


def _yearish(triples: Sequence[tuple[int, int, str, str, str]]) -> bool:
    """First parts that hardly vary while the last ones do: 24-01-05, 24-02-17 …"""
    return len({t[0] for t in triples}) <= 3 < len({t[2] for t in triples})


def _undecided(triples: Sequence[tuple[int, int, str, str, str]], latest: dt.date) -> OrderEvidence:
    example = triples[0][4]
    if triples[0][3] == ".":
        return OrderEvidence("DMY", "by_dot", example)
    days = {order: [read_day(t[4], DateStyle(order)) for t in triples] for order in ("MDY", "DMY")}
    late = {order: sum(1 for day in found if day and day > latest) for order, found in days.items()}
    if (late["MDY"] == 0) != (late["DMY"] == 0):
        return OrderEvidence(min(late, key=lambda order: late[order]), "by_future", example)
    steps = {order: sum(1 for a, b in itertools.pairwise(found) if a and b and b < a) for order, found in days.items()}
    if steps["MDY"] != steps["DMY"] and min(steps.values()) * 4 < max(steps.values()):
        return OrderEvidence(min(steps, key=lambda order: steps[order]), "by_sorting", example)
    return OrderEvidence("MDY", "assumed", example)
