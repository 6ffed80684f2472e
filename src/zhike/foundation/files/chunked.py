"""Files encrypted piece by piece: written in one pass, read from any place, cut off by nobody unseen.

Each piece of 64 KiB is sealed with AES-256-GCM under a key of this file alone, so that a counter is a safe nonce. The
number of the piece, and whether it is the last one, go in as additional data: pieces moved, left out or cut off do not
open.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

PIECE = 64 * 1024
_TAG = 16
KEY_BYTES = 32


class Damaged(Exception):
    """The file on disk is not what was written."""


class Writer:
    """Seals what it is given into ``out``; :meth:`close` writes the last piece."""

    def __init__(self, key: bytes, out: IO[bytes]) -> None:
        self._cipher, self._out = AESGCM(key), out
        self._rest, self._number = bytearray(), 0
        self.size = 0

    def write(self, data: bytes) -> None:
        """Take more plain bytes; whole pieces go out at once."""
        self.size += len(data)
        self._rest += data
        # The last piece is told apart, so a full one waits until more has come.
        while len(self._rest) > PIECE:
            self._seal(bytes(self._rest[:PIECE]), is_last=False)
            del self._rest[:PIECE]

    def close(self) -> None:
        """Write what is left. The file underneath stays open."""
        self._seal(bytes(self._rest), is_last=True)
        self._rest.clear()

    def _seal(self, plain: bytes, *, is_last: bool) -> None:
        self._out.write(self._cipher.encrypt(_nonce(self._number), plain, _bound(self._number, is_last)))
        self._number += 1


class Reader(io.RawIOBase):
    """The plain bytes of a sealed file of ``size`` plain bytes, from any place. Raises Damaged."""

    def __init__(self, key: bytes, source: IO[bytes], size: int) -> None:
        super().__init__()
        self._cipher, self._source, self._size = AESGCM(key), source, size
        self._at, self._held = 0, (-1, b"")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        if self._at >= self._size:
            if self._size == 0:
                self._piece(0)  # also an empty file says that nothing was cut off
            return 0
        number, within = divmod(self._at, PIECE)
        found = self._piece(number)[within : within + len(buffer)]
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)

    def close(self) -> None:
        if not self.closed:
            self._source.close()
        super().close()

    def _piece(self, number: int) -> bytes:
        if self._held[0] == number:
            return self._held[1]
        last = max(0, self._size - 1) // PIECE
        self._source.seek(number * (PIECE + _TAG))
        sealed = self._source.read(PIECE + _TAG)
        try:
            plain = self._cipher.decrypt(_nonce(number), sealed, _bound(number, number == last))
        except (InvalidTag, ValueError):
            raise Damaged(f"piece {number}") from None
        self._held = (number, plain)
        return plain


def copy(chunks: Iterable[bytes], key: bytes, out: IO[bytes]) -> int:
    """Seal all ``chunks`` into ``out``; returns the number of plain bytes."""
    writer = Writer(key, out)
    for chunk in chunks:
        writer.write(chunk)
    writer.close()
    return writer.size


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


def _bound(number: int, is_last: bool) -> bytes:
    return number.to_bytes(8, "big") + (b"\1" if is_last else b"\0")
