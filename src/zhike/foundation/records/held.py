"""What still points to a record: as long as something does, the record is not deleted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db.models import Model, Q
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as _

from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit.refusals import Refusal
from zhike.foundation.records.declare import Kind, RecordType
from zhike.foundation.records.links import links_of
from zhike.foundation.records.registry import every, find

_COUNTED_TO = 100
_NAMED = 3


class StillHeld(Refusal):
    """Other records point to the one that is to be deleted."""

    code = "still_held"
    sentence = _("This cannot be deleted, because other records belong to it: %(holders)s. Close or move them instead.")


class Holder(NamedTuple):
    """Records of one kind that point to another record: how many, and the numbers of the first."""

    record_type: RecordType
    count: int
    first: list[int]


def holders_of(row: Model) -> Iterator[Holder]:
    """Living records that point to ``row`` and do not go along with it, kind by kind."""
    for record_type in every():
        if not hasattr(record_type.model, "deleted_at"):
            continue
        for field in record_type.fields:
            if field.kind is not Kind.RELATION or field.holds is False or "__" in field.path:
                continue
            link = record_type.model._meta.get_field(field.path)
            if getattr(link, "related_model", None) is not type(row) or not link.concrete:
                continue
            alive = record_type.model._base_manager.filter(**{field.path: row.pk}, deleted_at=None)
            if isinstance(field.holds, Q):
                alive = alive.filter(field.holds)
            numbers = list(alive.order_by("-pk").values_list("pk", flat=True)[:_COUNTED_TO])
            if numbers:
                yield Holder(record_type, len(numbers), numbers[:_NAMED])


def require_free(viewer: Viewer, row: Model) -> None:
    """Raise StillHeld when something points to ``row``: by kind and number, by name what the viewer may see."""
    found = [_words(viewer, holder) for holder in holders_of(row)]
    if found:
        raise StillHeld(holders=gettext(", ").join(found))


def _words(viewer: Viewer, holder: Holder) -> str:
    kind = holder.record_type
    seen: Any = links_of(viewer, [(kind.code, pk) for pk in holder.first], kind_of=find)
    names = [link.name for link in seen.values()]
    more = "+" if holder.count >= _COUNTED_TO else ""
    words = ngettext("%(count)s of %(kind)s", "%(count)s of %(kind)s", holder.count) % {
        "count": f"{holder.count}{more}", "kind": kind.plural,
    }  # fmt: skip
    return f"{words} ({', '.join(names)})" if names else words
