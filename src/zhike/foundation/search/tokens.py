"""What of a text goes into the index.

- Chinese: every character and every pair of neighbours. Two characters, the usual length of a search, are one token.
- Letters and digits: every three and every four neighbours (``hua``, ``huaw``), and the first one and two of each word
  (``^h``, ``^hu``).
- Pinyin: every three and every four neighbouring letters of the whole text written out (``huaweijishu``) and of the
  initials (``hwjs``); the first two letters of both for each run of Chinese.
- Numbers of seven digits and more: whole (``#13812345678``), the last four and eight (``#$5678``, ``#$12345678``), the
  first seven (``#^1381234``), and of longer ones than a mobile number the first eleven.

Four letters are looked up as one token: sets of three meet in a fifth of all records, and not because of the word.

Personal texts give the same tokens as keyed hashes, without single characters: those would betray surnames by how
often they occur.
"""

from __future__ import annotations

from collections.abc import Iterable

from zhike.foundation.crypto.blind import blind_tokens
from zhike.foundation.search.pinyin import initials, readings
from zhike.foundation.search.text import Run, normal, runs

GRAM = 3
PREFIX = "^"
LONG_GRAM = 4
LAST_DIGITS, FIRST_DIGITS = 4, 7
MORE_LAST_DIGITS, MORE_FIRST_DIGITS = 8, 11


def tokens_of(text: str) -> set[str]:
    """Tokens of a text that is not personal."""
    found: set[str] = set()
    parts = list(runs(normal(text))) if text else []
    for run in parts:
        if run.is_number:
            found.update(number_tokens(run.text))
        elif run.sort == "han":
            found.update(run.text)
            found.update(pairs(run.text))
    _spelled(parts, found)
    return found


def personal_tokens_of(text: str) -> set[str]:
    """Tokens of a personal text, hashed under a key outside the database."""
    return blind_tokens(token for token in tokens_of(text) if is_kept_for_persons(token))


def is_kept_for_persons(token: str) -> bool:
    """Whether a token of a personal text is indexed: everything but a single character."""
    return len(token) > 1


def pairs(text: str) -> Iterable[str]:
    """Every two neighbouring characters."""
    return (text[i : i + 2] for i in range(len(text) - 1))


def grams(text: str) -> Iterable[str]:
    """Every four neighbouring characters; of three, all three."""
    size = LONG_GRAM if len(text) >= LONG_GRAM else GRAM
    return (text[i : i + size] for i in range(len(text) - size + 1))


def number_tokens(digits: str) -> tuple[str, ...]:
    """A number of seven digits or more: whole, its ends, its beginnings."""
    found = (f"#{digits}", f"#${digits[-LAST_DIGITS:]}", f"#^{digits[:FIRST_DIGITS]}")
    if len(digits) >= MORE_LAST_DIGITS:
        found = (*found, f"#${digits[-MORE_LAST_DIGITS:]}")
    if len(digits) > MORE_FIRST_DIGITS:
        found = (*found, f"#^{digits[:MORE_FIRST_DIGITS]}")
    return found


def _spelled(parts: list[Run], found: set[str]) -> None:
    """Add the tokens of the text as it is spelled in letters, in full and by initials."""
    full: list[tuple[str, ...]] = []
    short: list[tuple[str, ...]] = []
    for run in parts:
        if run.is_number:
            continue
        if run.sort == "word":
            full.append((run.text,))
            short.append((run.text,))
            found.add(PREFIX + run.text[:1])
            found.add(PREFIX + run.text[:2])
            continue
        spelled = [readings(c) for c in run.text]
        first = [initials(c) for c in run.text]
        full += [said for said in spelled if said]
        short += [letters for letters in first if letters]
        _beginnings(first, found)
        found.update(PREFIX + said[:2] for said in spelled[0])
    _walk(full, found)
    _walk(short, found)


def _beginnings(first: list[tuple[str, ...]], found: set[str]) -> None:
    for one in first[0]:
        found.add(PREFIX + one)
        if len(first) > 1:
            found.update(PREFIX + one + two for two in first[1])


def _walk(units: list[tuple[str, ...]], found: set[str]) -> None:
    """Every three and four neighbouring letters over all ways to read ``units``, without spelling the ways out one by
    one: what comes next depends only on the last three letters."""
    endings = {""}
    for said in units:
        after = set()
        for ending in endings:
            for reading in said:
                text = ending + reading
                for i in range(len(text) - GRAM + 1):
                    found.add(text[i : i + GRAM])
                    found.add(text[i : i + LONG_GRAM])
                after.add(text[1 - LONG_GRAM :])
        endings = after
