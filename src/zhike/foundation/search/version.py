"""Which form the documents of the index have, and what is done when another build wrote them.

The form is a number in the code. The database says in which form its documents are; where that is an older one, a job
writes all documents anew, piece by piece, while the application runs. Until the last piece the pages say so.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils.translation import gettext

from zhike.foundation.kit import clock, serial
from zhike.foundation.search import storage
from zhike.foundation.search.models import SearchDocument, SearchIndex

# Raise it with every change of tokens, of their packing or of their hashing: what is written in the old form is then
# found by nobody.
FORM = 1
LOCK_SPACE = 0x7A6F
PIECE = 500
_KEPT_SECONDS = 10.0  # what a web process remembers
_ROW = 1

# Writes the documents of up to ``size`` records with numbers above ``after``; the last number, None when none is left.
Source = Callable[[int, int], int | None]
_SOURCES: dict[str, Source] = {}
_kept: dict[str, tuple[float, Standing]] = {}


@dataclass(frozen=True)
class Standing:
    """Where the index stands: ``form`` of its documents, and how far a rebuild has come (0 to 1)."""

    form: int
    share: float

    @property
    def is_current(self) -> bool:
        return self.form == FORM

    @property
    def is_newer(self) -> bool:
        """A newer build wrote it: this process must be updated, and must not touch it."""
        return self.form > FORM


def source(kind: str) -> Callable[[Source], Source]:
    """Let the decorated function write documents of ``kind`` anew, in pieces."""

    def register(function: Source) -> Source:
        _SOURCES[kind] = function
        return function

    return register


def standing() -> Standing:
    """Where the index stands now."""
    row = SearchIndex.objects.filter(pk=_ROW).first()
    if row is None:
        # Nobody wrote down a form: an empty index has every form, any other is of a build that knew none.
        return Standing(0 if SearchDocument.objects.exists() else FORM, 0.0)
    if row.form == FORM or not row.total:
        return Standing(row.form, 0.0)
    return Standing(row.form, min(row.done / row.total, 0.99))


def note() -> str:
    """A sentence for the page, empty when all is well: words of old documents may not find yet."""
    kept_at, known = _kept.get(str(connection.settings_dict["NAME"]), (-_KEPT_SECONDS, None))
    if known is None or time.monotonic() - kept_at > _KEPT_SECONDS:
        known = standing()
        _kept[str(connection.settings_dict["NAME"])] = (time.monotonic(), known)
    if known.is_current:
        return ""
    if known.is_newer:
        return gettext("The search index was written by a newer version. Restart this server with that version.")
    return gettext(
        "The search index is being rebuilt: %(percent)s%% done. Until then some records may not be found."
    ) % {"percent": int(known.share * 100)}


def forget() -> None:
    """Look at the database again with the next question."""
    _kept.clear()


def rebuild(told: Callable[[float], None], size: int = PIECE) -> int:
    """Write all documents in the form of this build and say so at the end; how many records were written now.

    A piece and the place it has come to are one transaction: after a crash the next piece goes on from there.
    """
    written = 0
    if standing().form >= FORM:
        return written
    _begin()
    while (row := SearchIndex.objects.get(pk=_ROW)).form < FORM:
        written += _piece(row, size)
        told(min(row.done / max(row.total, 1), 1.0))
    forget()
    return written


@transaction.atomic
def _begin() -> None:
    """Begin at the beginning, or leave an unfinished rebuild to the same form where it stands."""
    SearchIndex.objects.get_or_create(pk=_ROW, defaults={"form": 0})
    row = SearchIndex.objects.select_for_update().get(pk=_ROW)
    if row.target != FORM:
        row.target, row.kind, row.done_up_to, row.done = FORM, min(_SOURCES, default=""), 0, 0
        row.total = SearchDocument.objects.count()
        row.save()


@transaction.atomic
def _piece(row: SearchIndex, size: int) -> int:
    # Who writes a document meanwhile waits, and so cannot be overwritten with what was read before.
    serial.hold(LOCK_SPACE, [row.kind])
    # Somebody else may have gone on: two workers never write the same piece.
    locked = SearchIndex.objects.select_for_update().get(pk=_ROW)
    for column in ("form", "target", "kind", "done_up_to", "done", "total"):
        setattr(row, column, getattr(locked, column))
    if row.form == FORM:
        return 0
    last = _SOURCES[row.kind](row.done_up_to, size) if row.kind else None
    if last is not None:
        count = SearchDocument.objects.filter(kind=row.kind, object_id__gt=row.done_up_to, object_id__lte=last).count()
        row.done_up_to, row.done = last, row.done + count
    else:
        count = 0
        later = sorted(kind for kind in _SOURCES if kind > row.kind)
        row.kind, row.done_up_to = (later[0], 0) if later else ("", 0)
        if not later:
            row.form = FORM
            storage.settle(connection)
    row.updated_at = clock.now()
    row.save()
    return count
