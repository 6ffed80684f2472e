"""How old the newest backup is, and when one was last proved."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from zhike.foundation import audit, policies
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.backup.models import Backup
from zhike.foundation.backup.policy import RhythmPolicy
from zhike.foundation.kit import clock


@dataclass(frozen=True)
class Standing:
    """The newest backup and the newest successful drill; None where there never was one."""

    made_at: dt.datetime | None
    age: dt.timedelta | None
    size_bytes: int
    is_late: bool
    drilled_at: dt.datetime | None
    drill_is_late: bool
    drill_problem: str


def standing(now: dt.datetime | None = None) -> Standing:
    """The state of backups, for the system page."""
    now = now or clock.now()
    limits = policies.current().get(RhythmPolicy)
    newest = Backup.objects.order_by("-made_at").first()
    proved = Backup.objects.filter(drill_problem="").exclude(drilled_at=None).order_by("-drilled_at").first()
    tried = Backup.objects.exclude(drilled_at=None).order_by("-drilled_at").first()
    age = now - newest.made_at if newest else None
    drilled_at = proved.drilled_at if proved else None
    return Standing(
        newest.made_at if newest else None,
        age,
        newest.size_bytes if newest else 0,
        age is None or age > dt.timedelta(hours=limits.backup_hours),
        drilled_at,
        drilled_at is None or now - drilled_at > dt.timedelta(days=limits.drill_days),
        tried.drill_problem if tried else "",
    )


@transaction.atomic
def drilled(viewer: Viewer, path: Path, problem: str = "") -> None:
    """Note that the backup of this name was put back elsewhere and compared, and what was wrong with it."""
    row = Backup.objects.select_for_update(of=("self",)).filter(name=path.name[-120:]).order_by("-made_at").first()
    if row is None:
        return
    row.drilled_at, row.drill_problem = clock.now(), problem[:200]
    row.save(update_fields=["drilled_at", "drill_problem"])
    after = {"name": row.name, "problem": row.drill_problem}
    audit.record(viewer, "backup.drilled", kind="backup", object_id=row.pk, object_uid=row.uid, after=after)
