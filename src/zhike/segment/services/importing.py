"""Taking the strategy table from a file: every line is judged, and either all of them become drafts or none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.policies import current
from zhike.foundation.policies.load import PolicySet
from zhike.foundation.records.problems import said
from zhike.segment.rules.table import COLUMNS, POLICY_CONTACT, Line, heading
from zhike.segment.services.judging import Given, judged
from zhike.segment.services.strategy import newest_line, strategy_write
from zhike.segment.sheets import ALL, LARGEST_FILE, MOST_ROWS, NO, YES, FileFault, Sheet, read
from zhike.segment.words import post_names


@dataclass(frozen=True)
class Problem:
    """Why a line cannot be taken in: its number in the file, the column as the file calls it, what to do."""

    line: int
    column: str
    words: str


@dataclass(frozen=True)
class Imported:
    """What became of a file: drafts written and lines that say nothing new; or problems, and nothing."""

    drafts: int
    unchanged: int
    problems: tuple[Problem, ...] = ()


@transaction.atomic
def strategies_import(*, viewer: Viewer, data: bytes, why: str) -> Imported:
    """Write a draft for each line of a file that says something new. Half a file is never taken in.

    A line with a code changes that row, one without makes a row of the enterprise's own. Cells left as they were
    exported keep their numbers as policies.
    Raises: Forbidden, Invalid (no reason).
    """
    viewer.require(Area.STRATEGY, Level.EDIT)
    try:
        sheet = read(data)
    except FileFault as fault:
        return Imported(0, 0, (Problem(1, "", _fault_words(fault)),))
    policies = current()
    problems = _heading_problems(sheet)
    wanted: list[tuple[str | None, Given]] = []
    seen: dict[str, int] = {}
    for number, cells in sheet.lines:
        code = cells.get("code", "").strip()
        found = _twice(code, number, seen)
        before = newest_line(code) if code else None
        if code and before is None:
            found["code"] = _("Nobody knows this code. Leave the cell empty to make a new row.")
        given, strange = _given(cells, before, policies, sheet.language)
        line, refused = judged(given, code, before, sheet.language, policies)
        # What stands unchanged is not judged anew: the source gives its dormant row no time.
        is_same = _says_the_same(line, before)
        found |= strange if is_same else refused | strange
        problems += [Problem(number, _column(name, sheet.language), said(words)) for name, words in found.items()]
        if not found and not is_same:
            wanted.append((code or None, given))
    if problems:
        return Imported(0, 0, tuple(problems))
    for code_or_none, given in wanted:
        strategy_write(viewer=viewer, code=code_or_none, given=given, why=why, language=sheet.language)
    return Imported(len(wanted), len(sheet.lines) - len(wanted))


def _given(
    cells: Mapping[str, str], before: Line | None, policies: PolicySet, language: str
) -> tuple[Given, dict[str, str]]:
    """A line as typed text, with placeholders put back where a cell is as it was exported; and cells not understood."""
    strange: dict[str, str] = {}
    shown = before.filled(policies) if before is not None else None
    texts = {}
    for name in COLUMNS:
        text = cells.get(name, "")
        if before is not None and shown is not None and text == shown.column(name, language):
            text = before.texts[name].said_in(language)
        texts[name] = text
    titles = {title.casefold(): code for code, title in post_names(language).items()}
    owners = [part.strip() for part in re.split(r"[,，、;；]", cells.get("owners", "")) if part.strip()]
    codes = tuple(titles.get(owner.casefold(), owner) for owner in owners)
    first = cells.get("is_first", "").strip().casefold()
    if first and first not in (*YES, *NO):
        strange["is_first"] = _("Write yes or no.")
    days = cells.get("contact_days", "").strip()
    if before is not None and before.code == POLICY_CONTACT and days:
        if days != str(before.contact_within(policies)):
            strange["contact_days"] = _("This number is a policy (first contact within). Change it under Policies.")
        days = ""
    return Given(texts, codes, cells.get("condition", ""), first in YES, days), strange


def _says_the_same(line: Line, before: Line | None) -> bool:
    if before is None:
        return False
    return replace(line, version=before.version, position=before.position) == before


def _twice(code: str, number: int, seen: dict[str, int]) -> dict[str, str]:
    first = seen.setdefault(code, number) if code else number
    if first == number:
        return {}
    return {"code": _("Line %(line)s has this code already. Keep one of the two.") % {"line": first}}


def _heading_problems(sheet: Sheet) -> list[Problem]:
    line = sheet.header_line
    strange = _("There is no such column. Rename it or take it out.")
    missing = _("This column is missing. Add it; its cells may be empty.")
    return [
        *(Problem(line, name, strange) for name in sheet.strange),
        *(Problem(line, heading(name, sheet.language), missing) for name in sheet.missing),
    ]


def _column(name: str, language: str) -> str:
    pair = ALL.get(name)
    return pair[0 if language == "zh" else 1] if pair else name


def _fault_words(fault: FileFault) -> str:
    match fault.code:
        case "too_large":
            return _("The file is larger than %(size)s MB. Split it.") % {"size": LARGEST_FILE // (1024 * 1024)}
        case "too_many_rows":
            return ngettext(
                "A file holds at most %(count)s row. Split it.",
                "A file holds at most %(count)s rows. Split it.",
                MOST_ROWS,
            ) % {"count": MOST_ROWS}
        case "no_heading":
            return _("No headings were found. Export the table and fill in that file.")
        case _:
            return _("This is neither a CSV nor an XLSX file. Save it as one of them.")
