"""What a backup says of itself: the plan before the data, the manifest behind them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connection

from zhike import __version__
from zhike.foundation.audit import heads
from zhike.foundation.crypto import keys
from zhike.foundation.crypto.models import KeyFingerprint
from zhike.foundation.kit import clock

FORMAT = 1


def vendor() -> Any:
    """The module that knows the kind of database in use."""
    from zhike.foundation.backup import postgres, sqlite

    return postgres if connection.vendor == "postgresql" else sqlite


def header() -> dict[str, Any]:
    """What stands in the open at the start of the file."""
    return {"format": FORMAT, "version": __version__, "made_at": clock.now().isoformat(), "key": key_name()}


def key_name() -> str:
    """Eight digits by which the backup key is recognised."""
    keys.backup()
    return keys.fingerprint("backup")[:8]


def plan() -> dict[str, Any]:
    """What a restore must know first. The head is read before the snapshot: it must not run ahead of it."""
    head = heads.read()
    return {
        "version": __version__,
        "vendor": connection.vendor,
        "migrations": vendor().migrations_applied(),
        "keys": dict(KeyFingerprint.objects.values_list("name", "fingerprint")),
        "audit_head": heads.signed(head) if head else None,
        "time_zone": settings.TIME_ZONE,
    }
