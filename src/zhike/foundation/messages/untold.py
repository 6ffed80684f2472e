"""What a member of staff was told and has not seen: titles, links and deadlines, for what leaves the application."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from zhike.foundation import obligations
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import viewer_of
from zhike.foundation.messages.notices import notices_of
from zhike.foundation.messages.words import said


@dataclass(frozen=True)
class Line:
    """One notice as far as it may leave the house; ``link`` is a path, empty where there is none."""

    at: dt.datetime
    title: str
    link: str = ""
    due_at: dt.datetime | None = None


def lines_of(person: Person, since: dt.datetime, until: dt.datetime) -> list[Line]:
    """What was told after ``since`` and up to ``until``, oldest first, in the active language."""
    viewer, within = viewer_of(person), {"at__gt": since, "at__lte": until, "seen_at": None}
    found = [
        Line(notice.at, f"{notice.get_kind_display()}: {notice.duty.title}", "", notice.duty.due_at)
        for notice in obligations.notices_of(viewer).filter(**within)
    ]
    found += [
        Line(notice.at, said(notice, person.language).title, notice.link)
        for notice in notices_of(viewer).filter(**within)
    ]
    return sorted(found, key=lambda line: (line.at, line.title))
