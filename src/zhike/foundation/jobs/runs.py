"""Running what is due: one row per due time, inserted by exactly one worker, taken over when that one dies."""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_noop as _

from zhike.foundation import audit, policies
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.jobs.beats import new_worker
from zhike.foundation.jobs.models import JobRun, RunState
from zhike.foundation.jobs.policy import WorkerPolicy
from zhike.foundation.jobs.registry import Job, jobs
from zhike.foundation.jobs.work import LeaseLost, Work
from zhike.foundation.kit import clock, ids, trace
from zhike.foundation.kit.refusals import NotFound, Refusal

log = logging.getLogger(__name__)
done = logging.getLogger("zhike.work")
_ERROR_LENGTH = 4000
_LOOK_AHEAD = 20


class NotFailed(Refusal):
    """Only what failed is run again by hand."""

    code = "job_not_failed"
    sentence = _("This run has not failed, or somebody runs it again already. Reload the page.")


def start(name: str, *, viewer: Viewer, arguments: Mapping[str, Any] | None = None) -> JobRun:
    """Ask for a job now; a worker takes it up within a second. Arguments are numbers and plain words.

    Raises KeyError when nobody declares ``name``. Permission is the caller's matter.
    """
    declared, slot = jobs()[name], f"asked:{ids.uid()}"
    return JobRun.objects.create(
        job=name,
        slot=slot,
        lane=_lane(declared, slot),
        arguments=dict(arguments or {}),
        asked_by_id=viewer.person_id,
    )


def waiting_count() -> int:
    """Runs that wait or go on."""
    return JobRun.objects.filter(state__in=(RunState.WAITING, RunState.RUNNING)).count()


def broken_jobs() -> list[JobRun]:
    """The last run of each declared job that ended, where that one failed: a later success heals an earlier fault."""
    ended = JobRun.objects.filter(state__in=(RunState.DONE, RunState.FAILED))
    last = [ended.filter(job=name).order_by("-finished_at", "-id").values("id")[:1] for name in jobs()]
    ids_of_last = [row["id"] for rows in last for row in rows]
    return list(JobRun.objects.filter(id__in=ids_of_last, state=RunState.FAILED).order_by("-finished_at"))


@transaction.atomic
def retry(viewer: Viewer, uid: UUID, *, reason: str = "") -> JobRun:
    """Run a failed run again, from the piece at which it stopped. Raises Forbidden, NotFound, NotFailed."""
    viewer.require(Area.SETTINGS, Level.EDIT)
    run = JobRun.objects.select_for_update(of=("self",)).filter(uid=uid).first()
    if run is None:
        raise NotFound(uid=str(uid))
    if run.state != RunState.FAILED:
        raise NotFailed()
    run.state, run.tries, run.next_at, run.finished_at = RunState.WAITING, 0, clock.now(), None
    run.save(update_fields=["state", "tries", "next_at", "finished_at"])
    audit.record(viewer, "job.retry", kind="job", object_id=run.pk, object_uid=run.uid, after={"job": run.job},
                 reason=reason)  # fmt: skip
    return run


def run_due(*, worker: str | None = None) -> int:
    """Run every job that is due or waits, one after the other; say how many were run."""
    worker = worker or new_worker()
    count = 0
    for declared in jobs().values():
        enter_slot(declared)
    while (run := claim_next(worker)) is not None:
        execute(run, worker)
        count += 1
    return count


def enter_slot(declared: Job) -> None:
    """Put the due time that has come into the table, unless it stands there already."""
    schedule = declared.schedule()
    due = schedule.slot(clock.now()) if schedule is not None else None
    if schedule is None or due is None:
        return
    slot = due.isoformat()
    if JobRun.objects.filter(job=declared.name, slot=slot).exists():
        return
    # A job that is new here begins with its next due time: nobody waits for yesterday's.
    is_new = not schedule.runs_at_once and not JobRun.objects.filter(job=declared.name).exists()
    state = RunState.SKIPPED if is_new else RunState.WAITING
    run = JobRun(job=declared.name, slot=slot, lane=_lane(declared, slot), state=state)
    JobRun.objects.bulk_create([run], ignore_conflicts=True)


def claim_next(worker: str) -> JobRun | None:
    """Take the longest waiting run whose time has come, or one whose worker is dead; None when there is none."""
    now = clock.now()
    lease = now + dt.timedelta(seconds=_numbers().lease_seconds)
    free = Q(state=RunState.WAITING, next_at__lte=now) | Q(state=RunState.RUNNING, lease_until__lt=now)
    busy = JobRun.objects.filter(state=RunState.RUNNING, lease_until__gte=now).values("lane")
    to_do = JobRun.objects.filter(free, job__in=list(jobs())).exclude(lane__in=busy)
    for run in to_do.order_by("next_at", "id")[:_LOOK_AHEAD]:
        if run.state == RunState.RUNNING and run.tries >= _tries_max(run.job):
            _give_up(run, "the worker died")
            continue
        if _claim(run, free, worker, lease, now):
            run.refresh_from_db()
            return run
    return None


def _lane(declared: Job, slot: str) -> str:
    return declared.name if declared.alone else f"{declared.name}:{slot}"


def _claim(run: JobRun, free: Q, worker: str, lease: dt.datetime, now: dt.datetime) -> bool:
    """Whether ``run`` is ours now. The unique index over running lanes keeps a job from overtaking itself."""
    mine = JobRun.objects.filter(free, pk=run.pk, tries=run.tries)
    try:
        with transaction.atomic():
            taken = mine.update(
                state=RunState.RUNNING,
                claimed_by=worker,
                lease_until=lease,
                started_at=now,
                tries=F("tries") + 1,
            )
    except IntegrityError:
        return False
    return taken == 1


def execute(run: JobRun, worker: str) -> None:
    """Call the job's function for ``run`` and note how it ended; its log lines bear the uid of the run."""
    with trace.of(str(run.uid)):
        _execute(run, worker)


def _execute(run: JobRun, worker: str) -> None:
    work, started = Work(run, worker), time.monotonic()
    try:
        result = jobs()[run.job].handler(work)
    except LeaseLost:
        log.warning("run %s of %s was taken over while we worked on it", run.pk, run.job)
    except Exception as fault:
        log.exception("job %s failed", run.job)
        _failed(run, worker, fault)
    else:
        _held(run, worker).update(
            state=RunState.DONE,
            progress=1,
            result=result if result is not None else work.result,
            error="",
            finished_at=clock.now(),
            lease_until=None,
            claimed_by="",
        )
        done.info("job done", extra={"more": {"job": run.job, "seconds": round(time.monotonic() - started, 3)}})


def extend_leases(worker: str) -> None:
    """Keep what ``worker`` runs for another lease: called by its heartbeat."""
    lease = clock.now() + dt.timedelta(seconds=_numbers().lease_seconds)
    JobRun.objects.filter(claimed_by=worker, state=RunState.RUNNING).update(lease_until=lease)


def prune(now: dt.datetime | None = None) -> int:
    """Forget runs that ended long ago; say how many. The last run of each job stays."""
    before = (now or clock.now()) - dt.timedelta(days=_numbers().keep_days)
    ended = (RunState.DONE, RunState.FAILED, RunState.SKIPPED)
    latest = [JobRun.objects.filter(job=name).order_by("-id").values("id")[:1] for name in jobs()]
    last_ids = [row["id"] for rows in latest for row in rows]
    return JobRun.objects.filter(state__in=ended, created_at__lt=before).exclude(id__in=last_ids).delete()[0]


def _numbers() -> WorkerPolicy:
    return policies.current().get(WorkerPolicy)


def _tries_max(name: str) -> int:
    return jobs()[name].tries_max or _numbers().tries_max


def _held(run: JobRun, worker: str) -> Any:
    return JobRun.objects.filter(pk=run.pk, claimed_by=worker, state=RunState.RUNNING)


def _failed(run: JobRun, worker: str, fault: Exception) -> None:
    error = f"{type(fault).__name__}: {fault}"[:_ERROR_LENGTH]
    if run.tries >= _tries_max(run.job):
        _give_up(run, error)
        return
    _held(run, worker).update(
        state=RunState.WAITING,
        next_at=clock.now() + dt.timedelta(minutes=_numbers().retry_minutes * run.tries),
        error=error,
        lease_until=None,
        claimed_by="",
    )


def _give_up(run: JobRun, error: str) -> None:
    JobRun.objects.filter(pk=run.pk, tries=run.tries, state=RunState.RUNNING).update(
        state=RunState.FAILED, error=error, finished_at=clock.now(), lease_until=None, claimed_by=""
    )
