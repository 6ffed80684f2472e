"""Words that promise more than anybody can keep (过度承诺, ACQ-07). Pure: the list comes from outside."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_LATIN = re.compile(r"[a-z0-9]")


def promises_in(text: str, words: Iterable[str]) -> tuple[str, ...]:
    """Those of ``words`` that stand in ``text``, in the order of the list; Latin ones as whole words only.

    Width and case make no difference. A word within a longer one that was found is not named again.
    """
    said = unicodedata.normalize("NFKC", text).casefold()
    found: list[str] = []
    for word in words:
        wanted = unicodedata.normalize("NFKC", word).casefold()
        if not wanted or any(wanted in other for other in found):
            continue
        if _stands_in(wanted, said):
            found.append(wanted)
    return tuple(found)


def _stands_in(word: str, text: str) -> bool:
    before = r"(?<![a-z0-9])" if _LATIN.match(word[0]) else ""
    after = r"(?![a-z0-9])" if _LATIN.match(word[-1]) else ""
    return re.search(before + re.escape(word) + after, text) is not None
