"""How common a query is, without reading what it finds: from the planner's statistics and from a sample.

PostgreSQL keeps the most common tokens with their shares for its planner; a process reads them every two minutes. That
decides a single token. Whether tokens that are all common stand together, it cannot tell (``wei`` and ``xin`` do so
more often than chance would have it, 北京 and 银行 too), and then a thousand documents taken at random answer.
SQLite needs none of this: it finds candidates one by one and can stop at the limit.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from zhike.foundation.search.fields import unpacked
from zhike.foundation.search.query import Query, Word

KEPT_SECONDS = 120
SAMPLE = 1_200  # documents
SURE_SHARE = 0.01  # of a sample: below it, a dozen hits in the sample, candidates are read


@dataclass(frozen=True)
class Commonness:
    """Shares of the most common tokens; every other token is rarer than ``floor``. ``documents`` is their number."""

    shares: dict[str, float]
    floor: float
    documents: float

    def at_most(self, query: Query) -> float:
        """No more documents than this are found: the rarest token of each word decides."""
        return self.documents * min((self._word_at_most(word) for word in query.words), default=0.0)

    def at_least(self, query: Query) -> float:
        """At least so many documents are found: known for a single word that is a single token."""
        if len(query.words) != 1:
            return 0.0
        lone = (token for way in query.words[0].all_ways if len(way) == 1 for token in way)
        return self.documents * max((self.shares.get(token, 0.0) for token in lone), default=0.0)

    def is_rare(self, query: Query) -> bool:
        """Whether a word has no way but through a token that is none of the most common.

        Then candidates are read, too many at worst: a sample takes two hundred pages from anywhere, which is dearer.
        """
        return any(all(self._rarest(way) <= self.floor for way in word.all_ways) for word in query.words)

    def _word_at_most(self, word: Word) -> float:
        return min(1.0, sum(self._rarest(way) for way in word.all_ways))

    def _rarest(self, way: Iterable[str]) -> float:
        return min(self.shares.get(token, self.floor) for token in way)


def about(query: Query, condition: Callable[[], tuple[str, list[Any]]], kind: str, limit: int) -> int | None:
    """About how many documents ``query`` finds, if clearly more than ``limit``; None where it has to be read."""
    if connection.vendor != "postgresql":
        return None
    known = _now()
    if known is None or known.at_most(query) <= limit or known.is_rare(query):
        return None
    if (sure := known.at_least(query)) > 2 * limit:
        return int(sure)
    share = _share_in_sample(condition, kind, known.documents)
    return int(share * known.documents) if share >= SURE_SHARE and share * known.documents > limit else None


def documents() -> float:
    """How many documents there are, roughly; 0 where nothing is known of them."""
    if connection.vendor != "postgresql":
        return 0.0
    known = _now()
    return known.documents if known else 0.0


def forget() -> None:
    """Read the statistics anew at the next question."""
    _known.cache_clear()


def _now() -> Commonness | None:
    return _known(str(connection.settings_dict["NAME"]), int(time.monotonic() / KEPT_SECONDS))


@functools.lru_cache(maxsize=2)
def _known(database: str, period: int) -> Commonness | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.most_common_elems::text::bigint[], s.most_common_elem_freqs, c.reltuples FROM pg_stats s"
            " JOIN pg_class c ON c.oid = 'search_document'::regclass"
            " WHERE s.tablename = 'search_document' AND s.attname = 'grams' AND s.schemaname = current_schema()"
        )
        row = cursor.fetchone()
    if row is None or not row[0] or row[2] < SAMPLE:
        return None
    # Behind the shares stand the smallest of them, the largest, and the share of NULL.
    shares = dict(zip(map(unpacked, row[0]), row[1], strict=False))
    return Commonness(shares, row[1][len(row[0])], row[2])


def _share_in_sample(condition: Callable[[], tuple[str, list[Any]]], kind: str, documents: float) -> float:
    where, parameters = condition()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FILTER (WHERE {where}), count(*) FROM search_document d"  # noqa: S608
            " TABLESAMPLE SYSTEM (%s) WHERE d.kind = %s",
            [*parameters, min(100.0, 100.0 * SAMPLE / documents), kind],
        )
        hits, seen = cursor.fetchone()
    return hits / seen if seen else 0.0
