"""Uploads on their way in: what is too large for memory waits on disk sealed, and vanishes with the request."""

from __future__ import annotations

import io
import os
import tempfile
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from zhike.foundation.files.chunked import KEY_BYTES, Reader, Writer

LARGEST_BYTES = 620 * 1024 * 1024  # above every file limit that a policy can set


class SealedTemporaryHandler(FileUploadHandler):
    """Streams an upload into a nameless file, encrypted under a key that only this process knows.

    A connection that breaks off leaves nothing: the file has no name, and the key is gone with the request.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._key, self._file = os.urandom(KEY_BYTES), tempfile.TemporaryFile()  # noqa: SIM115 - closed with the upload
        self._writer = Writer(self._key, self._file)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > LARGEST_BYTES:
            raise StopUpload(connection_reset=True)
        self._writer.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        self._writer.close()
        reader: Any = io.BufferedReader(Reader(self._key, self._file, self._writer.size))
        return UploadedFile(
            reader, self.file_name, self.content_type, self._writer.size, self.charset, self.content_type_extra
        )

    def upload_interrupted(self) -> None:
        if hasattr(self, "_file"):
            self._file.close()
