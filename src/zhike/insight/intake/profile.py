"""What the values of a column look like, judged on a sample."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from zhike.foundation.tables.dates import DateStyle, read_day
from zhike.foundation.tables.numerals import is_blank, read_numeral
from zhike.insight.intake.meanings import plain, values

_JUDGED = 400
_PLAUSIBLE_YEARS = range(1950, 2100)


@dataclass(frozen=True)
class Profile:
    """Shares are of the filled cells, between 0 and 1."""

    rows: int
    filled: int
    distinct: int
    days: float
    serials: float
    numbers: float
    whole: float
    decimals: float
    flags: float
    padded: bool
    examples: tuple[str, ...]
    judged: tuple[str, ...]

    @property
    def unique(self) -> float:
        """Distinct values per filled cell."""
        return self.distinct / self.filled if self.filled else 0.0


def profile_of(cells: Sequence[str]) -> Profile:
    """Judge one column by its cells."""
    counts = Counter(cell.strip() for cell in cells)
    filled = {text: n for text, n in counts.items() if not is_blank(text)}
    texts = list(filled)
    step = max(1, len(texts) // _JUDGED)
    judged = texts[::step][:_JUDGED]
    total = sum(filled[text] for text in judged) or 1

    def share(test: Callable[[str], bool]) -> float:
        return sum(filled[text] for text in judged if test(text)) / total

    return Profile(
        rows=len(cells),
        filled=sum(filled.values()),
        distinct=len(texts),
        days=share(_is_day),
        serials=share(_is_serial),
        numbers=share(lambda text: read_numeral(text) is not None),
        whole=share(lambda text: text.lstrip("-").isdigit()),
        decimals=share(lambda text: (n := read_numeral(text)) is not None and n.value != int(n.value)),
        flags=share(lambda text: (plain(text) or text) in values("yes") | values("no")) if len(texts) <= 2 else 0.0,
        padded=bool(judged)
        and all(text.isdigit() for text in judged)
        and any(t[0] == "0" and len(t) > 1 for t in judged),
        examples=tuple(texts[:3]),
        judged=tuple(judged),
    )


def _is_day(text: str) -> bool:
    for order in ("YMD", "DMY", "MDY"):
        day = read_day(text, DateStyle(order))
        if day is not None and day.year in _PLAUSIBLE_YEARS and not (text.isdigit() and len(text) == 10):
            return True
    return False


def _is_serial(text: str) -> bool:
    day = read_day(text, DateStyle("YMD", serials=True))
    return day is not None and day.year in _PLAUSIBLE_YEARS
