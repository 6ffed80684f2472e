"""Identifiers that sort by the time of their birth (UUID version 7, RFC 9562)."""

from __future__ import annotations

import os
import time
import uuid


def uid() -> uuid.UUID:
    """A new UUIDv7: 48 bits of milliseconds, 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    value = (milliseconds & ((1 << 48) - 1)) << 80
    value |= 0x7 << 76
    value |= (random >> 68 & 0xFFF) << 64
    value |= 0b10 << 62
    value |= random & ((1 << 62) - 1)
    return uuid.UUID(int=value)


def uids(count: int) -> list[uuid.UUID]:
    """``count`` new identifiers in rising order, for bulk writes."""
    return sorted(uid() for _ in range(count))
