"""Lists as files: CSV and XLSX, masked as on the screen, capped, logged, never with a formula."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import IO, Any

from django.utils.translation import gettext_noop as _

from zhike.foundation import audit
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock, workbooks
from zhike.foundation.kit.refusals import Refusal
from zhike.foundation.policies import versions
from zhike.foundation.records import selector
from zhike.foundation.records.declare import Kind, RecordType
from zhike.foundation.records.policy import ExportPolicy
from zhike.foundation.records.query import ListQuery
from zhike.foundation.records.values import Plan
from zhike.foundation.records.where import leaves

FORMATS = ("csv", "xlsx")
_CHUNK = 1_000
# The wide forms too: spreadsheet programs in East Asian languages take them for the narrow ones.
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_NUMERIC = (Kind.NUMBER, Kind.PERCENT, Kind.MONEY)


class TooMany(Refusal):
    """The export would hold more rows than the policy allows."""

    code = "export_too_large"
    status = 422
    sentence = _("An export holds at most %(limit)s rows. Narrow the list with filters first.")


def ids_for(viewer: Viewer, record_type: RecordType, asked: ListQuery, uids: Sequence[str] = ()) -> list[int]:
    """Ids of what will be exported, in the order of the list; only the selected ones if any. Raises TooMany."""
    limit = versions.current().get(ExportPolicy).rows_max
    if uids:
        return selector.ids_of(viewer, record_type, asked, uids)
    found, _is_all = selector.first_ids(viewer, record_type, asked, 0, limit + 1)
    if len(found) > limit:
        raise TooMany(limit=limit)
    return found


def log(viewer: Viewer, plan: Plan, asked: ListQuery, count: int, file_format: str) -> None:
    """Note who took what out of the system."""
    audit.record(
        viewer,
        "records.exported",
        kind=plan.record_type.code,
        object_id=None,
        object_uid=None,
        after={
            "rows": count,
            "format": file_format,
            "columns": [c.field.key for c in plan.columns],
            # The words may be somebody's name or number: kept so that they can be compared, not read.
            "question": replace(asked, words="", tree=None).encoded(),
            "conditions": [f"{leaf.field}.{leaf.operator}" for leaf in leaves(asked.tree)] if asked.tree else [],
            "words": audit.digest_of({"q": asked.words}) if asked.words else "",
        },
    )


def csv_chunks(plan: Plan, ids: Sequence[int]) -> Iterator[bytes]:
    """The file piece by piece, with a byte order mark so that spreadsheet programs read Chinese."""
    writer = csv.writer(_Echo())
    yield b"\xef\xbb\xbf" + writer.writerow([str(c.field.label) for c in plan.columns])
    numeric = [c.field.kind in _NUMERIC for c in plan.columns]
    for rows in _chunks(plan, ids):
        yield b"".join(
            writer.writerow([t if n else harmless(t) for t, n in zip(plan.texts(row), numeric, strict=True)])
            for row in rows
        )


def xlsx_file(plan: Plan, ids: Sequence[int]) -> IO[bytes]:
    """A workbook in a temporary file, ready to be read from its start; memory stays flat."""
    file = tempfile.NamedTemporaryFile(suffix=".xlsx")  # noqa: SIM115 - handed to the response, which closes it
    book = workbooks.new(file.name, constant_memory=True)
    sheet = book.add_worksheet(str(plan.record_type.plural)[:31])
    bold = book.add_format({"bold": True})
    for place, column in enumerate(plan.columns):
        sheet.write_string(0, place, str(column.field.label), bold)
        sheet.set_column(place, place, 18)
    sheet.freeze_panes(1, 0)
    line = 0
    for rows in _chunks(plan, ids):
        for row in rows:
            line += 1
            _write_line(sheet, line, plan, row)
    book.close()
    file.seek(0)
    return file


def _write_line(sheet: Any, line: int, plan: Plan, row: Sequence[Any]) -> None:
    for place, (column, text) in enumerate(zip(plan.columns, plan.texts(row), strict=True)):
        if text == "":
            continue
        if column.field.kind in (Kind.NUMBER, Kind.MONEY):
            sheet.write_number(line, place, float(text.replace(",", "").split(" ")[0]))
        else:
            sheet.write_string(line, place, harmless(text))


def file_name(record_type: RecordType, file_format: str) -> str:
    """``customers-2026-11-21.csv``."""
    return f"{record_type.code}-{clock.today().isoformat()}.{file_format}"


def harmless(text: str) -> str:
    """``text`` so that no spreadsheet program takes it for a formula."""
    return "'" + text if text.startswith(_STARTS_A_FORMULA) else text


def _chunks(plan: Plan, ids: Sequence[int]) -> Iterator[list[tuple[Any, ...]]]:
    for start in range(0, len(ids), _CHUNK):
        yield selector.rows_of(plan, ids[start : start + _CHUNK])


class _Echo:
    """A file for the csv module that hands each line back."""

    def write(self, line: str) -> bytes:
        return line.encode()
