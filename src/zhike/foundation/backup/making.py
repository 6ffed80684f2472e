"""Making a backup: database, files and audit head of one moment in one encrypted file, which is whole or not there."""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import connection, transaction

from zhike import __version__
from zhike.foundation import audit
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.backup import plan
from zhike.foundation.backup.container import PIECE_BYTES, Writer
from zhike.foundation.backup.models import Backup
from zhike.foundation.crypto import keys
from zhike.foundation.kit import clock

ENDING = ".zhb"


@dataclass(frozen=True)
class Made:
    """A finished backup."""

    path: Path
    size_bytes: int
    digest: str
    counts: dict[str, int]
    file_count: int
    seconds: float


def folder() -> Path:
    """Where backups are put when nobody says where."""
    return Path(settings.HOME) / "backups"


def make(viewer: Viewer, place: Path | None = None, *, keep: int = 0, name: str = "zhike") -> Made:
    """Write a backup to ``place`` (a file, or a folder in which it gets a name) and note it.

    Beside everything else that goes on. A process that is killed leaves nothing that looks like a backup; what it
    leaves is removed by the next one. With ``keep`` only so many of the folder's newest remain.
    """
    started, at = time.monotonic(), clock.local(clock.now())
    target = place or folder()
    if target.is_dir() or not target.suffix:
        target = target / f"{name}-{at:%Y%m%d-%H%M%S}{ENDING}"
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _unfinished(target) as (part, file):
        counts, file_count = _written(file, part)
        digest, size = _digest(part), part.stat().st_size
    made = Made(target, size, digest, counts, file_count, round(time.monotonic() - started, 2))
    _note(viewer, made)
    if keep:
        _thin(target.parent, name, keep)
    return made


@contextmanager
def _unfinished(target: Path) -> Iterator[tuple[Path, IO[bytes]]]:
    """A file beside ``target`` that takes its name at the end; parts that a killed process left are removed."""
    for left in target.parent.glob(f".zhike-*{ENDING}.part*"):
        _remove_dead(left)
    part = target.parent / f".zhike-{os.getpid()}-{target.stem}{ENDING}.part"
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # held for as long as this process lives
        try:
            yield part, file
            os.fsync(file.fileno())
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    _sync_folder(target.parent)


def _remove_dead(left: Path) -> None:
    """Remove a part, unless the process that writes it is alive: then it holds the lock of the part."""
    owner = left.with_name(left.name.removesuffix(".base"))
    try:
        with owner.open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return
    left.unlink(missing_ok=True)
    owner.unlink(missing_ok=True)


def _written(file: IO[bytes], part: Path) -> tuple[dict[str, int], int]:
    writer = Writer(file, keys.backup(), plan.header())
    writer.plan(plan.plan())
    sequences: dict[str, int] = {}
    if connection.vendor == "postgresql":
        from zhike.foundation.backup import postgres

        counts, sequences = postgres.dump(writer)
    else:
        from zhike.foundation.backup import sqlite

        counts = sqlite.dump(writer, part.with_name(part.name + ".base"))
    file_count = _files(writer)
    manifest: dict[str, Any] = {"counts": counts, "sequences": sequences, "files": file_count}
    writer.close(manifest)
    file.flush()
    return counts, file_count


def _files(writer: Writer) -> int:
    """What people attached. A file that goes while it is read was removed by somebody: it is not counted."""
    root, count = Path(settings.HOME) / "files", 0
    for path in sorted(root.rglob("*")) if root.is_dir() else []:
        if not path.is_file() or path.is_symlink():
            continue
        try:
            source = path.open("rb")
        except FileNotFoundError:
            continue
        with source:
            writer.begin({"name": path.relative_to(root).as_posix(), "kind": "file"})
            while piece := source.read(PIECE_BYTES):
                writer.data(piece)
            writer.end(rows=0)
        count += 1
    return count


def _note(viewer: Viewer, made: Made) -> None:
    with transaction.atomic():
        row = Backup.objects.create(
            name=made.path.name[-120:],
            seconds=made.seconds,
            size_bytes=made.size_bytes,
            digest=made.digest,
            row_count=sum(made.counts.values()),
            file_count=made.file_count,
            version=__version__,
        )
        after = {"name": row.name, "bytes": made.size_bytes, "sha256": made.digest, "rows": row.row_count}
        audit.record(viewer, "backup.made", kind="backup", object_id=row.pk, object_uid=row.uid, after=after)


def _thin(place: Path, name: str, keep: int) -> None:
    """Remove the oldest backups of a folder; the names sort by their moment."""
    for old in sorted(place.glob(f"{name}-????????-??????{ENDING}"))[:-keep]:
        old.unlink()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync_folder(place: Path) -> None:
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
