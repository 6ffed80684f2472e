"""Verification: any changed, removed, reordered or cut-off row is found and named."""

from __future__ import annotations

import datetime as dt
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef

from zhike.foundation.audit import heads, rows
from zhike.foundation.audit.canonical import COLUMNS, START, batch_digest, link
from zhike.foundation.audit.models import BatchItem, Entry, Seal, Unsealed
from zhike.foundation.crypto import fingerprints, keys

PIECE = 5_000
MOST_PROBLEMS = 1_000
MOST_WAITING = 100_000
_SIZE, _DIGEST = COLUMNS.index("batch_size"), COLUMNS.index("batch_digest")


@dataclass(frozen=True)
class Problem:
    """One thing that is not as it was sealed.

    ``code``: ``changed`` (entry or seal), ``entry_removed``, ``seal_removed``, ``tail_removed``, ``batch_changed``,
    ``never_queued`` (an entry without seal that the sealer does not know), ``head_missing``, ``head_forged``,
    ``head_differs``, ``checkpoint_forged``, ``checkpoint_differs``. ``seq`` and ``entry_id`` where they are known.
    """

    code: str
    seq: int | None = None
    entry_id: int | None = None
    count: int = 1


@dataclass
class Report:
    """What a verification found. ``is_intact`` is the answer; the unsealed tail is named, not trusted."""

    started_after: int = 0  # the seal up to which an earlier verification is trusted; 0 for a full one
    checked: int = 0
    head_seq: int | None = None
    verified_until: dt.datetime | None = None
    problem_count: int = 0
    problems: list[Problem] = field(default_factory=list)  # the first thousand
    unsealed_count: int = 0
    unsealed_first: int | None = None
    unsealed_last: int | None = None
    unsealed_since: dt.datetime | None = None

    @property
    def is_intact(self) -> bool:
        return self.problem_count == 0

    def found(self, problem: Problem) -> None:
        """Note a problem; beyond a thousand they are counted and no longer listed."""
        self.problem_count += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)


def verify(
    *,
    full: bool = True,
    against: Mapping[str, Any] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Check the chain from its start, or with ``full=False`` from where the last intact verification ended.

    ``against`` is a signed head kept elsewhere, such as the one in an export: the chain must contain it. Reads only,
    in pieces, beside everything else; what is sealed after the start of the call is left for the next one.
    """
    report = Report()
    head = _head_on_file(report)
    previous = START
    if not full:
        previous = _checkpoint(report)
    last = Seal.objects.order_by("-seq").first()
    last_seq = last.seq if last else 0
    if last:
        fingerprints.confirm("audit")
    _walk(report, previous, last_seq, progress)
    _compare(report, head, last_seq, is_on_file=True)
    if against is not None:
        _compare(report, _given(report, against), last_seq, is_on_file=False)
    if full:
        _never_queued(report)
    _tail(report)
    if last and report.is_intact:
        report.verified_until = last.sealed_at
        heads.write(heads.Head(last.seq, bytes(last.mac).hex(), last.sealed_at), "verified")
    return report


def _head_on_file(report: Report) -> heads.Head | None:
    """The head is read before the chain, so that a seal made meanwhile cannot look like a tail that was cut off."""
    try:
        head = heads.read()
    except heads.HeadForged:
        report.found(Problem("head_forged"))
        return None
    if head is None and Seal.objects.exists():
        report.found(Problem("head_missing"))
    report.head_seq = head.seq if head else None
    return head


def _given(report: Report, against: Mapping[str, Any]) -> heads.Head | None:
    try:
        return heads.checked(against)
    except heads.HeadForged:
        report.found(Problem("head_forged"))
        return None


def _checkpoint(report: Report) -> bytes:
    """Where to go on, if that place is still what it was; else the start."""
    try:
        point = heads.read("verified")
    except heads.HeadForged:
        report.found(Problem("checkpoint_forged"))
        return START
    if point is None:
        return START
    seal = Seal.objects.filter(seq=point.seq).first()
    if seal is None or bytes(seal.mac).hex() != point.mac:
        report.found(Problem("checkpoint_differs", point.seq))
        return START
    report.started_after = point.seq
    return bytes(seal.mac)


def _walk(report: Report, previous: bytes | None, last_seq: int, progress: Callable[[int, int], None] | None) -> None:
    key, expected = keys.audit("chain"), report.started_after + 1
    for piece in rows.sealed(report.started_after, last_seq, PIECE):
        for seal in piece:
            if seal.seq != expected:
                report.found(Problem("seal_removed", expected, count=seal.seq - expected))
                previous = None
            if seal.row is None:
                report.found(Problem("entry_removed", seal.seq, seal.entry_id))
            # After a removed seal the link into it cannot be checked; the next one is, against the mac that stands.
            elif previous is not None and not hmac.compare_digest(
                link(key, previous, seal.seq, seal.sealed_at, seal.row), seal.mac
            ):
                report.found(Problem("changed", seal.seq, seal.entry_id))
            previous, expected = seal.mac, seal.seq + 1
        _batches(report, piece)
        report.checked += len(piece)
        if progress is not None:
            progress(report.checked, last_seq - report.started_after)


def _batches(report: Report, piece: list[rows.Sealed]) -> None:
    """Compare the objects of each batch with what its entry says; also where the entry says that there are none."""
    first, last = min(seal.entry_id for seal in piece), max(seal.entry_id for seal in piece)
    found: dict[int, tuple[int, str]] = {}
    items = BatchItem.objects.filter(entry_id__gte=first, entry_id__lte=last).order_by("entry_id")
    pairs = items.values_list("entry_id", "object_id", "digest").iterator(chunk_size=20_000)
    for entry_id, group in groupby(pairs, key=lambda item: item[0]):
        members = [(object_id, digest) for _, object_id, digest in group]
        found[entry_id] = (len(members), batch_digest(members))
    for seal in piece:
        said = None if seal.row is None else (seal.row[_SIZE], seal.row[_DIGEST])
        if said is not None and found.get(seal.entry_id, (0, "")) != said:
            report.found(Problem("batch_changed", seal.seq, seal.entry_id))


def _compare(report: Report, head: heads.Head | None, last_seq: int, *, is_on_file: bool) -> None:
    if head is None:
        return
    if head.seq > last_seq:
        report.found(Problem("tail_removed", last_seq + 1, count=head.seq - last_seq))
        return
    seal = Seal.objects.filter(seq=head.seq).first()
    if seal is None or bytes(seal.mac).hex() != head.mac:
        report.found(Problem("head_differs", head.seq))


def _never_queued(report: Report) -> None:
    """Entries that are neither sealed nor waiting: in one statement, so that it sees one state of the three tables."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.id FROM audit_entry e LEFT JOIN audit_seal s ON s.entry_id = e.id"
            " LEFT JOIN audit_unsealed u ON u.entry_id = e.id"
            " WHERE s.seq IS NULL AND u.entry_id IS NULL ORDER BY e.id LIMIT %s",
            [MOST_PROBLEMS],
        )
        for (entry_id,) in cursor.fetchall():
            report.found(Problem("never_queued", None, entry_id))


def _tail(report: Report) -> None:
    """Name what waits for the sealer. A number that waits without its entry betrays that the entry was removed."""
    waiting = list(Unsealed.objects.order_by("entry_id").values_list("entry_id", flat=True)[:MOST_WAITING])
    report.unsealed_count = len(waiting)
    if not waiting:
        return
    report.unsealed_first, report.unsealed_last = waiting[0], waiting[-1]
    report.unsealed_since = Entry.objects.filter(id__gte=waiting[0]).order_by("id").values_list("at", flat=True).first()
    is_there = Exists(Entry.objects.filter(pk=OuterRef("entry_id")))
    gone = Unsealed.objects.filter(~is_there).order_by("entry_id").values_list("entry_id", flat=True)
    for entry_id in gone[:MOST_PROBLEMS]:
        report.found(Problem("entry_removed", None, entry_id))
