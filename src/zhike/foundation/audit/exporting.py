"""The log as a file for auditors: JSON lines behind the signed head."""

from __future__ import annotations

import json
from typing import IO, Any

from zhike.foundation.audit import heads
from zhike.foundation.audit.canonical import COLUMNS, json_text
from zhike.foundation.audit.models import BatchItem, Entry, Seal
from zhike.foundation.audit.reading import Reader
from zhike.foundation.audit.recording import record

_PIECE = 2_000


def export(viewer: Reader, target: IO[str], *, after: int = 0) -> int:
    """Write all sealed entries with a number above ``after`` to ``target``; returns how many.

    One JSON object a line: first ``{"head": …}`` with the signed head, then ``{"seq", "mac", "entry", "batch"}``.
    Personal values stay the ciphertexts they are, so an export is safe to keep, and an erased person stays erased.
    ``verify(against=head)`` later proves that the chain still contains this state. Raises Forbidden.
    """
    viewer.require("consent", "F")
    last = Seal.objects.order_by("-seq").first()
    head = heads.signed(heads.Head(last.seq, bytes(last.mac).hex(), last.sealed_at)) if last else None
    target.write(json_text({"head": head}) + "\n")
    written, at = 0, after
    while last:
        rows = Seal.objects.filter(seq__gt=at, seq__lte=last.seq).order_by("seq")[:_PIECE]
        seals = list(rows.values_list("seq", "entry_id", "sealed_at", "mac"))
        if not seals:
            break
        for line in _exported(seals):
            target.write(line)
        written, at = written + len(seals), seals[-1][0]
    record(viewer, "audit.export", kind="audit", after={"rows": written, "after": after})
    return written


def _exported(seals: list[tuple[Any, ...]]) -> list[str]:
    wanted = [entry_id for _, entry_id, *_ in seals]
    entries = {row["id"]: row for row in Entry.objects.filter(id__in=wanted).values(*COLUMNS)}
    batches: dict[int, list[list[Any]]] = {}
    items = BatchItem.objects.filter(entry_id__in=wanted).order_by("entry_id", "object_id")
    for entry_id, object_id, digest in items.values_list("entry_id", "object_id", "digest"):
        batches.setdefault(entry_id, []).append([object_id, digest])
    return [
        json_text(
            {
                "seq": seq,
                "sealed_at": sealed_at,
                "mac": bytes(mac).hex(),
                "entry": _parsed(entries.get(entry_id)),
                "batch": batches.get(entry_id, []),
            }
        )
        + "\n"
        for seq, entry_id, sealed_at, mac in seals
    ]


def _parsed(row: dict[str, Any] | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return row | {name: json.loads(row[name]) if row[name] else None for name in ("before", "after", "personal")}
