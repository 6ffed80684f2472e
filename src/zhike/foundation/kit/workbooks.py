"""XLSX files that a spreadsheet program opens without doing anything: no text in them becomes a formula or a link."""

from __future__ import annotations

from os import PathLike
from typing import IO, Any

_HARMLESS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def new(target: str | PathLike[str] | IO[bytes], **options: Any) -> Any:
    """An ``xlsxwriter.Workbook`` into a file or an open stream; ``options`` are those of the library.

    The library is loaded with the first workbook: it takes 20 MB, which a process that shows pages should not pay.
    """
    from xlsxwriter import Workbook

    return Workbook(target, _HARMLESS | options)
