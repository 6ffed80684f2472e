"""Cells that leave the house: never the start of a formula."""

from __future__ import annotations

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(text: str) -> str:
    """``text`` with an apostrophe before it where a spreadsheet program would take it for a formula."""
    return "'" + text if text.startswith(_FORMULA_STARTS) else text
