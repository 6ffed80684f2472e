"""The keys of the folder against those the database was written with, once per process and key."""

from __future__ import annotations

import functools

from django.db import connection

from zhike.foundation.crypto import keys
from zhike.foundation.crypto.errors import KeyMismatch, KeyMissing
from zhike.foundation.crypto.models import KeyFingerprint


def confirm(name: str) -> None:
    """Raise KeyMismatch unless key ``name`` is the one this database knows; a key it has not met is noted.

    The answer is kept per process, folder and database: what was right stays right.
    """
    _confirmed(name, str(keys.folder()), str(connection.settings_dict["NAME"]))


@functools.lru_cache(maxsize=256)
def _confirmed(name: str, folder: str, database: str) -> None:
    seen = keys.fingerprint(name)
    noted, _ = KeyFingerprint.objects.get_or_create(name=name, defaults={"fingerprint": seen})
    if noted.fingerprint != seen:
        raise KeyMismatch(name=f"{name}.key", folder=folder)


def forget() -> None:
    """Ask the database anew (in tests)."""
    _confirmed.cache_clear()


def problems() -> list[KeyMissing | KeyMismatch]:
    """What is wrong with the key files, for ``zhike check``: each key the database knows must stand and fit."""
    found: list[KeyMissing | KeyMismatch] = []
    for noted in KeyFingerprint.objects.order_by("name"):
        try:
            if keys.fingerprint(noted.name) != noted.fingerprint:
                found.append(KeyMismatch(name=f"{noted.name}.key", folder=str(keys.folder())))
        except (KeyMissing, KeyMismatch) as problem:
            found.append(problem)
    return found
