"""A path for readers that want one: to a file without a name, so that a crash leaves nothing behind."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

_OPEN_FILES = Path("/proc/self/fd")


@contextmanager
def as_path(file: IO[bytes]) -> Iterator[Path]:
    """A path under which readers open what arrived, for as long as the block lasts."""
    file.seek(0)
    if _OPEN_FILES.is_dir():
        with tempfile.TemporaryFile() as nameless:
            shutil.copyfileobj(file, nameless)
            nameless.flush()
            yield _OPEN_FILES / str(nameless.fileno())
        return
    with tempfile.NamedTemporaryFile() as named:
        shutil.copyfileobj(file, named)
        named.flush()
        yield Path(named.name)
