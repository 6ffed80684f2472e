"""A file arrives: read once, cut into pieces, each sealed. What does not arrive whole leaves nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from django.db import transaction

from zhike.foundation import audit, policies
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.crypto import vault
from zhike.foundation.crypto.parcels import Parcels
from zhike.foundation.imports import rights, targets
from zhike.foundation.imports.models import Import, Piece, State
from zhike.foundation.imports.policy import ImportPolicy
from zhike.foundation.imports.refusals import of_fault, unusable
from zhike.foundation.kit import uploads
from zhike.foundation.records.declare import RecordType
from zhike.foundation.tables.faults import Fault
from zhike.foundation.tables.opening import open_tables
from zhike.foundation.tables.source import Chunk, Source

_SAMPLES = 200  # distinct texts of a column by which its days and numbers are judged
_LONGEST_NAME = 120
_BLOCK = 1024 * 1024
_MIB = 1024 * 1024


def import_stage(*, viewer: Viewer, record_type: RecordType, file: IO[bytes], name: str) -> Import:
    """Take a file in: nothing of it is a record yet.

    Raises: Forbidden, UnusableFile (empty, no table, too large, a bomb).
    """
    rights.acting(viewer, record_type)
    limits = policies.current().get(ImportPolicy)
    with uploads.as_path(file) as path:
        if path.stat().st_size > limits.file_mib_max * _MIB:
            raise unusable("file_too_large", {"limit": limits.file_mib_max})
        try:
            source = _table_of(path, record_type)
            return _staged(viewer, record_type, path, source, name, limits)
        except Fault as fault:
            raise of_fault(fault) from fault


def _table_of(path: Path, record_type: RecordType) -> Source:
    """The table of the file; of several sheets the one whose headings are understood best."""
    known = targets.known_names(record_type)
    tables = open_tables(path, "", known=known)
    every = targets.every(record_type)
    return max(tables, key=lambda table: len(targets.proposed(record_type, every, table.layout.names)))


def _staged(
    viewer: Viewer, record_type: RecordType, path: Path, source: Source, name: str, limits: ImportPolicy
) -> Import:
    made = Import.objects.create(person_id=viewer.person_id, code=record_type.code, size_bytes=path.stat().st_size)
    try:
        _fill(made, path, source, name, limits)
    except BaseException:
        forget(made)
        raise
    with transaction.atomic():
        Import.objects.filter(pk=made.pk).update(state=State.STAGED)
        audit.record(
            viewer, "import.stage", kind="import", object_id=made.pk, object_uid=made.uid,
            after={"code": made.code, "rows": made.rows, "bytes": made.size_bytes, "sha256": made.sha256},
        )  # fmt: skip
    made.refresh_from_db()
    return made


def rows_stage(
    *, viewer: Viewer, record_type: RecordType, rows: Sequence[Mapping[str, Any]], size_bytes: int, sha256: str
) -> Import:
    """Take in rows that a program sent, each with values by field: a file that nobody has to map."""
    rights.acting(viewer, record_type)
    headings = list(dict.fromkeys(key for row in rows for key in row))
    made = Import.objects.create(
        person_id=viewer.person_id, code=record_type.code, size_bytes=size_bytes, sha256=sha256, rows=len(rows)
    )
    parcels, length = Parcels(made.uid), policies.current().get(ImportPolicy).piece_rows
    for place, start in enumerate(range(0, len(rows), length)):
        part = rows[start : start + length]
        content = {
            "lines": list(range(start + 1, start + 1 + len(part))),
            "rows": [[row.get(key) for key in headings] for row in part],
            "bad": [],
        }
        Piece.objects.create(made_by=made, place=place, rows=len(part), staged=parcels.pack(content, f"rows.{place}"))
    shape = {
        "name": f"{record_type.code}.json", "headings": headings, "facts": {}, "notes": [],
        "samples": [[] for _ in headings], "is_typed": True,
    }  # fmt: skip
    made.shape, made.pieces_total, made.state = parcels.pack(shape, "shape"), made.pieces.count(), State.STAGED
    made.save(update_fields=["shape", "pieces_total", "state"])
    audit.record(
        viewer, "import.stage", kind="import", object_id=made.pk, object_uid=made.uid,
        after={"code": made.code, "rows": made.rows, "bytes": size_bytes, "sha256": sha256},
    )  # fmt: skip
    return made


def _fill(made: Import, path: Path, source: Source, name: str, limits: ImportPolicy) -> None:
    parcels, rows, place = Parcels(made.uid), 0, 0
    samples: list[dict[str, None]] = [{} for _ in source.layout.names]
    for place, chunk in enumerate(source.chunks(limits.piece_rows)):
        _sampled(samples, chunk)
        rows += len(chunk.rows) + len(chunk.refused)
        if rows > limits.rows_max:
            raise unusable("too_many_rows", {"limit": limits.rows_max})
        _keep(made, parcels, place, chunk)
    if not rows:
        raise unusable("no_rows", {})
    shape = {
        "name": name[:_LONGEST_NAME], "headings": list(source.layout.names), "facts": source.facts(),
        "notes": source.notes, "samples": [list(texts) for texts in samples],
    }  # fmt: skip
    made.shape, made.sha256 = parcels.pack(shape, "shape"), _hash(path)
    made.rows, made.pieces_total = rows, made.pieces.count()
    made.save(update_fields=["shape", "sha256", "rows", "pieces_total"])


def _sampled(samples: list[dict[str, None]], chunk: Chunk) -> None:
    for held, cells in zip(samples, zip(*chunk.rows, strict=True), strict=False):
        if len(held) < _SAMPLES:
            held.update(dict.fromkeys(text[:200] for text in cells[:_SAMPLES] if text.strip()))
            while len(held) > _SAMPLES:
                held.popitem()


def _keep(made: Import, parcels: Parcels, place: int, chunk: Chunk) -> None:
    content = {
        "lines": chunk.lines,
        "rows": [list(row) for row in chunk.rows],
        "bad": [[one.line, one.code, one.data, one.text.rstrip("\r\n")[:2000]] for one in chunk.refused],
    }
    count = len(chunk.rows) + len(chunk.refused)
    if count:
        Piece.objects.create(made_by=made, place=place, rows=count, staged=parcels.pack(content, f"rows.{place}"))


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for block in _blocks(file):
            digest.update(block)
    return digest.hexdigest()


def _blocks(file: IO[Any]) -> Iterator[bytes]:
    while block := file.read(_BLOCK):
        yield block


@transaction.atomic
def forget(made: Import) -> None:
    """Leave nothing of an import that came to nothing."""
    Piece.objects.filter(made_by=made).delete()
    Import.objects.filter(pk=made.pk).delete()
    vault.erase([made.uid])
