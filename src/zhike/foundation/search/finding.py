"""Finding: which records a query may mean.

A rare query gives its candidates as numbers, read once and at most 3,000. A common one would give a tenth of the table;
then one walks along the order of the list and asks for each row whether it is found, until the page is full.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import connection, models
from django.db.models import F, QuerySet

from zhike.foundation.search import commonness
from zhike.foundation.search.conditions import Holds, IsAmong, Listed, among, contains, holds, numbers
from zhike.foundation.search.query import Query, parsed, plain_only

Ask = Callable[[str, str, str, Query], tuple[str, list[Any]]]
M = TypeVar("M", bound=models.Model)
LIMIT = 3_000
STEPS = 20_000  # documents that a walk asks before it gives up
LEAST_STEPS, SPARE = 2_000, 4  # a walk may take so many times the rows that it should
DOCUMENT_COST = 5  # times the cost of a number in a set
LOOKED_AT = 5_000  # rows that a total looks at


@dataclass(frozen=True)
class Candidates:
    """Candidates of a query among the records of one kind.

    ``ids`` is None for a common query. Tokens find a little too much: rows of a page go through ``matches`` unless
    ``is_exact`` says that this cannot change anything. What a query means is always among its candidates.
    ``about`` is their number in the whole index: exact for a rare query, of the right order for a common one.
    """

    kind: str
    query: Query
    ids: tuple[int, ...] | None
    about: int
    documents: float = 0.0  # of the whole index, where that is known

    @property
    def is_common(self) -> bool:
        return self.ids is None

    @property
    def is_exact(self) -> bool:
        return self.query.is_exact

    def narrow(self, rows: QuerySet[M], column: str = "pk", *, is_ordered: bool = True) -> QuerySet[M]:
        """The part of ``rows`` whose ``column`` is a candidate.

        For a common query: by a walk along the order of ``rows``, or with ``is_ordered=False`` through the set of all
        that is found. A walk is slow where the order puts what is found last, the set is slow where it is large: pages
        come from :meth:`first`, totals from :meth:`total`.
        """
        if self.ids is not None:
            return rows.filter(Listed(F(column), numbers=self.ids))
        condition = Holds if is_ordered else IsAmong
        return rows.filter(condition(F(column), kind=self.kind, query=self.query))

    def first(self, rows: QuerySet[Any], start: int, stop: int, column: str = "pk") -> list[int]:
        """Numbers ``start`` to ``stop`` of the candidates among ``rows``, in the order of ``rows``.

        A walk that has seen several times the rows that it should take gives up, and what is found is sorted instead:
        so "重庆" sorted by name, where Z comes last, does not read the whole table row by row.
        """
        if self.ids is None:
            steps, condition = self._walk_of(stop)
            walked = self._walked(rows, stop, column, steps, condition)
            if len(walked) >= stop or not rows[steps : steps + 1].exists():
                return walked[start:stop]
        return list(self.narrow(rows, column, is_ordered=False).values_list(column, flat=True)[start:stop])

    def _walk_of(self, stop: int) -> tuple[int, Ask]:
        """How many rows to look at, and how each is asked: by its document, or in the set of all that is found.

        To ask a document costs five times as much as to put one number into the set, and the set is made first.
        """
        if not self.documents or not self.about:
            return STEPS, holds
        expected = self.documents * stop / self.about
        if DOCUMENT_COST * expected > self.about:
            return int(max(LEAST_STEPS, SPARE * expected)), among
        return int(min(STEPS, max(LEAST_STEPS, SPARE * expected))), holds

    def total(self, rows: QuerySet[Any], *, is_whole: bool, column: str = "pk") -> tuple[int, str]:
        """How many of ``rows`` are candidates, and how far the number goes: ``exact``, ``about`` or ``at_least``.

        ``is_whole`` says that ``rows`` are all records of the kind: then a common query is answered by what the index
        knows, without a look at a row. Of a part, 5,000 rows are looked at.
        """
        if self.ids is not None:
            return self.narrow(rows, column).count(), "exact"
        if is_whole:
            return self.about, "about"
        found = len(self._walked(rows.order_by(), LOOKED_AT, column, LOOKED_AT, holds))
        is_all = not rows.order_by()[LOOKED_AT : LOOKED_AT + 1].exists()
        return found, "exact" if is_all else "at_least"

    def _walked(self, rows: QuerySet[Any], stop: int, column: str, steps: int, ask: Ask) -> list[int]:
        walk = rows.annotate(zhike_number=F(column)).values_list("zhike_number")[:steps]
        sql, parameters = walk.query.sql_with_params()
        condition, more = ask(connection.vendor, "zw.zhike_number", self.kind, self.query)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT zw.zhike_number FROM ({sql}) zw WHERE {condition} LIMIT %s",  # noqa: S608
                [*parameters, *more, stop],
            )
            return [row[0] for row in cursor.fetchall()]


def candidates(kind: str, query: str, limit: int = LIMIT, *, in_personal: bool = True) -> Candidates:
    """Candidates for what somebody typed; none for a query without letters, digits or characters.

    Without ``in_personal`` personal texts find nothing: for those who see them masked, as a find would confirm a guess.
    """
    asked = parsed(query) if in_personal else plain_only(parsed(query))
    if not asked.words:
        return Candidates(kind, asked, (), 0)
    about = commonness.about(asked, lambda: contains("d.grams", asked), kind, limit)
    if about is not None:
        return Candidates(kind, asked, None, about, commonness.documents())
    sql, parameters = numbers(connection.vendor, kind, asked)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} LIMIT %s", [*parameters, limit + 1])
        ids = tuple(row[0] for row in cursor.fetchall())
    if len(ids) <= limit:
        return Candidates(kind, asked, ids, len(ids))
    return Candidates(kind, asked, None, _counted(kind, asked, limit), commonness.documents())


def _counted(kind: str, query: Query, limit: int) -> int:
    """More than ``limit``; on SQLite counted to ten times of it, which its index does in passing."""
    if connection.vendor == "postgresql":
        return limit + 1
    sql, parameters = numbers(connection.vendor, kind, query)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({sql} LIMIT %s) zc", [*parameters, 10 * limit])  # noqa: S608
        return int(cursor.fetchone()[0])
