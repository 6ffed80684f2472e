"""The backup file: compressed, then sealed in pieces, so that it is written and read without being held in memory.

``ZHIKEBK1``, length and JSON of the header (plain: version, key, salt), then pieces of at most one MiB under
AES-256-GCM. The key of the file is derived from the backup key and the salt. The nonce is the number of the piece and
whether it is the last, the header is authenticated with each piece: a piece that is changed, moved, missing or of
another file does not open, and a file that was cut off has no last piece.

Inside: frames of kind, length and payload. ``P`` the plan, then for each member ``M`` its name, ``D`` data …,
``E`` its rows and digest, and at the end ``Z`` the manifest.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"ZHIKEBK1"
PIECE_BYTES = 1024 * 1024
_LAST = 0x8000_0000
_LONGEST_HEADER = 64 * 1024
_COMPRESSION = 3  # near the speed of the disk; higher levels save little on what is half random


class Broken(ValueError):
    """The bytes are not those that were written."""


class Writer:
    """Writes one container into ``target``; without :meth:`close` it is not whole and does not open."""

    def __init__(self, target: IO[bytes], key: bytes, header: dict[str, Any]) -> None:
        salt = secrets.token_bytes(32)
        self._header = json.dumps({**header, "salt": salt.hex()}, ensure_ascii=False).encode()
        self._target, self._cipher = target, _cipher(key, salt)
        self._packer, self._waiting, self._number = zlib.compressobj(_COMPRESSION), bytearray(), 0
        self._digest, self._size = hashlib.sha256(), 0
        target.write(MAGIC + struct.pack(">I", len(self._header)) + self._header)

    def plan(self, plan: dict[str, Any]) -> None:
        """What a reader must know before the first member."""
        self._frame(b"P", _json(plan))

    def begin(self, member: dict[str, Any]) -> None:
        """Begin a member; its data follow."""
        self._digest, self._size = hashlib.sha256(), 0
        self._frame(b"M", _json(member))

    def data(self, data: bytes) -> None:
        """Some of the bytes of the member that was begun."""
        self._digest.update(data)
        self._size += len(data)
        self._frame(b"D", data)

    def end(self, **said: Any) -> dict[str, Any]:
        """End the member; returns what is noted of it."""
        noted = {**said, "bytes": self._size, "sha256": self._digest.hexdigest()}
        self._frame(b"E", _json(noted))
        return noted

    def close(self, manifest: dict[str, Any]) -> None:
        """Write the manifest and the last piece."""
        self._frame(b"Z", _json(manifest))
        self._waiting += self._packer.flush()
        self._flush(keep=1)
        self._seal(bytes(self._waiting), is_last=True)

    def _frame(self, kind: bytes, payload: bytes) -> None:
        self._waiting += self._packer.compress(kind + struct.pack(">I", len(payload)))
        self._waiting += self._packer.compress(payload)
        self._flush(keep=0)

    def _flush(self, *, keep: int) -> None:
        while len(self._waiting) >= PIECE_BYTES + keep:
            self._seal(bytes(self._waiting[:PIECE_BYTES]), is_last=False)
            del self._waiting[:PIECE_BYTES]

    def _seal(self, piece: bytes, *, is_last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number, is_last), piece, self._header)
        self._target.write(struct.pack(">I", len(sealed) | (_LAST if is_last else 0)) + sealed)
        self._number += 1


@dataclass
class Member:
    """A member as it is read: its name and more, and its data, to be read to the end before the next."""

    about: dict[str, Any]
    data: Iterator[bytes]


def header_of(source: IO[bytes]) -> dict[str, Any]:
    """The plain header; ``source`` then stands behind it. Raises Broken."""
    start = source.read(len(MAGIC) + 4)
    length = struct.unpack(">I", start[len(MAGIC) :])[0] if len(start) == len(MAGIC) + 4 else 0
    raw = source.read(length) if start.startswith(MAGIC) and length <= _LONGEST_HEADER else b""
    try:
        found = json.loads(raw)
        return {**found, "raw": raw}
    except (ValueError, TypeError):
        raise Broken("header") from None


class Reader:
    """Reads one container: the plan, the members in order, the manifest. Raises Broken where it is not whole."""

    def __init__(self, source: IO[bytes], key: bytes, header: dict[str, Any]) -> None:
        self._pieces = _unpacked(source, _cipher(key, bytes.fromhex(header["salt"])), header["raw"])
        self._held = bytearray()
        self.manifest: dict[str, Any] = {}

    def plan(self) -> dict[str, Any]:
        """The plan, which stands first."""
        kind, payload = self._frame()
        if kind != b"P":
            raise Broken("plan")
        return _parsed(payload)

    def members(self) -> Iterator[Member]:
        """Each member; after the last one ``manifest`` is there."""
        while True:
            kind, payload = self._frame()
            if kind == b"Z":
                self.manifest = _parsed(payload)
                break
            if kind != b"M":
                raise Broken("member")
            yield Member(_parsed(payload), self._data())
        if self._held or next(self._pieces, b""):
            raise Broken("something follows the end")

    def _data(self) -> Iterator[bytes]:
        digest, size = hashlib.sha256(), 0
        while True:
            kind, payload = self._frame()
            if kind == b"E":
                noted = _parsed(payload)
                if (noted["bytes"], noted["sha256"]) != (size, digest.hexdigest()):
                    raise Broken("digest")
                return
            if kind != b"D":
                raise Broken("data")
            digest.update(payload)
            size += len(payload)
            yield payload

    def _frame(self) -> tuple[bytes, bytes]:
        start = self._take(5)
        return start[:1], self._take(struct.unpack(">I", start[1:])[0])

    def _take(self, count: int) -> bytes:
        while len(self._held) < count:
            more = next(self._pieces, b"")
            if not more:
                raise Broken("cut off")
            self._held += more
        taken = bytes(self._held[:count])
        del self._held[:count]
        return taken


def _unpacked(source: IO[bytes], cipher: AESGCM, header: bytes) -> Iterator[bytes]:
    """What the pieces say, unpacked, until the last one."""
    unpacker, number, is_last = zlib.decompressobj(), 0, False
    while not is_last:
        prefix = source.read(4)
        if len(prefix) < 4:
            raise Broken("cut off")
        said = struct.unpack(">I", prefix)[0]
        is_last, length = bool(said & _LAST), said & ~_LAST
        if length > PIECE_BYTES + 16:
            raise Broken("piece")
        try:
            opened = cipher.decrypt(_nonce(number, is_last), source.read(length), header)
            unpacked = unpacker.decompress(opened)
        except (InvalidTag, zlib.error, ValueError):
            raise Broken("piece") from None
        number += 1
        if unpacked:
            yield unpacked
    if source.read(1):
        raise Broken("something follows the end")
    if rest := unpacker.flush():
        yield rest


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt, b"zhike backup file").derive(key))


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\1" if is_last else b"\0")


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, default=str).encode()


def _parsed(payload: bytes) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(payload)
    except ValueError:
        raise Broken("frame") from None
    return found
