"""Finding: which records a query may mean.

A rare query gives its candidates as numbers, read once and at most 3,000. A common one would give a tenth of the
table; then the caller walks its own sort index and asks for each row whether it matches, until the page is full.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import connection, models
from django.db.models import F, QuerySet
from django.db.models.expressions import Func

from zhike.foundation.search.query import Query, Word, parsed

M = TypeVar("M", bound=models.Model)
LIMIT = 3_000


@dataclass(frozen=True)
class Candidates:
    """Candidates of a query among the records of one kind.

    ``ids`` is None for a common query. Tokens find a little too much: rows of a page go through ``matches`` unless
    ``is_exact`` says that this cannot change anything. What a query means is always among its candidates.
    """

    kind: str
    query: Query
    ids: tuple[int, ...] | None

    @property
    def is_common(self) -> bool:
        return self.ids is None

    @property
    def is_exact(self) -> bool:
        return self.query.is_exact

    def narrow(self, rows: QuerySet[M], column: str = "pk") -> QuerySet[M]:
        """The part of ``rows`` whose ``column`` is a candidate, for whatever order and scope ``rows`` have."""
        if self.ids is not None:
            return rows.filter(**{f"{column}__in": self.ids})
        return rows.filter(Holds(F(column), kind=self.kind, query=self.query))


def candidates(kind: str, query: str, limit: int = LIMIT) -> Candidates:
    """Candidates for what somebody typed; none for a query without letters, digits or characters."""
    words = parsed(query)
    if not words.words:
        return Candidates(kind, words, ())
    ids = _read(kind, words, limit + 1)
    return Candidates(kind, words, None if len(ids) > limit else tuple(ids))


def _read(kind: str, query: Query, limit: int) -> list[int]:
    if connection.vendor == "postgresql":
        condition, parameters = _contains("d.grams", query)
        sql = f"SELECT d.object_id FROM search_document d WHERE {condition} AND d.kind = %s LIMIT %s"  # noqa: S608
    else:
        parameters = [_match(query)]
        sql = (
            "SELECT d.object_id FROM search_fts f CROSS JOIN search_document d ON d.id = f.rowid"
            " WHERE f.search_fts MATCH %s AND d.kind = %s LIMIT %s"
        )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*parameters, kind, limit])
        return [row[0] for row in cursor.fetchall()]


def _ways(word: Word) -> list[list[str]]:
    return [sorted(way) for way in (*word.ways, *word.hashed_ways)]


def _match(query: Query) -> str:
    """The query in the language of FTS5."""
    words = [
        "(" + " OR ".join("(" + " AND ".join(f'"{t}"' for t in way) + ")" for way in _ways(word)) + ")"
        for word in query.words
    ]
    return " AND ".join(words)


def _contains(column: str, query: Query) -> tuple[str, list[Any]]:
    """The query as a condition on an array column."""
    conditions, parameters = [], []
    for word in query.words:
        ways = _ways(word)
        conditions.append("(" + " OR ".join([f"{column} @> %s::text[]"] * len(ways)) + ")")
        parameters += ways
    return " AND ".join(conditions), parameters


def _stands(column: str, query: Query) -> tuple[str, list[Any]]:
    """The query as a condition on a text column with blanks around each token."""
    conditions, parameters = [], []
    for word in query.words:
        ways = _ways(word)
        each = ["(" + " AND ".join([f"instr({column}, %s) > 0"] * len(way)) + ")" for way in ways]
        conditions.append("(" + " OR ".join(each) + ")")
        parameters += [f" {token} " for way in ways for token in way]
    return " AND ".join(conditions), parameters


class Holds(Func):
    """Whether the document of the object whose number the argument gives holds the tokens of the query.

    Looked up by the object's number row by row. ``OFFSET 0`` and ``IS TRUE`` keep PostgreSQL from turning the question
    round and reading a tenth of the table through the token index first.
    """

    output_field = models.BooleanField()
    conditional = True

    def __init__(self, *expressions: Any, kind: str = "", query: Query | None = None, **extra: Any) -> None:
        super().__init__(*expressions, **extra)
        self.kind, self.query = kind, query or Query(())

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        outer, outer_parameters = compiler.compile(self.source_expressions[0])
        if connection.vendor == "postgresql":
            condition, parameters = _contains("zd.grams", self.query)
            condition, ending = f"({condition}) IS TRUE", " OFFSET 0"
        else:
            (condition, parameters), ending = _stands("zd.grams", self.query), ""
        sql = (
            f"EXISTS(SELECT 1 FROM search_document zd WHERE zd.object_id = {outer} AND zd.kind = %s"  # noqa: S608
            f" AND {condition}{ending})"
        )
        return sql, [*outer_parameters, self.kind, *parameters]
