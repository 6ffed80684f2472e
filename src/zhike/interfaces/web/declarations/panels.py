"""What the shell shows on pages of others: the clocks that run about a customer."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from zhike.foundation import obligations, reports
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.ui import panels
from zhike.interfaces.web import duties, first_days

SHOWN = 8


def _clocks(viewer: Viewer, customer: Any) -> dict[str, Any] | None:
    """Running duties first, then what was done last; nothing where there never was one."""
    clocks = list(obligations.duties_of_customer(viewer, customer.pk)[:SHOWN])
    return {"clocks": clocks} if clocks else None


def _departments(viewer: Viewer, _subject: Any) -> dict[str, Any] | None:
    """Running and overdue duties by department of who owes them, the most overdue first; nothing where none runs."""
    rows = duties.by_department(viewer)
    return {"rows": rows} if rows else None


def _reports(viewer: Viewer, _subject: Any) -> dict[str, Any] | None:
    """Reports that I owe within a week, and those that wait for my approval; nothing where there is none."""
    owed, waiting = reports.due_this_week(viewer), reports.to_approve(viewer).count()
    return {"owed": owed, "waiting": waiting} if owed or waiting else None


panels.add(panels.Panel("home", "reports", _("Reports due this week"), "web/_reports.html", _reports, order=12))
panels.add(
    panels.Panel(
        "home", "departments", _("Duties of the departments"), "web/_departments.html", _departments, order=20,
        posts=frozenset({"management", "service_supervisor", "compliance_specialist"}),
    )
)  # fmt: skip
panels.add(
    panels.Panel("customer.side", "clocks", _("Tasks and clocks"), "records/_clocks.html", _clocks, order=2),
)
panels.add(panels.Panel("home", "first_days", _("What to do next"), "web/_first_days.html", first_days.shown, order=1))
