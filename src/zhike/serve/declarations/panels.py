"""What the serve room shows on pages of others and on its own records' pages."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.ui import panels
from zhike.serve import selectors


def _representative(viewer: Viewer, _subject: Any) -> dict[str, Any]:
    return {"counts": selectors.counts(viewer), "complaints_new": selectors.complaints_to_dispatch(viewer)}


def _engineer(viewer: Viewer, _subject: Any) -> dict[str, Any]:
    return {"counts": selectors.counts(viewer), "first": selectors.to_solve(viewer)}


def _talk(viewer: Viewer, ticket: Any) -> dict[str, Any]:
    return {"ticket": ticket, "said": selectors.conversation_of(viewer, ticket)}


def _told(_viewer: Viewer, complaint: Any) -> dict[str, Any] | None:
    return {"complaint": complaint} if complaint.promised_at is not None and complaint.is_open else None


for panel in (
    panels.Panel("home", "service", _("Service"), "serve/_home_representative.html", _representative, Area.TICKETS,
                 Level.EDIT, order=30, posts=frozenset({"service_representative", "counter_staff"})),
    panels.Panel("home", "support", _("Technical support"), "serve/_home_engineer.html", _engineer, Area.TICKETS,
                 Level.EDIT, order=30, posts=frozenset({"support_engineer", "technical_team"})),
    panels.Panel("home", "service_team", _("Service team"), "serve/_home_supervisor.html", _representative,
                 Area.TICKETS, Level.FULL, order=30, posts=frozenset({"service_supervisor"})),
    panels.Panel("tickets.main", "talk", _("Conversation"), "serve/_talk.html", _talk, Area.TICKETS, order=10),
    panels.Panel("complaints.main", "promise", _("Promise"), "serve/_told.html", _told, Area.COMPLAINTS, order=10),
):  # fmt: skip
    panels.add(panel)
