"""Reads of the acquire room. The first argument is the viewer."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count

from zhike.acquire.models import Lead
from zhike.acquire.models.lead import OPEN
from zhike.acquire.regrading import Move, moved
from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.policies.load import PolicySet


@dataclass(frozen=True)
class LeadCard:
    """A lead as a home page shows it; the name is masked for natural persons."""

    uid: UUID
    grade: str
    state: str
    need: str
    inquiries: int
    is_quiet: bool
    touched_at: dt.datetime
    name: str


_COLUMNS = ("uid", "grade", "state", "need", "inquiries", "is_quiet", "touched_at", "customer__name")


def queue_of(viewer: Viewer, size: int) -> list[LeadCard]:
    """The viewer's own open leads in the order of work. Raises: Forbidden."""
    viewer.require(Area.LEADS, Level.BASIC)
    rows = scope.visible(viewer, Lead.objects.filter(owner_id=viewer.person_id, state__in=OPEN))
    return [LeadCard(*row) for row in rows.order_by("queue_key", "id").values_list(*_COLUMNS)[:size]]


def counts_of(viewer: Viewer) -> dict[str, int]:
    """How many open leads are the viewer's, how many of them without an update, how many wait in the pool."""
    viewer.require(Area.LEADS, Level.BASIC)
    waiting = scope.visible(viewer, Lead.objects.filter(state__in=OPEN))
    own = waiting.filter(owner_id=viewer.person_id)
    return {
        "mine": own.count(),
        "quiet": own.filter(is_quiet=True).count(),
        "pool": waiting.filter(owner_id=None).count(),
    }


def taken_since(viewer: Viewer, day: dt.date) -> list[dict[str, Any]]:
    """Visible leads that came in since the beginning of ``day``: source, grade, how many."""
    viewer.require(Area.LEADS, Level.BASIC)
    rows = scope.visible(viewer, Lead.objects.filter(created_at__gte=clock.start_of(day)))
    return list(rows.values("source", "grade").annotate(n=Count("pk")).order_by("source", "grade"))


def leads_worth(viewer: Viewer) -> list[dict[str, Any]]:
    """Visible open leads of grade A and B, the most points first: numbers and codes, as reports keep them."""
    viewer.require(Area.LEADS, Level.BASIC)
    rows = scope.visible(viewer, Lead.objects.filter(state__in=OPEN, grade__in=["A", "B"]))
    names = ("id", "uid", "grade", "grade_points", "grade_reasons", "source", "need", "state", "is_quiet", "owner_id")
    return list(rows.order_by("-grade_points", "queue_key", "id").values(*names))


def regraded_of(
    viewer: Viewer, before: PolicySet, after: PolicySet, *, offset: int, size: int
) -> tuple[list[tuple[Move, dict[str, Any]]], int]:
    """A page of the visible open leads that ``after`` would grade otherwise, with their rows; and how many in all."""
    viewer.require(Area.LEADS, Level.BASIC)
    moves, _looked_at = moved(before, after, scope.visible(viewer, Lead.objects.all()))
    shown = moves[offset : offset + size]
    found = Lead.objects.filter(pk__in=[move.lead_id for move in shown]).values("pk", "uid", "need", "customer__name")
    rows = {row["pk"]: row for row in found}
    return [(move, rows[move.lead_id]) for move in shown if move.lead_id in rows], len(moves)
