"""Words asked of every kind of records at once: for the palette, the page of search, and programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from zhike.foundation.access.matrix import Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.records import registry, selector, values
from zhike.foundation.records.declare import RecordType
from zhike.foundation.records.query import ListQuery

LONGEST = 100


class Found(NamedTuple):
    """The first records of one kind: each its uid, its name, and what stands below it."""

    record_type: RecordType
    rows: list[tuple[Any, list[str]]]


def found(viewer: Viewer, words: str, per_kind: int) -> Iterator[Found]:
    """What ``words`` find among the kinds that the viewer may see, in the order of the navigation."""
    for record_type in registry.every() if words else ():
        if not record_type.search or not viewer.may(record_type.area, Level.BASIC):
            continue
        plan = values.plan(viewer, record_type, dict.fromkeys((record_type.name_field, *record_type.card[:1])))
        rows = selector.found(viewer, plan, ListQuery(words=words), per_kind)
        said = [(row[1], texts) for row in rows if (texts := plan.texts(row))]
        if said:
            yield Found(record_type, said)


def cleaned(words: str) -> str:
    """Words as they are looked for."""
    return words.replace("\0", "").strip()[:LONGEST]
