"""What somebody typed, as tokens to look up.

Words are separated by blanks and all have to be found. A word is found by any one of its *ways*: a set of tokens that
must all be there. A word of letters has one way, a number has several (its end, its beginning, the whole).
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace

from zhike.foundation.crypto.blind import blind_token
from zhike.foundation.search.text import Run, normal, runs
from zhike.foundation.search.tokens import (
    FIRST_DIGITS,
    GRAM,
    LAST_DIGITS,
    MORE_FIRST_DIGITS,
    MORE_LAST_DIGITS,
    PREFIX,
    grams,
    is_kept_for_persons,
    pairs,
)

MOST_WORDS = 8
MOST_LETTERS = 64


@dataclass(frozen=True)
class Word:
    """One typed word. ``ways`` are sets of plain tokens, each of which finds it; ``is_exact`` says that a document with
    these tokens certainly contains it, so that no re-check is needed. ``in_personal`` says whether personal texts are
    asked too."""

    text: str
    ways: tuple[frozenset[str], ...]
    is_exact: bool
    in_personal: bool = True

    @property
    def hashed_ways(self) -> tuple[frozenset[str], ...]:
        """The same for personal texts; a way whose tokens are not kept for persons falls away."""
        return tuple(frozenset(map(blind_token, way)) for way in self.ways if all(map(is_kept_for_persons, way)))

    @property
    def all_ways(self) -> tuple[frozenset[str], ...]:
        """Plain and hashed ways: records of one kind hold texts of both sorts."""
        return self.ways + (self.hashed_ways if self.in_personal else ())


@dataclass(frozen=True)
class Query:
    """All words of a query. Without words it finds nothing."""

    words: tuple[Word, ...]

    @property
    def is_exact(self) -> bool:
        return all(word.is_exact for word in self.words)


@functools.lru_cache(maxsize=1024)
def parsed(text: str) -> Query:
    """The query behind ``text``: at most eight words of 64 letters."""
    folded = normal(text)
    words = tuple(dict.fromkeys(part[:MOST_LETTERS] for part in folded.split()))[:MOST_WORDS]
    return Query(tuple(word for word in map(_word, words) if word is not None))


def plain_only(query: Query) -> Query:
    """The same question put to texts that are not personal."""
    return Query(tuple(replace(word, in_personal=False) for word in query.words))


def query_tokens(text: str) -> tuple[set[str], set[str]]:
    """All plain and all hashed tokens that ``text`` may be found by."""
    words = parsed(text).words
    plain = {token for word in words for way in word.ways for token in way}
    return plain, {token for word in words for way in word.hashed_ways for token in way}


def _word(text: str) -> Word | None:
    parts = list(runs(text))
    if not parts:
        return None
    if len(parts) == 1 and parts[0].text.isdigit() and parts[0].text.isascii():
        return Word(text, _ways_of_digits(parts[0].text), is_exact=False)
    tokens = {token for run in parts for token in _tokens(run, is_alone=len(parts) == 1)}
    if not tokens:  # only short words and signs between them: at least they have to begin some word
        tokens = {PREFIX + run.text[:2] for run in parts}
    is_exact = len(parts) == 1 and parts[0].sort == "han" and parts[0].text == text and len(text) <= 2
    return Word(text, (frozenset(tokens),), is_exact)


def _tokens(run: Run, *, is_alone: bool) -> set[str]:
    if run.sort == "han":
        return set(pairs(run.text)) or {run.text}
    if len(run.text) >= GRAM:
        return set(grams(run.text))
    # One or two letters beside something longer may stand inside a word: the exact re-check looks at them.
    return {PREFIX + run.text} if is_alone else set()


def _ways_of_digits(digits: str) -> tuple[frozenset[str], ...]:
    """As part of a word of letters and digits, as the end of a number, and as its beginning when long enough."""
    count = len(digits)
    ways = [frozenset(grams(digits)) if count >= GRAM else frozenset({PREFIX + digits})]
    if count >= LAST_DIGITS:
        end = MORE_LAST_DIGITS if count >= MORE_LAST_DIGITS else LAST_DIGITS
        ways.append(frozenset({f"#${digits[-end:]}"}))
    if count >= MORE_FIRST_DIGITS:
        ways += [frozenset({f"#{digits}"}), frozenset({f"#^{digits[:MORE_FIRST_DIGITS]}"})]
    elif count >= FIRST_DIGITS:
        ways.append(frozenset({f"#^{digits[:FIRST_DIGITS]}"}))
    return tuple(ways)
