"""What acquiring shows on home pages, and the reasons of a grade beside a lead."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhike.acquire.models.lead import LeadGrade, LeadState, Source
from zhike.acquire.selectors import counts_of, queue_of, taken_since
from zhike.acquire.wording import reasons_said
from zhike.foundation.access.matrix import Area
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.ui import panels

SHOWN = 6


def _queue(viewer: Viewer, _subject: Any) -> dict[str, Any]:
    """My leads, A first; how many are quiet; how many wait in the pool. The numbers open the exact lists."""
    states, grades = dict(LeadState.choices), dict(LeadGrade.choices)
    items = [
        {"lead": lead, "state": states[lead.state], "grade": grades[lead.grade]} for lead in queue_of(viewer, SHOWN)
    ]
    return {"items": items, "counts": counts_of(viewer)}


def _intake(viewer: Viewer, _subject: Any) -> dict[str, Any]:
    """Leads taken in since Monday, by source and grade."""
    monday = clock.today() - dt.timedelta(days=clock.today().weekday())
    found = taken_since(viewer, monday)
    by_source: dict[str, dict[str, int]] = {}
    for row in found:
        by_source.setdefault(row["source"], {})[row["grade"]] = row["n"]
    rows = [
        {"code": code, "label": label, "cells": [(g, by_source[code].get(g, 0)) for g in LeadGrade.values],
         "total": sum(by_source[code].values())}
        for code, label in Source.choices
        if code in by_source
    ]  # fmt: skip
    return {"rows": rows, "since": monday, "total": sum(row["total"] for row in rows), "grades": LeadGrade.choices}


def _grade(_viewer: Viewer, lead: Any) -> dict[str, Any]:
    """Why the lead has its grade, point by point."""
    return {"lead": lead, "grade": dict(LeadGrade.choices)[lead.grade], "reasons": reasons_said(lead.grade_reasons)}


for panel in (
    panels.Panel("home", "lead-queue", _("My leads"), "acquire/_queue.html", _queue, area=Area.LEADS, order=20,
                 posts=frozenset({"sales_specialist"})),
    panels.Panel("home", "lead-intake", _("Leads of this week"), "acquire/_intake.html", _intake, area=Area.LEADS,
                 order=20, posts=frozenset({"market_specialist"})),
    panels.Panel("leads.side", "grade", _("Why this grade"), "acquire/_grade.html", _grade, area=Area.LEADS, order=10),
):  # fmt: skip
    panels.add(panel)
