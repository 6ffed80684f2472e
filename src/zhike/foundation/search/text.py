"""Text as search sees it: one spelling, cut into runs. Pure."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

_PHONE = re.compile(r"\+?[0-9][0-9 ()/.-]{5,}")
_CHINA = re.compile(r"(?:00)?86(?=1[0-9]{10}$)")
NUMBER_DIGITS = 7  # from this length on a run of digits is a number, not a word


@dataclass(frozen=True)
class Run:
    """Neighbouring characters of one sort: ``han`` (ideographs, kana, hangul) or ``word`` (letters and digits)."""

    sort: str
    text: str

    @property
    def is_number(self) -> bool:
        """Whether it is a telephone number or something as long, found by its beginning and end."""
        return len(self.text) >= NUMBER_DIGITS and self.text.isascii() and self.text.isdigit()


def normal(text: str) -> str:
    """``text`` in Unicode form NFKC and without case; a telephone number as its digits alone."""
    folded = unicodedata.normalize("NFKC", text).casefold().strip()
    if _PHONE.fullmatch(folded):
        digits = "".join(c for c in folded if c.isdigit())
        if len(digits) >= NUMBER_DIGITS:
            return _CHINA.sub("", digits)
    return folded


def runs(normalised: str) -> Iterator[Run]:
    """The runs of a text in normal form; punctuation and blanks only separate."""
    for sort, characters in groupby(normalised, key=_sort):
        if sort:
            yield Run(sort, "".join(characters))


@functools.lru_cache(maxsize=65_536)
def _sort(character: str) -> str:
    if character.isascii():
        return "word" if character.isalnum() else ""
    if _is_han(ord(character)):
        return "han"
    return "word" if character.isalnum() else ""


def _is_han(code: int) -> bool:
    return (
        0x4E00 <= code <= 0x9FFF  # unified ideographs
        or 0x3400 <= code <= 0x4DBF  # extension A
        or 0x20000 <= code <= 0x3FFFF  # extensions B and later
        or 0xF900 <= code <= 0xFAFF  # compatibility ideographs
        or 0x3040 <= code <= 0x30FF  # kana
        or 0xAC00 <= code <= 0xD7AF  # hangul
        or code in (0x3005, 0x3007)  # 々 〇
    )
