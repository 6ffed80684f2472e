"""The signed head of the chain outside the database, ``ZHIKE_HOME/audit/head.json``: so a missing tail is noticed.

The head follows the database after each commit of the sealer, so it may be behind for a moment and is never ahead.
It cannot tell when database and head are both put back to an earlier state: for that the export carries it too, and
a copy of the head belongs somewhere else.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import hmac
import json
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from zhike.foundation.audit.canonical import moment
from zhike.foundation.audit.models import Seal
from zhike.foundation.audit.recording import Actor, record
from zhike.foundation.crypto import keys
from zhike.foundation.kit import clock


@dataclass(frozen=True)
class Head:
    """The newest seal: its number, its mac as hexadecimal text, its moment."""

    seq: int
    mac: str
    sealed_at: dt.datetime


class HeadForged(ValueError):
    """The file is there, but not as the sealer wrote it."""


def folder() -> Path:
    """Where head and checkpoint stand."""
    return Path(settings.HOME) / "audit"


def signed(head: Head, purpose: str = "head") -> dict[str, Any]:
    """The head as it is written down, with its signature."""
    return _content(head) | {"signature": _signature(head, purpose)}


def checked(written: Any, purpose: str = "head") -> Head:
    """The head behind ``written``. Raises HeadForged."""
    try:
        head = Head(int(written["seq"]), str(written["mac"]), dt.datetime.fromisoformat(written["sealed_at"]))
        given = str(written["signature"])
    except (KeyError, TypeError, ValueError):
        raise HeadForged(purpose) from None
    if head.sealed_at.tzinfo is None or not hmac.compare_digest(given.encode(), _signature(head, purpose).encode()):
        raise HeadForged(purpose)
    return head


def read(purpose: str = "head") -> Head | None:
    """The head on file, or None where there is no file. Raises HeadForged."""
    try:
        written = json.loads((folder() / f"{purpose}.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError:
        raise HeadForged(purpose) from None
    return checked(written, purpose)


def advance(head: Head) -> None:
    """Write ``head`` down unless the file is further already, or tells of a chain that this database does not have.

    In the second case the file is evidence of a tail that was cut off, and stays for :func:`verify` to report.
    """
    with _locked():
        try:
            standing = read()
        except HeadForged:
            return
        if standing is None or (standing.seq < head.seq and stands(standing)):
            write(head)


def write(head: Head, purpose: str = "head") -> None:
    """Replace the file in one step, so that a reader sees the old head or the new."""
    target = folder() / f"{purpose}.json"
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = target.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(signed(head, purpose), file)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(target)


def restored(actor: Actor, reason: str) -> None:
    """After a restore from backup: set the head on file aside and go on from the tail that the database has.

    The head set aside stays as ``head-SEQ.json`` and is named in the log, with who did it and why.
    """
    with _locked():
        old = json.loads((folder() / "head.json").read_text(encoding="utf-8"))
        last = Seal.objects.order_by("-seq").first()
        record(actor, "audit.restored", kind="audit", reason=reason, before=old, after={"seq": last.seq if last else 0})
        (folder() / "head.json").rename(folder() / f"head-{old.get('seq')}-{clock.now():%Y%m%d%H%M%S}.json")
        if last:
            write(Head(last.seq, bytes(last.mac).hex(), last.sealed_at))


def stands(head: Head) -> bool:
    """Whether the database has the seal that ``head`` tells of."""
    seal = Seal.objects.filter(seq=head.seq).first()
    return seal is not None and bytes(seal.mac).hex() == head.mac


def _content(head: Head) -> dict[str, Any]:
    return {"seq": head.seq, "mac": head.mac, "sealed_at": moment(head.sealed_at)}


def _signature(head: Head, purpose: str) -> str:
    text = json.dumps(_content(head), sort_keys=True, separators=(",", ":")).encode()
    return hmac.digest(keys.audit(purpose), text, "sha256").hex()


@contextlib.contextmanager
def _locked() -> Iterator[None]:
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder() / ".lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
