"""A query in the languages of the two databases."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models.expressions import Func

from zhike.foundation.search.fields import packed
from zhike.foundation.search.query import Query, Word


def _ways(word: Word) -> list[list[str]]:
    return [sorted(way) for way in word.all_ways]


def match(query: Query) -> str:
    """For FTS5."""
    words = [
        "(" + " OR ".join("(" + " AND ".join(f'"{t}"' for t in way) + ")" for way in _ways(word)) + ")"
        for word in query.words
    ]
    return " AND ".join(words)


def contains(column: str, query: Query) -> tuple[str, list[Any]]:
    """For an array column, with its parameters."""
    conditions, parameters = [], []
    for word in query.words:
        ways = [[packed(token) for token in way] for way in _ways(word)]
        lone = [token for way in ways if len(way) == 1 for token in way]
        several = [way for way in ways if len(way) > 1]
        # One look for all ways that are a single token: a walk unpacks each document only once.
        each = [f"{column} && %s::bigint[]"] * bool(lone) + [f"{column} @> %s::bigint[]"] * len(several)
        conditions.append("(" + " OR ".join(each) + ")")
        parameters += [lone] * bool(lone) + several
    return " AND ".join(conditions), parameters


def stands(column: str, query: Query) -> tuple[str, list[Any]]:
    """For a text column with blanks around each token, with its parameters."""
    conditions, parameters = [], []
    for word in query.words:
        ways = _ways(word)
        each = ["(" + " AND ".join([f"instr({column}, %s) > 0"] * len(way)) + ")" for way in ways]
        conditions.append("(" + " OR ".join(each) + ")")
        parameters += [f" {token} " for way in ways for token in way]
    return " AND ".join(conditions), parameters


def numbers(vendor: str, kind: str, query: Query) -> tuple[str, list[Any]]:
    """The statement that gives the numbers of all objects found through the token index."""
    if vendor == "postgresql":
        where, parameters = contains("d.grams", query)
        return f"SELECT d.object_id FROM search_document d WHERE {where} AND d.kind = %s", [*parameters, kind]  # noqa: S608
    return (
        "SELECT d.object_id FROM search_fts f CROSS JOIN search_document d ON d.id = f.rowid"
        " WHERE f.search_fts MATCH %s AND d.kind = %s",
        [match(query), kind],
    )


def holds(vendor: str, outer: str, kind: str, query: Query) -> tuple[str, list[Any]]:
    """The condition that the document of object ``outer`` holds the tokens: looked up by its number.

    ``OFFSET 0`` and ``IS TRUE`` keep PostgreSQL from turning the question round and reading a tenth of the table
    through the token index first.
    """
    if vendor == "postgresql":
        where, parameters = contains("zd.grams", query)
        where, ending = f"({where}) IS TRUE", " OFFSET 0"
    else:
        (where, parameters), ending = stands("zd.grams", query), ""
    sql = f"EXISTS(SELECT 1 FROM search_document zd WHERE zd.object_id = {outer} AND zd.kind = %s AND {where}{ending})"  # noqa: S608
    return sql, [kind, *parameters]


def among(vendor: str, outer: str, kind: str, query: Query) -> tuple[str, list[Any]]:
    """The same, asked of the set of all that is found. ``IS TRUE`` keeps PostgreSQL from joining instead: the set is
    made once, and a walk looks each number up in it."""
    sql, parameters = numbers(vendor, kind, query)
    return f"({outer} IN ({sql})) IS TRUE", parameters


class Listed(Func):
    """That the number which the argument gives is one of ``numbers``, which are one value of the statement.

    Three thousand values apart cost both sides more to write and to read than the rows themselves.
    """

    output_field = models.BooleanField()
    conditional = True

    def __init__(self, *expressions: Any, numbers: Sequence[int] = (), **extra: Any) -> None:
        super().__init__(*expressions, **extra)
        self.numbers = numbers

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        outer, parameters = compiler.compile(self.source_expressions[0])
        if connection.vendor == "postgresql":
            return f"{outer} = ANY(%s::bigint[])", [*parameters, list(self.numbers)]
        return f"{outer} IN (SELECT value FROM json_each(%s))", [*parameters, json.dumps(self.numbers)]  # noqa: S608


class _Condition(Func):
    output_field = models.BooleanField()
    conditional = True

    def __init__(self, *expressions: Any, kind: str = "", query: Query | None = None, **extra: Any) -> None:
        super().__init__(*expressions, **extra)
        self.kind, self.query = kind, query or Query(())


class Holds(_Condition):
    """That the object whose number the argument gives is found, asked row by row: for a walk along some order."""

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        outer, outer_parameters = compiler.compile(self.source_expressions[0])
        sql, parameters = holds(connection.vendor, outer, self.kind, self.query)
        return sql, [*outer_parameters, *parameters]


class IsAmong(_Condition):
    """The same, asked of the set of all that is found, which is made once: for counting, and for sorting what is found.

    ``OFFSET 0`` keeps PostgreSQL from walking along the order after all.
    """

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        outer, outer_parameters = compiler.compile(self.source_expressions[0])
        sql, parameters = numbers(connection.vendor, self.kind, self.query)
        ending = " OFFSET 0" if connection.vendor == "postgresql" else ""
        return f"{outer} IN ({sql}{ending})", [*outer_parameters, *parameters]
