"""Which class a ticket probably has, from the words in which the customer asks. Pure."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

# Where two classes speak equally loud, what stops the customer's work goes first.
CLASSES = ("technical", "commercial", "experience")


@dataclass(frozen=True)
class Proposal:
    """The proposed class and the words that speak for it; an empty class where no known word stands."""

    ticket_class: str
    because: tuple[str, ...]


@functools.cache
def shipped_words() -> Mapping[str, tuple[str, ...]]:
    """The word lists of ``policies/ticket_words.toml`` by class, both languages together."""
    text = resources.files("zhike.policies").joinpath("ticket_words.toml").read_text(encoding="utf-8")
    return {
        code: tuple(word for words in lists.values() for word in words) for code, lists in tomllib.loads(text).items()
    }


def class_of(subject: str, content: str, words: Mapping[str, Sequence[str]] | None = None) -> Proposal:
    """The class that most words speak for; a word in the subject counts twice.

    Of words that stand inside each other only the longest counts: 变更套餐 is not also 套餐.
    """
    lists = shipped_words() if words is None else words
    heading, text = subject.casefold(), f"{subject}\n{content}".casefold()
    found = {code: _standing(lists.get(code, ()), text) for code in CLASSES}
    weights = {code: sum(1 + (word in heading) for word in hits) for code, hits in found.items()}
    best = max(CLASSES, key=lambda code: weights[code])
    return Proposal(best, found[best]) if weights[best] else Proposal("", ())


def _standing(words: Sequence[str], text: str) -> tuple[str, ...]:
    hits = [word for word in words if _stands(word, text)]
    return tuple(word for word in hits if not any(word != other and word in other for other in hits))


def _stands(word: str, text: str) -> bool:
    """Whether ``word`` stands in ``text``; a Latin one as a word of its own, so that "tax" is not found in "taxi"."""
    at = text.find(word)
    while at >= 0:
        before, after = text[at - 1 : at], text[at + len(word) : at + len(word) + 1]
        if not word.isascii() or not (_is_letter(before) or _is_letter(after)):
            return True
        at = text.find(word, at + 1)
    return False


def _is_letter(one: str) -> bool:
    return one.isascii() and one.isalpha()
