"""How large a file may be, so that memory stays bounded whatever arrives."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Technical bounds; ``bench/try_million.py`` shows what a run within them costs."""

    file_bytes: int = 600 * MIB
    rows: int = 12_000_000
    columns: int = 2_000
    line_characters: int = 1 * MIB
    cell_characters: int = 32_767  # what a cell of a workbook can hold
    workbook_bytes: int = 100 * MIB  # packed, on disk
    workbook_unpacked_bytes: int = 600 * MIB
    workbook_ratio: int = 200  # an honest sheet packs 10 to 40 times
    workbook_ratio_from_bytes: int = 30 * MIB
    workbook_cells: int = 12_000_000
    sample_rows: int = 20_000
    chunk_rows: int = 50_000
    reported_rows: int = 100_000  # rows in one XLSX of the report


LIMITS = Limits()
