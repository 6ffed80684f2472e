"""The list of erased persons outside the database, so that a restored backup forgets them again.

``KEY_DIR/erased.txt`` holds one uid a line. It follows the database after each erasure; what a crash between commit
and file left out is caught up by the next call of :func:`synchronise`.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from zhike.foundation.crypto import keys, persons
from zhike.foundation.crypto.models import PersonKey
from zhike.foundation.kit import clock


def listed() -> set[UUID]:
    """Everybody on the list."""
    path = _path()
    return {UUID(line) for line in path.read_text(encoding="ascii").split()} if path.exists() else set()


def note(subjects: Iterable[UUID]) -> None:
    """Add ``subjects`` to the list; to be called once their erasure is committed."""
    path = _path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.writelines(f"{subject}\n" for subject in subjects)
        file.flush()
        os.fsync(file.fileno())


def synchronise() -> int:
    """Add to the list who is erased in the database and not on it; returns how many were added."""
    known = listed()
    erased = PersonKey.objects.exclude(erased_at=None).order_by("erased_at").values_list("subject", flat=True)
    new = [subject for subject in erased.iterator() if subject not in known]
    note(new)
    return len(new)


def reapply() -> int:
    """After a restore: erase again everybody on the list who is in the database; returns how many that were."""
    return persons.destroy(listed(), clock.now())


def _path() -> Path:
    return keys.folder() / "erased.txt"
