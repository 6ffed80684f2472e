"""The keys outside the database: ``KEY_DIR/master-N.key``, ``index.key`` and ``audit.key``; ``backup.key`` for backups.

Each file holds 32 random bytes as hexadecimal text and has mode 600. They come into being together on first use, in
a folder that has none. Where some stand and one is missing, that is a loss and not a first use: KeyMissing.

Master keys are numbered. New data keys are wrapped by the newest; all stay readable. ``rotation.rotate`` adds one and
re-wraps every data key while the system runs: a data key is 60 bytes, so no personal value is re-encrypted.
A master key that is no longer used may be taken off the machine, but old backups need it.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from zhike.foundation.crypto.errors import KeyMismatch, KeyMissing

_MASTER = re.compile(r"master-([1-9][0-9]*)\.key")
_BYTES = 32


def folder() -> Path:
    """Where the key files stand."""
    place = settings.KEY_DIR
    # The same object each time: it is asked for with every search token, and a path is slow to make and to compare.
    return place if isinstance(place, Path) else Path(place)


def master(version: int) -> bytes:
    """Master key number ``version``. Raises KeyMissing."""
    return _key(folder(), f"master-{version}")


def index() -> bytes:
    """The key of blind indexes and search tokens. It is never rotated: that would mean to index all persons anew."""
    return _key(folder(), "index")


def audit(purpose: str) -> bytes:
    """The audit key for one ``purpose`` (chain, head, digest): a signature for one is none for another."""
    return _derived(folder(), purpose)


def backup() -> bytes:
    """The key of backup files; made with the first backup. Without it no backup made with it opens."""
    place = folder()
    _ready(place)
    with _locked(place):
        if not (place / "backup.key").exists():
            _make(place, "backup")
    return _key(place, "backup")


def newest() -> int:
    """Number of the newest master key; seen at once when another process has rotated."""
    place = folder()
    _ready(place)
    return _newest(place, place.stat().st_mtime_ns)


def versions() -> list[int]:
    """Numbers of all master keys, oldest first."""
    _ready(folder())
    return _versions(folder())


def add_master() -> int:
    """Make the next master key and return its number."""
    with _locked(folder()) as place:
        number = max(_versions(place), default=0) + 1
        _make(place, f"master-{number}")
        return number


def names() -> list[str]:
    """Names of all keys that stand in the folder: ``master-1``, …, ``index``, ``audit``."""
    return [*(f"master-{number}" for number in versions()), "index", "audit"]


def fingerprint(name: str) -> str:
    """32 hexadecimal digits by which a key is recognised; they tell nothing about it."""
    return hmac.digest(_key(folder(), name), b"zhike key fingerprint", "sha256").hex()[:32]


def forget() -> None:
    """Drop the keys held in memory (after files were changed by hand, and in tests)."""
    for held in (_key, _derived, _newest, _ready):
        held.cache_clear()


@functools.lru_cache(maxsize=256)
def _key(place: Path, name: str) -> bytes:
    _ready(place)
    try:
        key = bytes.fromhex((place / f"{name}.key").read_text(encoding="ascii").strip())
    except FileNotFoundError:
        raise KeyMissing(name=f"{name}.key", folder=str(place)) from None
    except ValueError:
        raise KeyMismatch(name=f"{name}.key", folder=str(place)) from None
    if len(key) != _BYTES:
        raise KeyMismatch(name=f"{name}.key", folder=str(place))
    return key


@functools.lru_cache(maxsize=64)
def _derived(place: Path, purpose: str) -> bytes:
    return hmac.digest(_key(place, "audit"), b"zhike audit " + purpose.encode(), hashlib.sha256)


@functools.lru_cache(maxsize=8)
def _newest(place: Path, changed_at: int) -> int:
    return max(_versions(place))


@functools.lru_cache(maxsize=8)
def _ready(place: Path) -> None:
    """See to it that the keys stand, or raise KeyMissing when only some of them do."""
    with _locked(place):
        standing = {path.name for path in place.glob("*.key")}
        if not standing:
            for name in ("master-1", "index", "audit"):
                _make(place, name)
            return
        wanted = {"index.key", "audit.key"} - standing
        if not _versions(place):
            wanted.add("master-1.key")
        if wanted:
            raise KeyMissing(name=", ".join(sorted(wanted)), folder=str(place))


def _versions(place: Path) -> list[int]:
    found = (_MASTER.fullmatch(path.name) for path in place.glob("master-*.key"))
    return sorted(int(match[1]) for match in found if match)


def _make(place: Path, name: str) -> None:
    """Write a new key so that a reader sees the whole file or none, and never overwrite one."""
    unfinished = place / f".{name}.{os.getpid()}"
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secrets.token_hex(_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(unfinished, place / f"{name}.key")
    finally:
        unfinished.unlink()


@contextlib.contextmanager
def _locked(place: Path) -> Iterator[Path]:
    """One process at a time makes keys."""
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (place / ".lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield place
