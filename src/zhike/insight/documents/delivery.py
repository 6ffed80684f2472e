"""Where the documents go: made in a hidden folder beside the target, moved there only when all are whole."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from zhike.foundation.tables.faults import WrongUse
from zhike.insight.documents import names

_MARK = ".zhike-"


@contextmanager
def workshop(out: Path) -> Iterator[Path]:
    """A new folder beside ``out`` (so that moving is a rename), removed at the end whatever happens.

    What a killed run left behind is removed too. WrongUse when ``out`` is a file or cannot be written to.
    """
    if out.exists() and not out.is_dir():
        raise WrongUse("out_is_file", path=str(out))
    parent = out.resolve().parent
    folder = parent / f"{_MARK}{out.resolve().name}-{os.getpid()}"
    made = _missing_parents(parent)
    try:
        parent.mkdir(parents=True, exist_ok=True)
        _sweep(parent)
        folder.mkdir()
        if out.exists() and not os.access(out, os.W_OK):
            raise PermissionError(13, os.strerror(13))
    except OSError as fault:
        raise WrongUse("out_unwritable", path=str(out), detail=fault.strerror or str(fault)) from fault
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        for empty in made:
            with contextlib.suppress(OSError):
                empty.rmdir()


def _missing_parents(parent: Path) -> list[Path]:
    """Folders that will be made, the innermost first: those that stay empty go away again."""
    return [folder for folder in (parent, *parent.parents) if not folder.exists()]


def _sweep(parent: Path) -> None:
    """Remove workshops whose process is gone."""
    for left in parent.glob(f"{_MARK}*"):
        process = left.name.rsplit("-", 1)[-1]
        if process.isdigit() and left.is_dir() and not Path("/proc", process).exists() and Path("/proc").is_dir():
            shutil.rmtree(left, ignore_errors=True)


def deliver(made: Path, out: Path) -> None:
    """Move the finished files of ``made`` to ``out``.

    A new folder appears at once. In a folder that is there already each file is replaced whole and the manifest
    comes last, so a manifest always stands beside the files it describes; other files there are left alone.
    """
    if not out.exists():
        os.replace(made, out)
        return
    (out / names.MANIFEST).unlink(missing_ok=True)
    for name in sorted(names.ALL, key=lambda name: name == names.MANIFEST):
        os.replace(made / name, out / name)
