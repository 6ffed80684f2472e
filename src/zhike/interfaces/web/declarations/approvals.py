"""Where approvals show on pages of others: the counter at home, the course on the page of what is decided on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhike.foundation import approvals
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.approvals import Flow
from zhike.foundation.ui import panels
from zhike.interfaces.web.views.approvals import TONES, line_of

SHOWN, ROUNDS = 5, 3


def _home(viewer: Viewer, _subject: Any) -> dict[str, Any] | None:
    """What waits for the viewer, what has waited longest first; nothing where nothing does and nothing is new."""
    counts = approvals.counts(viewer)
    if viewer.person_id is None or not any(counts.values()):
        return None
    lines = [line_of(viewer, item, "todo") for item in approvals.box(viewer, "todo", rows=SHOWN).items]
    tone = "bad" if any(line["item"].is_late for line in lines) else "warn" if counts["todo"] else ""
    return {**counts, "items": lines, "tone": tone}


def _course(kind: str) -> Callable[[Viewer, Any], dict[str, Any] | None]:
    """The rounds about one record, the newest first."""

    def context(viewer: Viewer, row: Any) -> dict[str, Any] | None:
        found = approvals.of_subject(viewer, kind, row.pk)[:ROUNDS]
        if not found:
            return None
        rounds = [
            {
                "approval": one, "steps": approvals.steps_seen(one, viewer.language),
                "may_sign": approvals.may_sign(viewer, one), "tone": TONES[one.state][0], "icon": TONES[one.state][1],
            }
            for one in found
        ]  # fmt: skip
        return {"rounds": rounds}

    return context


@approvals.each
def _on_records(flow: Flow) -> None:
    """The course of every flow on the page of its records."""
    if flow.record:
        place, context = f"{flow.record}.side", _course(flow.subject)
        panels.add(panels.Panel(place, "approval", _("Approval"), "web/approvals/_panel.html", context, order=5))


panels.add(panels.Panel("home", "approvals", _("Approvals"), "web/approvals/_home.html", _home, order=6))
