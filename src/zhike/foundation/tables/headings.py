"""Names of columns: how they are compared, and the unit that a name gives its numbers. Pure."""

from __future__ import annotations

import re
import unicodedata

_NOISE = re.compile(r"[\W_]+")
_BRACKETS = re.compile(r"[(\[{（【][^)\]}）】]*[)\]}）】]")
# Units that are part of a name: 金额(万元), amount (k).
_UNITS = {
    "百万元": 10**6,
    "千万元": 10**7,
    "亿元": 10**8,
    "万元": 10**4,
    "千元": 10**3,
    "万": 10**4,
    "亿": 10**8,
    "k": 10**3,
    "w": 10**4,
}


def plain(name: str) -> str:
    """A name or value as it is compared: NFKC, lower case, no blanks, punctuation or bracketed remark."""
    text = unicodedata.normalize("NFKC", name).lower()
    return _NOISE.sub("", _BRACKETS.sub("", text)) or _NOISE.sub("", text)


def unit_of(name: str) -> int:
    """The factor that a column's name gives its numbers: 10,000 for 金额（万元）, else 1."""
    text = unicodedata.normalize("NFKC", name).lower().strip()
    inside = " ".join(found[1:-1] for found in _BRACKETS.findall(text))
    for words in (inside, text):
        for unit, factor in _UNITS.items():
            if (words == inside and unit == inside.strip()) or (
                len(unit) > 1 and unit.endswith("元") and unit in words
            ):
                return factor
    return 1
