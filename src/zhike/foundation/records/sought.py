"""Words asked of what belongs to something that words find: tickets by their customer, or by their own number."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext

from zhike.foundation import search
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.records.conditions import Condition
from zhike.foundation.records.declare import Field, Kind, RecordType
from zhike.foundation.records.registry import find

MOST = 500  # records that words may mean: whoever means more types more


def condition(viewer: Viewer, record_type: RecordType, words: str) -> Condition | None:
    """What ``words`` ask of these records, as a filter; None where they are not found so."""
    fields = [field for key in record_type.found_by if (field := record_type.field(key)) is not None]
    if not words or not fields:
        return None
    where = Q()
    for field in fields:
        where |= _named(viewer, field, words) if field.kind is Kind.RELATION else Q(**{field.path: words.upper()})
    return Condition(fields[0], (("q", words),), where, gettext("“%(words)s”") % {"words": words}, others=tuple(fields))


def _named(viewer: Viewer, field: Field, words: str) -> Q:
    """Those that belong to a record which ``words`` find, by the very search of that kind.

    The list keeps to what its viewer sees; a name is found by who finds it among the records themselves.
    """
    related = find(field.relation)
    if related is None or not related.search:
        return Q(pk__in=())
    found = search.candidates(related.search, words, in_personal=related.finds_persons(viewer))
    rows = related.model._default_manager.filter(deleted_at=None).order_by("-pk")
    ids = found.first(rows, 0, MOST)
    if related.recheck is not None and not found.is_exact:
        ids = list(related.recheck(viewer, ids, words))
    return Q(**{f"{field.path}__in": ids})
