"""Removing what is old in pieces, so that no transaction is long and a restart goes on where it stopped."""

from __future__ import annotations

import datetime as dt
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from zhike.foundation import policies
from zhike.foundation.jobs import runs
from zhike.foundation.jobs.models import WorkerBeat
from zhike.foundation.jobs.policy import PruningPolicy
from zhike.foundation.jobs.work import Work
from zhike.foundation.kit import clock
from zhike.foundation.outbox import parking

_PIECE = 2_000


def remove_in_pieces(rows: QuerySet[Any], work: Work) -> int:
    """Delete ``rows``, a few thousand in each transaction; says how many went."""
    count = 0
    while chosen := list(rows.values_list("pk", flat=True)[:_PIECE]):
        with transaction.atomic():
            rows.model._base_manager.filter(pk__in=chosen).delete()
        count += len(chosen)
        work.progress(0.5)
    return count


def events(work: Work) -> int:
    """Events that everybody heard of long ago."""
    count = 0
    while gone := parking.prune():
        count += gone
        work.progress(0.5)
    return count


def sessions(work: Work) -> int:
    """Sessions that ended, and what was noted of the browsers that had them."""
    # By Django's own time: it writes the end of a session by it.
    ended = timezone.now() - dt.timedelta(days=policies.current().get(PruningPolicy).session_days)
    count = remove_in_pieces(Session.objects.filter(expire_date__lt=ended), work)
    remove_in_pieces(UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")), work)
    return count


def finished_runs(_work: Work) -> int:
    """Runs that ended long ago; the last of each job stays."""
    return runs.prune()


def beats(work: Work) -> int:
    """Signs of life of workers that are long gone."""
    return remove_in_pieces(WorkerBeat.objects.filter(seen_at__lt=clock.now() - dt.timedelta(days=1)), work)
