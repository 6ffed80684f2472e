"""What the foundation sees of the installation: workers, events, jobs, backup, database, index, schema."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from django.db import connection
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from zhike import __version__
from zhike.foundation import backup, jobs, search
from zhike.foundation.audit import models as audit_models
from zhike.foundation.jobs import beats
from zhike.foundation.jobs.runs import broken_jobs, waiting_count
from zhike.foundation.kit import clock
from zhike.foundation.outbox import parking
from zhike.foundation.ui import readiness, system
from zhike.foundation.ui.system import Found, State

_SLOW_MINUTES = 2  # an event that waits longer is seen by people: "visible at once" no longer holds
_UNSEALED_SECONDS = 60


def _workers() -> Found:
    count = beats.alive_count()
    numbers = {"workers_alive": count}
    if not count:
        advice = gettext("Start one: «zhike worker», or «zhike serve --worker». Until then no clock runs and no job.")
        return Found(gettext("No worker gives a sign of life."), State.BROKEN, advice, numbers=numbers)
    return Found(ngettext("%(n)d worker is alive.", "%(n)d workers are alive.", count) % {"n": count}, numbers=numbers)


def _events() -> Found:
    health = parking.health()
    lag = health.oldest_wait.total_seconds()
    numbers = {"outbox_waiting": health.waiting, "outbox_lag_seconds": lag, "outbox_parked": health.parked}
    words = gettext("%(waiting)d wait, the oldest for %(minutes)d min; %(parked)d are parked.") % {
        "waiting": health.waiting, "minutes": lag // 60, "parked": health.parked,
    }  # fmt: skip
    if health.parked:
        advice = gettext("Read below why they failed, mend the cause, then deliver them again.")
        return Found(words, State.LOOK, advice, "#parked", numbers)
    if lag > _SLOW_MINUTES * 60:
        advice = gettext("If it goes on growing, start another worker.")
        return Found(words, State.BROKEN if lag > readiness.LONGEST_WAIT.total_seconds() else State.LOOK, advice,
                     numbers=numbers)  # fmt: skip
    return Found(words, numbers=numbers)


def _jobs() -> Found:
    waiting, broken = waiting_count(), len(broken_jobs())
    numbers = {"jobs_waiting": waiting, "jobs_failed": broken}
    words = gettext("%(waiting)d wait or run; %(broken)d failed at last.") % {"waiting": waiting, "broken": broken}
    if broken:
        advice = gettext("Read below why, mend the cause, then run them again.")
        return Found(words, State.LOOK, advice, "#failed", numbers)
    return Found(words, numbers=numbers)


def _backup() -> Found:
    now = backup.standing()
    if now.made_at is None or now.age is None:
        advice = gettext("Run «zhike backup» and let it run each day: docs/howto/deploy.md shows a timer.")
        return Found(gettext("There is no backup yet."), State.LOOK, advice)
    hours = now.age.total_seconds() / 3600
    numbers = {"backup_age_seconds": now.age.total_seconds(), "backup_bytes": now.size_bytes}
    words = gettext("The newest is %(hours)d h old, %(size)s MB.") % {
        "hours": hours, "size": f"{now.size_bytes / 1e6:.1f}",
    }  # fmt: skip
    if now.is_late:
        advice = gettext("Look whether the timer of «zhike backup» still runs, and whether its disk is full.")
        return Found(words, State.BROKEN, advice, numbers=numbers)
    if now.drill_problem:
        return Found(
            f"{words} " + gettext("The last drill failed: %(problem)s.") % {"problem": now.drill_problem},
            State.BROKEN, gettext("Make another backup and drill it: «zhike backup --drill»."), numbers=numbers,
        )  # fmt: skip
    if now.drill_is_late:
        advice = gettext("Prove that it can be put back: «zhike backup --drill».")
        return Found(f"{words} " + gettext("None was proved by a drill of late."), State.LOOK, advice, numbers=numbers)
    return Found(words, numbers=numbers)


def _database() -> Found:
    size = _database_bytes()
    words = gettext("%(vendor)s, %(size)s MB.") % {"vendor": connection.display_name, "size": f"{size / 1e6:.1f}"}
    return Found(words, numbers={"database_bytes": size})


def _database_bytes() -> int:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])
    base = Path(connection.settings_dict["NAME"])
    files = (base.with_name(base.name + end) for end in ("", "-wal"))
    return sum(file.stat().st_size for file in files if file.exists())


def _log() -> Found:
    waiting = audit_models.Unsealed.objects.count()
    oldest = audit_models.Entry.objects.filter(
        pk__in=audit_models.Unsealed.objects.order_by("entry_id").values("entry_id")[:1]
    ).values_list("at", flat=True)
    age = clock.now() - next(iter(oldest), clock.now())
    words = gettext("%(n)d entries wait for their seal.") % {"n": waiting}
    numbers = {"audit_unsealed": waiting}
    if age > dt.timedelta(seconds=_UNSEALED_SECONDS):
        advice = gettext("The worker seals them: see that one runs, and that it may read the key folder.")
        return Found(words, State.LOOK, advice, numbers=numbers)
    return Found(words, numbers=numbers)


def _index() -> Found:
    found = search.standing()
    if found.is_newer:
        advice = gettext("Restart web and worker with the version that wrote it.")
        return Found(gettext("The search index was written by a newer version."), State.BROKEN, advice)
    if not found.is_current:
        words = gettext("It is being rebuilt, %(share)d %% done.") % {"share": found.share * 100}
        advice = "" if jobs.is_worker_alive() else gettext("Start a worker: it rebuilds the index.")
        return Found(words, State.LOOK, advice)
    return Found(gettext("It is up to date."))


def _version() -> Found:
    waiting = readiness.migrations_waiting()
    words = gettext("Zhike %(version)s.") % {"version": __version__}
    numbers = {"migrations_waiting": waiting}
    if waiting:
        advice = gettext("Stop web and worker, make a backup, run «zhike migrate», start both again.")
        text = ngettext("%(n)d migration waits.", "%(n)d migrations wait.", waiting) % {"n": waiting}
        return Found(f"{words} {text}", State.BROKEN, advice, numbers=numbers)
    return Found(words, numbers=numbers)


system.add("workers", _("Workers"), _workers, order=10, gauges={"workers_alive": "Workers that gave a sign of life."})
system.add(
    "events", _("Delivery of events"), _events, order=20,
    gauges={
        "outbox_waiting": "Deliveries that wait.",
        "outbox_lag_seconds": "Age of the oldest delivery that waits.",
        "outbox_parked": "Deliveries given up after the last try.",
    },
)  # fmt: skip
system.add(
    "jobs", _("Background work"), _jobs, order=30,
    gauges={"jobs_waiting": "Runs that wait or run.", "jobs_failed": "Jobs whose last run failed."},
)  # fmt: skip
system.add(
    "backup", _("Backup"), _backup, order=60,
    gauges={"backup_age_seconds": "Age of the newest backup.", "backup_bytes": "Size of the newest backup."},
)  # fmt: skip
system.add("database", _("Database"), _database, order=70, gauges={"database_bytes": "Size of the database."})
system.add("log", _("Audit log"), _log, order=75, gauges={"audit_unsealed": "Entries that wait for their seal."})
system.add("index", _("Search index"), _index, order=80)
system.add("version", _("Version"), _version, order=90, gauges={"migrations_waiting": "Migrations not applied yet."})
