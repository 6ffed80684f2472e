"""From one record of a list to the next and back, in the list's own filters and order."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote

from django.http import HttpRequest, QueryDict

from zhike.foundation.records import keyset
from zhike.foundation.records import query as queries
from zhike.foundation.records.declare import RecordType
from zhike.foundation.records.query import ListQuery

CAME_FROM = "in"  # the parameter of a record's page that carries the question of the list it was opened from


class Neighbours(NamedTuple):
    """Where the records before and after are, empty at the ends; and the question of the list."""

    previous: str
    next: str
    question: str


def suffix(asked: ListQuery) -> str:
    """What a list hangs on the addresses of its records; safe within an attribute."""
    return f"?{CAME_FROM}={quote(asked.encoded(), safe='')}"


def of(request: HttpRequest, record_type: RecordType, pk: int) -> Neighbours | None:
    """The neighbours in the list from which the page was opened; None where it was opened otherwise."""
    if CAME_FROM not in request.GET:
        return None
    viewer = request.viewer  # type: ignore[attr-defined]
    asked = queries.parse(viewer, record_type, QueryDict(request.GET[CAME_FROM]))
    before, after = keyset.around(viewer, record_type, asked, pk)
    found = record_type.model._base_manager.filter(pk__in=[n for n in (before, after) if n is not None])
    uids = dict(found.values_list("pk", "uid"))
    tail = suffix(asked)
    links = [record_type.link(uids[n]) + tail if n in uids else "" for n in (before, after)]
    return Neighbours(links[0], links[1], asked.encoded())
