"""Rotation of the master key while the system runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from zhike.foundation.crypto import fingerprints, keys, persons
from zhike.foundation.crypto.models import PersonKey


@dataclass(frozen=True)
class Rotation:
    """What a rotation did: the master key now in use, how many data keys it re-wrapped, whether it went on
    with one that had been interrupted."""

    version: int
    rewrapped: int
    is_resumed: bool


def rotate(progress: Callable[[int, int], None] | None = None) -> Rotation:
    """Make a new master key and wrap every data key under it; ``progress`` hears of (done, all).

    Readers and writers go on meanwhile: each data key says which master key wraps it, and old ones stay readable.
    An interrupted rotation leaves ``KEY_DIR/rotation`` behind, and the next call finishes it instead of making yet
    another key. To be called outside a transaction, so that each piece is committed by itself.
    """
    marker = keys.folder() / "rotation"
    keys.newest()
    is_resumed = marker.exists()
    if is_resumed:
        version = int(marker.read_text(encoding="ascii"))
    else:
        version = keys.add_master()
        marker.write_text(str(version), encoding="ascii")
    fingerprints.confirm(f"master-{version}")
    total = PersonKey.objects.filter(master_version__lt=version, erased_at=None).count()
    done = 0
    for count in persons.rewrap(version):
        done += count
        if progress is not None:
            progress(done, total)
    marker.unlink(missing_ok=True)
    return Rotation(version, done, is_resumed)
