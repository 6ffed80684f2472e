"""Putting a backup back: into an empty base, or in the place of one that is kept; checked before it counts."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import DatabaseError, connection, connections, transaction
from django.db.migrations.loader import MigrationLoader

from zhike.foundation import audit, jobs
from zhike.foundation.access.models import Person
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.audit import heads
from zhike.foundation.backup import making, plan
from zhike.foundation.backup.container import Broken, Member, Reader, header_of
from zhike.foundation.backup.errors import (
    Damaged,
    DifferentCounts,
    ForeignTables,
    InUse,
    KeysMissing,
    NewerVersion,
    NotEmpty,
    OtherDatabase,
    WrongKey,
)
from zhike.foundation.crypto import erasures, fingerprints, keys
from zhike.foundation.kit import clock

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Restored:
    """What was put back. ``kept`` names what stood there before, if anything did."""

    counts: dict[str, int]
    file_count: int
    version: str
    kept: str
    erased_again: int


def restore(viewer: Viewer, path: Path, *, replace: bool = False, progress: Progress = lambda _: None) -> Restored:
    """Put the backup at ``path`` in the place of the base and the files that the settings name.

    Everything is read and compared before the base changes (SQLite) or inside one transaction (PostgreSQL), then the
    schema is brought to this version, who was erased since is erased again, and nobody stays signed in.
    Raises Damaged, WrongKey, KeysMissing, OtherDatabase, NewerVersion, NotEmpty, InUse, DifferentCounts.
    """
    with path.open("rb") as source:
        try:
            header = header_of(source)
            if header["key"] != plan.key_name():
                raise WrongKey(wanted=header["key"], found=plan.key_name(), folder=str(keys.folder()))
            reader = Reader(source, keys.backup(), header)
            about = reader.plan()
            _check_plan(about)
            kept = _make_room(viewer, about, replace=replace)
            progress("data")
            counts = _load(reader, about, kept)
        except (Broken, KeyError) as fault:
            raise Damaged(name=path.name) from fault
        finally:
            _clear()
    progress("schema")
    _forget_connections()
    call_command("migrate", interactive=False, verbosity=0)
    progress("checks")
    erased = _settle(viewer, path, about)
    return Restored(counts, reader.manifest["files"], about["version"], kept, erased)


def _check_plan(about: dict[str, Any]) -> None:
    if about["vendor"] != connection.vendor:
        raise OtherDatabase(made_on=about["vendor"], here=connection.vendor)
    known = MigrationLoader(None, ignore_no_migrations=True).graph.nodes
    ours = {app for app, _ in known}
    if any((app, name) not in known for app, name in about["migrations"] if app in ours):
        raise NewerVersion(version=about["version"])
    standing = set(keys.names())
    wrong = [n for n, seen in about["keys"].items() if n not in standing or keys.fingerprint(n) != seen]
    if wrong:
        raise KeysMissing(names=", ".join(sorted(wrong)), folder=str(keys.folder()))


def _make_room(viewer: Viewer, about: dict[str, Any], *, replace: bool) -> str:
    """See that nothing is lost; returns under which name the standing base is kept, empty where there was none."""
    people = _people()
    if not people:
        _empty_postgres(about)
        return ""
    if not replace:
        raise NotEmpty(people=people)
    if jobs.is_worker_alive():
        raise InUse()
    if connection.vendor == "postgresql":
        made = making.make(viewer, name="before-restore")
        _empty_postgres(about)
        return str(made.path)
    return f"{Path(connection.settings_dict['NAME']).name}.before-restore-{clock.local(clock.now()):%Y%m%d-%H%M%S}"


def _empty_postgres(about: dict[str, Any]) -> None:
    """Take away tables of another state of the schema than the backup's; never those of somebody else."""
    if connection.vendor != "postgresql":
        return
    from zhike.foundation.backup import postgres

    connections.close_all()
    if postgres.has_foreign_tables():
        raise ForeignTables(name=connection.settings_dict["NAME"])
    if set(postgres.migrations_applied()) != set(map(tuple, about["migrations"])):
        postgres.empty()


def _people() -> int:
    try:
        with transaction.atomic():
            return Person.objects.count()
    except DatabaseError:
        return 0  # no tables yet


def _load(reader: Reader, about: dict[str, Any], kept: str) -> dict[str, int]:
    if connection.vendor == "postgresql":
        return _load_postgres(reader, about)
    from zhike.foundation.backup import sqlite

    _take_files(sqlite.load(reader.members(), about))
    connections.close_all()
    counts = sqlite.arrived()
    _compare(counts, reader)
    sqlite.put_in_place(kept)
    _put_files()
    return counts


def _load_postgres(reader: Reader, about: dict[str, Any]) -> dict[str, int]:
    from zhike.foundation.backup import postgres

    postgres.build_schema(about)
    counts: dict[str, int] = {}
    with postgres.loading() as server:
        _take_files(postgres.load(server, reader.members(), counts))
        _compare(counts, reader)
        postgres.set_sequences(server, reader.manifest["sequences"])
    _put_files()
    return counts


def _compare(counts: dict[str, int], reader: Reader) -> None:
    said = reader.manifest["counts"]
    differing = sorted(t for t in said.keys() | counts.keys() if said.get(t) != counts.get(t))
    if differing:
        raise DifferentCounts(tables=", ".join(differing))


def _take_files(members: Iterator[Member]) -> None:
    """Write the files of the backup beside those that stand."""
    root = _arriving()
    shutil.rmtree(root, ignore_errors=True)
    for member in members:
        target = (root / str(member.about["name"])).resolve()
        if not target.is_relative_to(root.resolve()):
            raise Broken("a file outside the folder")
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            for data in member.data:
                file.write(data)


def _put_files() -> None:
    """Let the files of the backup take the place of those that stand; these are kept."""
    standing = Path(settings.HOME) / "files"
    if standing.is_dir() and any(standing.iterdir()):
        standing.rename(standing.with_name(f"files.before-restore-{clock.local(clock.now()):%Y%m%d-%H%M%S}"))
    elif standing.is_dir():
        standing.rmdir()
    if _arriving().is_dir():
        _arriving().rename(standing)


def _arriving() -> Path:
    return Path(settings.HOME) / "files.arriving"


def _clear() -> None:
    shutil.rmtree(_arriving(), ignore_errors=True)
    if connection.vendor == "sqlite":
        from zhike.foundation.backup import sqlite

        sqlite.give_up()


def _forget_connections() -> None:
    connections.close_all()
    fingerprints.forget()


def _settle(viewer: Viewer, path: Path, about: dict[str, Any]) -> int:
    """What a restore owes: erasures of since, the head of the log, a line in it, and no sign-in of then."""
    erased = erasures.reapply()
    with transaction.atomic():
        Session.objects.all().delete()
        if about["audit_head"]:
            _settle_head(viewer, about["audit_head"])
        after = {"name": path.name[-120:], "version": about["version"], "erased_again": erased}
        audit.record(viewer, "backup.restored", kind="backup", after=after)
    audit.seal()
    return erased


def _settle_head(viewer: Viewer, written: dict[str, Any]) -> None:
    """The head of the backup where there is none; one that tells of later entries is set aside and named."""
    then = heads.checked(written)
    try:
        standing = heads.read()
    except heads.HeadForged:
        standing = None
    if standing is None and not (heads.folder() / "head.json").exists():
        heads.write(then)
    elif standing is None or not heads.stands(standing):
        audit.restored(viewer, "backup.restored")
