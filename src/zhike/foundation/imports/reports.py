"""Files about an import: rejected rows to correct and load again, and the reconciliation report."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO, Any
from uuid import UUID

from django.utils.translation import gettext

from zhike.foundation import audit
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.crypto.parcels import Parcels
from zhike.foundation.imports import targets
from zhike.foundation.imports.models import Import, PieceState
from zhike.foundation.imports.refusals import ROW_FAULTS
from zhike.foundation.imports.reverting import left_over
from zhike.foundation.kit import clock, money, workbooks
from zhike.foundation.records import registry
from zhike.foundation.records.problems import said
from zhike.foundation.tables.cells import harmless

_BOM = b"\xef\xbb\xbf"


def reason(made: Import, reasons: Sequence[Sequence[Any]]) -> str:
    """Why a row is rejected and what to do, in the active language: field by field."""
    importer = targets.importer_of(registry.get(made.code))
    parts = []
    for key, words, data in reasons:
        sentence = said(words)
        sentence = sentence % data if data and "%(" in sentence else sentence
        field = importer.field(key)
        parts.append(f"{field.label}: {sentence}" if field is not None else sentence)
    return " ".join(parts)


def problems(made: Import, reasons: Sequence[Sequence[Any]]) -> dict[str, str]:
    """Why a row is rejected, by field, in the active language; under ``row`` what is about all of it."""
    found: dict[str, str] = {}
    for key, words, data in reasons:
        sentence = said(words)
        sentence = sentence % data if data and "%(" in sentence else sentence
        name = key or "row"
        found[name] = f"{found[name]} {sentence}" if name in found else sentence
    return found


def uids_of(made: Import, numbers: Iterable[int]) -> dict[int, UUID]:
    """The records of these numbers by uid."""
    rows = registry.get(made.code).model._base_manager.filter(pk__in=list(numbers))
    return dict(rows.values_list("pk", "uid"))


def rejected(made: Import) -> Iterator[tuple[int, Sequence[str], str]]:
    """Line, cells as they stood, and reason of each rejected row; nothing once the rows were deleted."""
    parcels = Parcels(made.uid)
    judged = made.pieces.filter(state__in=[PieceState.CHECKED, PieceState.DONE]).exclude(staged=None)
    for place in list(judged.order_by("place").values_list("place", flat=True)):
        piece = made.pieces.get(place=place)
        if not piece.counts.get("rejected"):
            continue
        content = parcels.open(piece.staged or b"", f"rows.{place}")
        verdicts = parcels.open(piece.verdicts or b"", f"verdicts.{place}")
        found: list[tuple[int, Sequence[str], str]] = [
            (content["lines"][i], [_text(cell) for cell in content["rows"][i]], reason(made, why))
            for i, why in verdicts["rejected"]
        ]
        found += [(line, [text], _shape_fault(code, data)) for line, code, data, text in content["bad"]]
        yield from sorted(found, key=lambda one: one[0])


def _text(cell: Any) -> str:
    """A cell of a file as it stands; a value that a program sent as it was sent."""
    if isinstance(cell, str):
        return cell
    return "" if cell is None else json.dumps(cell, ensure_ascii=False)


def _shape_fault(code: str, data: Mapping[str, str]) -> str:
    return gettext(ROW_FAULTS[code]) % data


def reject_file(viewer: Viewer, made: Import) -> Iterator[bytes]:
    """The rejected rows with their original columns, the line and the reason: correct them and import the file."""
    _note(viewer, made, "rejects")
    shape = Parcels(made.uid).open(made.shape or b"", "shape")
    headings = [*shape["headings"], gettext("Line in the file"), gettext("Why it was rejected")]
    return _lines(made, headings)


def _lines(made: Import, headings: Sequence[str]) -> Iterator[bytes]:
    yield _BOM + _csv(headings)
    width = len(headings) - 2
    for line, cells, why in rejected(made):
        padded = [*cells[:width], *[""] * (width - len(cells))]
        yield _csv([*padded, str(line), why])


def _csv(cells: Sequence[str]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerow([harmless(cell) for cell in cells])
    return buffer.getvalue().encode("utf-8", "replace")


def facts(made: Import) -> list[tuple[str, str]]:
    """What the report states, as pairs of words."""
    record_type = registry.get(made.code)
    counts, report = made.counts, made.report
    found = [
        (gettext("Kind of records"), str(record_type.plural)),
        (gettext("File"), file_name(made)),
        (gettext("SHA-256 of the file"), made.sha256),
        (gettext("Bytes"), f"{made.size_bytes:,}"),
        (gettext("Imported by"), made.person.name),
        (gettext("Brought in"), _when(made.created_at)),
        (gettext("Dry run"), _when(made.checked_at)),
        (gettext("Written"), _when(made.finished_at)),
        (gettext("Rows read"), f"{counts.get('read', 0):,}"),
        (gettext("New records"), f"{counts.get('new', 0):,}"),
        (gettext("Changed records"), f"{counts.get('updated', 0):,}"),
        (gettext("Left as they were"), f"{counts.get('unchanged', 0):,}"),
        (gettext("Rejected rows"), f"{counts.get('rejected', 0):,}"),
        (gettext("of these already there or twice in the file"), f"{counts.get('duplicates', 0):,}"),
    ]
    if not report:
        return found
    found += _agreement(targets.importer_of(record_type), report)
    if "duties" in report:
        found.append((gettext("Duties started"), f"{report['duties']:,}"))
    if reverted := report.get("reverted"):
        found += [
            (gettext("Reverted"), _when(made.reverted_at)),
            (gettext("Records removed"), f"{reverted['removed']:,}"),
            (gettext("Records put back"), f"{reverted['restored']:,}"),
            (gettext("Records left as they are"), f"{reverted['left']:,}"),
        ]
    return found


def _agreement(importer: Any, report: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Sums and checksums of the file against those of the base."""
    for key, (in_file, in_base) in report.get("sums", {}).items():
        field = importer.field(key)
        label, currency = (str(field.label), field.currency) if field else (key, "CNY")
        pair = f"{money.full(in_file, currency)} / {money.full(in_base, currency)}"
        yield gettext("Sum of “%(field)s”, file / base") % {"field": label}, pair
    yield gettext("Checksum of the accepted rows in the file"), report["file"]
    yield gettext("Checksum of the same rows in the base"), report["base"]
    yield gettext("File and base agree"), gettext("Yes") if report["agrees"] else gettext("No")


def file_name(made: Import) -> str:
    """What the file was called; nothing once that was deleted."""
    if made.shape is None:
        return ""
    name: str = Parcels(made.uid).open(made.shape, "shape")["name"]
    return name


def _when(moment: Any) -> str:
    return f"{clock.local(moment):%Y-%m-%d %H:%M}" if moment else "–"


def report_file(viewer: Viewer, made: Import) -> IO[bytes]:
    """《数据迁移核对报告》 as a workbook in a temporary file: facts, unknown people, and what a reversal left."""
    _note(viewer, made, "report")
    file = tempfile.TemporaryFile()  # noqa: SIM115 - handed to the response, which closes it
    book = workbooks.new(file, in_memory=True)
    bold = book.add_format({"bold": True})
    sheet = book.add_worksheet(gettext("Data migration report")[:31])
    sheet.write_string(0, 0, gettext("Data migration report"), bold)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 70)
    rows = [(label, text) for label, text in facts(made)]
    rows += [(gettext("Unknown member of staff, rows"), f"{name} × {n}") for name, n in unknown_people(made).items()]
    rows += [(gettext("Left, line %(line)s") % {"line": line}, said(why)) for line, why in left_over(made)]
    for place, (label, text) in enumerate(rows, start=2):
        sheet.write_string(place, 0, label)
        sheet.write_string(place, 1, harmless(text))
    book.close()
    file.seek(0)
    return file


def unknown_people(made: Import) -> dict[str, int]:
    """Names in the file that belong to no member of staff, with the number of rows."""
    if made.shape is None:
        return {}
    parcels, found = Parcels(made.uid), dict[str, int]()
    judged = made.pieces.filter(state__in=[PieceState.CHECKED, PieceState.DONE]).exclude(verdicts=None)
    for place, sealed in judged.order_by("place").values_list("place", "verdicts"):
        for name, count in parcels.open(sealed, f"verdicts.{place}")["people"].items():
            found[name] = found.get(name, 0) + count
    return dict(sorted(found.items(), key=lambda pair: -pair[1]))


def _note(viewer: Viewer, made: Import, what: str) -> None:
    audit.record(
        viewer, "import.download", kind="import", object_id=made.pk, object_uid=made.uid,
        after={"what": what, "code": made.code},
    )  # fmt: skip
