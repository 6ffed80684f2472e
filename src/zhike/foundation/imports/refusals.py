"""Why an import is refused, as sentences that say what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from zhike.foundation.kit.refusals import Refusal
from zhike.foundation.tables.faults import Fault


class UnusableFile(Refusal):
    """The file cannot be used; ``data['why']`` says why and what to do."""

    code = "unusable_file"
    status = 422
    sentence = "%(why)s"


class TooManyRows(Refusal):
    """A call sends more rows than one call may."""

    code = "too_many_rows"
    status = 413
    sentence = _("One call takes at most %(limit)s rows. Send the rest in further calls.")


class WrongStep(Refusal):
    """The import is not where this step makes sense."""

    code = "import_step"
    sentence = _("This import is at another step by now. Reload its page.")


class TooLate(Refusal):
    """An import can be reverted only for some days."""

    code = "import_too_late"
    sentence = _("An import can be reverted for %(days)s days after it was written. Change the records one by one.")


class Emptied(Refusal):
    """The rows were deleted after the days that a file is kept."""

    code = "import_emptied"
    sentence = _("The rows of this file were deleted after %(days)s days. Import the file again.")


FAULTS = {
    "empty_file": _("The file is empty. Check the export and choose it again."),
    "too_many_columns": _("The file has %(columns)s columns; at most %(limit)s can be read. Leave some out."),
    "not_text_encoding": _("Line %(line)s is neither UTF-8 nor GB18030. Save the file as CSV UTF-8 and try again."),
    "broken_utf8": _("Line %(line)s holds damaged bytes. Export the file again."),
    "binary_file": _("This is no table. Choose a CSV or XLSX file."),
    "line_too_long": _("Line %(line)s is too long for a table. Check the line ends of the export."),
    "file_too_large": _("The file is larger than %(limit)s MB. Split it."),
    "too_many_rows": _("The file has more than %(limit)s rows. Split it."),
    "packed_file": _("This is a packed file (%(kind)s). Unpack it and choose the table inside."),
    "workbook_too_large": _("The workbook is larger than %(limit)s MB. Save it as CSV UTF-8."),
    "workbook_broken": _("The workbook is damaged. Open it in a spreadsheet program and save it again."),
    "workbook_password": _("The workbook is protected by a password. Remove it and try again."),
    "workbook_other_kind": _("Only .xlsx, .xlsm and .xls workbooks can be read. Save it as .xlsx or CSV UTF-8."),
    "zip_not_workbook": _("This is an archive and not a workbook. Unpack it and choose the table inside."),
    "zip_bomb": _("The workbook unpacks to an abnormal size and was not opened. Save it as CSV UTF-8."),
    "sheet_too_wide": _("The sheet spans %(rows)s rows and %(columns)s columns, far beyond its data."),
    "no_rows": _("The file has headings and no rows. Check the filter of the export."),
}
ROW_FAULTS = {
    "row.cells": _("The row has %(found)s cells, %(expected)s are expected. Check delimiters and quotation marks."),
    "row.open_quote": _("A quotation mark is opened and not closed. Close or remove it."),
}


def unusable(code: str, data: Mapping[str, Any]) -> UnusableFile:
    """The refusal for a fault of the file, in the active language."""
    sentence = FAULTS.get(code)
    if sentence is None:
        return UnusableFile(why=gettext("The file cannot be read. Save it as CSV UTF-8 and try again."))
    return UnusableFile(why=gettext(sentence) % data)


def of_fault(fault: Fault) -> UnusableFile:
    """The refusal for what a reader of files found."""
    return unusable(fault.code, fault.data)
