"""What the owner adds to a draft: a summary, comments on rows, rows left out with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit.refusals import Invalid
from zhike.foundation.reports.declare import Report, Table
from zhike.foundation.reports.freezing import unpacked
from zhike.foundation.reports.models import Edition, Issue, IssueState
from zhike.foundation.reports.services.access import cleaned, locked, own, require_state, saved

_LONGEST_NOTE, _LONGEST_SUMMARY = 400, 10_000
Notes = Mapping[str, Mapping[str, Mapping[str, str]]]


@transaction.atomic
def report_complete(
    *, viewer: Viewer, uid: UUID, version: int, summary: str | None = None, notes: Notes | None = None
) -> Issue:
    """Write the summary, and by part and row ``comment`` and ``out`` (why the row is left out); what is empty goes.

    Rows that are not named keep what they have. Raises: NotFound, Forbidden, Stale, WrongState, Invalid.
    """
    issue = locked(viewer, uid, version)
    report = own(viewer, issue)
    require_state(issue, IssueState.DRAFT)
    edition = issue.editions.get(number=issue.edition)
    changed = _note(report, edition, notes or {})
    if summary is not None:
        if len(summary) > _LONGEST_SUMMARY:
            raise Invalid(fields={"summary": "too_long"})
        written = cleaned(summary)
        changed |= {"summary": len(written)} if edition.summary != written else {}
        edition.summary = written
    edition.written_by_id = viewer.person_id
    edition.save(update_fields=["notes", "summary", "written_by"])
    saved(viewer, issue, "report.complete", edition=edition.number, **changed)
    return issue


def _note(report: Report, edition: Edition, notes: Notes) -> dict[str, Any]:
    if not notes:
        return {}
    content = unpacked(edition.content)
    held: dict[str, Any] = {code: dict(rows) for code, rows in edition.notes.items()}
    count = 0
    for code, rows in notes.items():
        part = report.part(code)
        known = {str(row.get("key")) for row in content.parts.get(code, ())} if isinstance(part, Table) else set()
        for key, note in rows.items():
            if not isinstance(part, Table) or key not in known:
                raise Invalid(fields={"row": "unknown"})
            before = held.get(code, {}).get(key, {})
            kept = _checked(part, {**before, **note})
            count += before != kept
            held.setdefault(code, {})[key] = kept
            if not kept:
                del held[code][key]
    edition.notes = held
    return {"notes": count}


def _checked(part: Table, note: Mapping[str, str]) -> dict[str, str]:
    kept = {name: cleaned(note.get(name, "")) for name in ("comment", "out")}
    if any(len(words) > _LONGEST_NOTE for words in kept.values()):
        raise Invalid(fields={"comment": "too_long"})
    if kept["out"] and not part.excludes:
        raise Invalid(fields={"out": "not_possible"})
    return {name: words for name, words in kept.items() if words}
