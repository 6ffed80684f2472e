"""Files that arrive: kept without a name on disk, so that a crash leaves nothing of them behind."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

LARGEST_BYTES = 620 * 1024 * 1024  # above every file limit that a policy can set
_OPEN_FILES = Path("/proc/self/fd")


class NamelessUploadHandler(FileUploadHandler):
    """What does not fit into memory goes to a file that is open and has no name."""

    def new_file(self, *args: Any, **options: Any) -> None:
        super().new_file(*args, **options)
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the request

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > LARGEST_BYTES:
            raise StopUpload(connection_reset=True)
        self._file.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        self._file.seek(0)
        return UploadedFile(self._file, self.file_name, self.content_type, file_size, self.charset)

    def upload_interrupted(self) -> None:
        if hasattr(self, "_file"):
            self._file.close()


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
