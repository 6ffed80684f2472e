"""By which pieces of a question similar problems are looked for. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

_PIECES = re.compile(r"[\u3400-\u9fff]+|[A-Za-z0-9]{2,}")
# Pieces of politeness stand in every question and say nothing.
EMPTY = frozenset(
    {"你好", "您好", "请问", "我们", "一下", "怎么", "什么", "可以", "这个", "问题", "谢谢", "the", "and", "our"}
)


def pieces_of(text: str, most: int) -> list[str]:
    """At most ``most`` pieces to look for: pairs of Chinese characters, Latin words; each once, in their order."""
    found: dict[str, None] = {}
    for run in _PIECES.findall(text):
        pairs = [run] if run.isascii() else [run[i : i + 2] for i in range(max(len(run) - 1, 1))]
        found.update(dict.fromkeys(pair.casefold() for pair in pairs))
    return [piece for piece in found if piece not in EMPTY][:most]


def most_alike(hits: Iterable[Sequence[int]], most: int) -> list[int]:
    """The numbers that most pieces found, best first; what only one of several pieces found is left out."""
    lists = [list(one) for one in hits]
    counted = Counter(number for one in lists for number in set(one))
    least = 2 if len(lists) > 2 else 1
    ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return [number for number, count in ranked if count >= least][:most]
