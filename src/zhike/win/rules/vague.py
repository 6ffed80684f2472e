"""Vague terms in clauses (WIN-10): which words promise nothing until a number stands beside them. Pure."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

from zhike.foundation.kit.text import Text

_SENTENCE = re.compile(r"[^。！？；;!?\n]+")
_NUMBER = r"(?:\d+(?:\.\d+)?|[一二两三四五六七八九十百]+|one|two|three|five|ten|twenty|thirty)"


@dataclass(frozen=True)
class Term:
    """A group of vague words, what mends them, and the units of a number that does."""

    code: str
    words: tuple[str, ...]
    settled_by: tuple[str, ...]
    remedy: Text

    @functools.cached_property
    def pattern(self) -> re.Pattern[str]:
        """The words, the longest first; Latin ones as whole words."""
        found = sorted(self.words, key=len, reverse=True)
        parts = [rf"\b{re.escape(w)}\b" if w.isascii() else re.escape(w) for w in found]
        return re.compile("|".join(parts), re.IGNORECASE)

    @functools.cached_property
    def cure(self) -> re.Pattern[str]:
        """A number with one of the units that make the sentence exact."""
        return re.compile(rf"{_NUMBER}\s*(?:{'|'.join(self.settled_by)})", re.IGNORECASE)


@dataclass(frozen=True)
class Finding:
    """Vague words in a clause: which clause (from 0), its heading, the words, and the term that says the remedy."""

    clause: int
    heading: str
    words: str
    term: Term


@functools.cache
def terms() -> Sequence[Term]:
    """The shipped list."""
    text = resources.files("zhike.policies").joinpath("vague_terms.toml").read_text(encoding="utf-8")
    read = tomllib.loads(text)
    units: Mapping[str, Sequence[str]] = read["units"]
    return [
        Term(
            code,
            tuple(raw["words"]),
            tuple(word for unit in raw["settled_by"] for word in units[unit]),
            Text(**raw["remedy"]),
        )
        for code, raw in read["terms"].items()
    ]


def findings(clauses: Sequence[Mapping[str, str]], known: Iterable[Term] | None = None) -> list[Finding]:
    """Every vague wording whose sentence holds no number that makes it exact, in the order of the text."""
    listed = list(terms() if known is None else known)
    found: list[Finding] = []
    for place, clause in enumerate(clauses):
        for sentence in _SENTENCE.findall(clause.get("text", "")):
            found += _in_sentence(place, clause.get("heading", ""), sentence, listed)
    return found


def _in_sentence(place: int, heading: str, sentence: str, known: Sequence[Term]) -> list[Finding]:
    hits = [
        (match.start(), match.end(), Finding(place, heading, match.group(0), term))
        for term in known
        if not term.cure.search(sentence)
        for match in term.pattern.finditer(sentence)
    ]
    # 尽快 inside 尽快交付 is one finding, the longer one.
    kept = [hit for hit in hits if not any(_holds(other, hit) for other in hits)]
    return [finding for _start, _end, finding in sorted(kept, key=lambda hit: hit[0])]


def _holds(other: tuple[int, int, Finding], hit: tuple[int, int, Finding]) -> bool:
    wider = other[1] - other[0] > hit[1] - hit[0]
    return wider and other[0] <= hit[0] and hit[1] <= other[1]
