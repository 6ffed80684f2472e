"""Leads without an update are flagged (ACQ-08)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from zhike.acquire.models import Lead
from zhike.acquire.models.lead import OPEN
from zhike.acquire.policy import ProgressPolicy
from zhike.foundation import audit
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Forbidden
from zhike.foundation.policies import current

_CHUNK = 1000


@transaction.atomic
def leads_flag_quiet(*, viewer: Viewer) -> int:
    """Flag open leads that had no update for as long as the policy says; a bounded piece. Returns how many.

    Idempotent. An update takes the flag away again. Raises: Forbidden (only the system flags).
    """
    if not viewer.is_system:
        raise Forbidden(area="leads", level="flag")
    now = clock.now()
    limit = now - dt.timedelta(days=current(now).get(ProgressPolicy).quiet_days)
    waiting = Lead.objects.filter(state__in=OPEN, is_quiet=False, deleted_at=None, touched_at__lte=limit)
    ids = list(
        waiting.select_for_update(of=("self",), skip_locked=True)
        .order_by("touched_at")
        .values_list("pk", flat=True)[:_CHUNK]
    )
    if not ids:
        return 0
    Lead.objects.filter(pk__in=ids).update(is_quiet=True)
    batch = [(pk, audit.digest_of({"is_quiet": True})) for pk in ids]
    audit.record(viewer, "lead.quiet", kind="lead", object_id=None, object_uid=None, batch=batch)
    return len(ids)
