"""The sealer: numbers new entries and chains them.

Entries are sealed in the order of their numbers among those that are visible. An entry whose transaction commits late
has a lower number than entries sealed before it; it is sealed when it becomes visible and takes the next place in the
chain. So the chain is the order in which entries became visible, without gaps, whatever the numbers of the entries.
What is visible and not sealed stands in a queue that a trigger fills in the writing transaction.

Two sealers may run. On PostgreSQL an advisory lock makes the second one leave at once; on SQLite the write lock makes
it wait, and then it finds an empty queue. Should both fail, the number of a seal is a primary key.
"""

from __future__ import annotations

from django.db import connection, transaction

from zhike.foundation.audit import heads, rows
from zhike.foundation.audit.canonical import START, link, moment
from zhike.foundation.audit.models import Seal, Unsealed
from zhike.foundation.crypto import fingerprints, keys
from zhike.foundation.kit import bulk, clock

PIECE = 2_000
_LOCK = 0x7A68696B65  # "zhike"


def seal(limit: int = 100_000) -> int:
    """Seal what is visible and not sealed, at most ``limit`` entries; returns how many. One transaction per piece."""
    if not Unsealed.objects.exists():
        return 0  # without taking SQLite's write lock every few seconds for nothing
    done = after = 0
    while done < limit:
        # Beyond the last piece: PostgreSQL would step over the queue's deleted rows again and again.
        count, after = _piece(after, min(PIECE, limit - done))
        if count == 0:
            break
        done += count
    return done


@transaction.atomic
def _piece(after: int, limit: int) -> tuple[int, int]:
    """Seal one piece of the queue beyond entry ``after``; returns how many and the last one."""
    if not _is_alone():
        return 0, after
    waiting = rows.waiting(after, limit)
    if not waiting:
        return 0, after
    fingerprints.confirm("audit")
    last = Seal.objects.order_by("-seq").first()
    seq, mac = (last.seq, bytes(last.mac)) if last else (0, START)
    key, now = keys.audit("chain"), clock.now()
    sealed_at, seals = moment(now), []
    for number, row in enumerate(waiting, start=seq + 1):
        mac = link(key, mac, number, sealed_at, row)
        seals.append((number, row[0], now, mac))
    bulk.upsert(Seal, ("seq", "entry_id", "sealed_at", "mac"), seals)
    Unsealed.objects.filter(entry_id__in=Seal.objects.filter(seq__gt=seq).values("entry_id")).delete()
    head = heads.Head(seals[-1][0], mac.hex(), now)
    transaction.on_commit(lambda: heads.advance(head))
    return len(seals), waiting[-1][0]


def _is_alone() -> bool:
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])
