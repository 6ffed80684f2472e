"""The night: snapshot → scores → measures → news → proposals → tasks, once per date, whatever happens in between.

Each step can be run again with the same outcome. What is told to others (changes of band) is written in one
transaction with the mark that it has been told, so that a killed night tells it once.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_noop as _

from zhike.customers.public import measures_set
from zhike.foundation import audit, outbox
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer, system
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Refusal
from zhike.foundation.policies import current
from zhike.foundation.policies.load import PolicySet
from zhike.insight.compute.entry import compute
from zhike.insight.compute.result import ComputeResult
from zhike.insight.models import ModelRun, NightRun, NightStep
from zhike.insight.services import changes, lock, measures, proposals, strategies
from zhike.insight.services.relations import relations_write
from zhike.insight.services.snapshot import snapshot_write
from zhike.segment.public import table_in_force

Progress = Callable[[str, float], None]
STEPS = ("snapshot", "scores", "measures", "news", "proposals", "tasks")


class NightAhead(Refusal):
    """Nobody knows yet what a coming day brings."""

    code = "night_ahead"
    status = 422
    sentence = _("This day has not come yet. Choose today or an earlier day.")


def night_run(*, viewer: Viewer, as_of: dt.date | None = None, progress: Progress | None = None) -> NightRun:
    """Do the night of ``as_of`` (yesterday by default) and return its record.

    A night that was killed goes on; one that is done is computed again and comes out the same.
    A day older than the newest night writes history only: what is true now and the warnings stay as they are.
    Raises: lock.NightBusy when another night runs; Forbidden unless the viewer is the system or may edit settings;
    NightAhead for a day that has not begun.
    """
    if not viewer.is_system:
        viewer.require(Area.SETTINGS, Level.EDIT)
    day = as_of or clock.today() - dt.timedelta(days=1)
    if day > clock.today():
        raise NightAhead(as_of=day.isoformat())
    told = progress or (lambda _step, _share: None)
    with lock.only_one():
        run = _open(viewer, day)
        try:
            _work(run, current(clock.start_of(day + dt.timedelta(days=1))), told)
        except Exception as broken:
            NightRun.objects.filter(pk=run.pk).update(state="failed", error=repr(broken)[:2000])
            raise
    run.refresh_from_db()
    return run


def _open(viewer: Viewer, day: dt.date) -> NightRun:
    run, fresh = NightRun.objects.get_or_create(as_of=day)
    NightRun.objects.filter(pk=run.pk).update(state="running", error="", started_at=clock.now())
    with transaction.atomic():
        audit.record(
            viewer,
            "night.start" if fresh else "night.again",
            kind="night",
            object_id=run.pk,
            object_uid=run.uid,
            after={"as_of": day.isoformat()},
        )
    return run


def _work(run: NightRun, policies: PolicySet, told: Progress) -> None:
    folder = settings.HOME / "snapshots" / run.as_of.isoformat()
    actor = system(f"night {run.as_of.isoformat()}")
    table = table_in_force(clock.start_of(run.as_of + dt.timedelta(days=1)))
    with _step(run, "snapshot", told) as counts:
        meta = snapshot_write(
            as_of=run.as_of, template=policies.template or "", folder=folder, step=told, strategies=table
        )
        counts.update(meta["tables"])
    with _step(run, "scores", told) as counts:
        result = compute(folder, policies, run.as_of, told)
        pq.write_table(result.measures, folder / "measures.parquet", compression="zstd")
        counts["customers"] = result.measures.num_rows
    _describe(run, policies, meta, result)
    with _step(run, "measures", told) as counts:
        version = _version(result)
        counts["state"] = 0
        if not changes.is_older_than_newest(run):
            counts["state"] = measures_set(
                viewer=actor, measures=measures.state_table(result.measures), as_of=run.as_of, run_id=run.pk,
                model_version=version, currency=str(result.data.get("currency") or "CNY"),
            )  # fmt: skip
            churn = relations_write(run, folder, policies, result.measures)
            counts["relations"] = churn.get("relations", 0)
            _say(run, churn=churn)
        counts["history"] = measures.history_write(run, result.measures, version)
    with _step(run, "news", told) as counts:
        counts.update(changes.tell_once(run, result.measures, policies))
    with _step(run, "proposals", told) as counts:
        counts.update(proposals.propose_once(actor, run, result, policies))
    with _step(run, "tasks", told) as counts:
        counts.update(strategies.move(actor, run, result, table))
    _finish(run, result)
    _keep_newest_snapshots(settings.HOME / "snapshots")


@contextmanager
def _step(run: NightRun, name: str, told: Progress) -> Iterator[dict[str, Any]]:
    told(name, 0.0)
    started = clock.now()
    counts: dict[str, Any] = {}
    yield counts
    known = {"position": STEPS.index(name), "started_at": started, "finished_at": clock.now()}
    step, _fresh = NightStep.objects.get_or_create(run=run, name=name, defaults=known)
    NightStep.objects.filter(pk=step.pk).update(**known, counts=(step.counts or {}) | counts)
    told(name, 1.0)


def _describe(run: NightRun, policies: PolicySet, meta: dict[str, Any], result: ComputeResult) -> None:
    NightRun.objects.filter(pk=run.pk).update(
        template=policies.template or "",
        policy_versions=dict(result.policy_versions),
        data=_jsonable(result.data) | {"tables": meta["tables"]},
        not_computed=[_jsonable(vars(gap)) for gap in result.not_computed],
        snapshot_digest=meta["digest"],
        result_digest=_digest(result.measures),
    )
    for name, report in result.models.items():
        ModelRun.objects.update_or_create(
            run=run,
            name=name,
            defaults={"version": str(report.get("version", ""))[:80], "report": _jsonable(report)},
        )


def _say(run: NightRun, **said: Any) -> None:
    """Add to what the night says of its data."""
    row = NightRun.objects.only("data").get(pk=run.pk)
    row.data = row.data | said
    row.save(update_fields=["data"])


def _finish(run: NightRun, result: ComputeResult) -> None:
    steps = {step.name: step.counts for step in run.steps.all()}
    with transaction.atomic():
        NightRun.objects.filter(pk=run.pk).update(
            state="done",
            finished_at=clock.now(),
            changes=steps.get("news", {}) | steps.get("proposals", {}) | steps.get("tasks", {}),
        )
        # A night that is done again has been told of before.
        if run.finished_at is None:
            outbox.publish(changes.finished(run, result.measures.num_rows))


def _version(result: ComputeResult) -> str:
    """A short name for the policies that decided, the same for the same ones; the run says which they were."""
    said = json.dumps(result.policy_versions, sort_keys=True)
    return f"policies {hashlib.sha256(said.encode()).hexdigest()[:16]}"


def _digest(table: pa.Table) -> str:
    """SHA-256 of the measures in the order of the customers: two nights are equal when this is."""
    whole = hashlib.sha256()
    ordered = table.sort_by("customer_id").combine_chunks()
    for name in ordered.column_names:
        whole.update(name.encode())
        whole.update(json.dumps(ordered.column(name).to_pylist(), default=str).encode())
    return whole.hexdigest()


def _jsonable(value: Any) -> Any:
    return json.loads(json.dumps(value, default=_plain, ensure_ascii=False, allow_nan=False))


def _plain(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "tolist"):
        return value.tolist()
    return vars(value) if hasattr(value, "__dict__") else str(value)


def _keep_newest_snapshots(folder: Path, keep: int = 7) -> None:
    for old in sorted(p for p in folder.iterdir() if p.is_dir())[:-keep]:
        shutil.rmtree(old, ignore_errors=True)
