"""超时任务清单: each working morning, what is past its due time, by the system itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhike.foundation import obligations
from zhike.foundation.access.directory import people_within
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.obligations import declared
from zhike.foundation.obligations.rules import Period
from zhike.foundation.records.declare import Field, Kind
from zhike.foundation.reports.declare import Column, Content, Report, Row, Table, register

_HOUR = 3600


def _overdue(viewer: Viewer, _period: Period) -> Content:
    """Running duties past their due time, the longest overdue first."""
    now = clock.now()
    rows = [
        {
            "key": str(duty.uid), "duty": duty.code, "customer": duty.customer_id, "person": duty.person_id,
            "due_at": duty.due_at, "late_hours": round((now - duty.due_at).total_seconds() / _HOUR, 1),
            "escalated_to": duty.escalated_to_id,
        }
        for duty in obligations.duties_overdue(viewer, now)
    ]  # fmt: skip
    return Content({"duties": rows}, as_of=now)


def _title(code: str, _language: str) -> str:
    known = declared().get(code)
    return f"{code} {known.title}" if known is not None else code


def _seen(viewer: Viewer, rows: Sequence[Row]) -> Sequence[Row]:
    """Rows of people within the viewer's reach, as on the page of overdue tasks."""
    within = people_within(viewer, {row["person"] for row in rows if row["person"] is not None})
    everything = viewer.reach.everything
    return [row for row in rows if everything or row["person"] in within]


_COLUMNS: tuple[Any, ...] = (
    Column(Field("duty", _("Duty")), _title),
    Field("customer", _("Customer"), Kind.RELATION, relation="customers"),
    Field("person", _("Owner"), Kind.PERSON),
    Field("due_at", _("Due"), Kind.DATETIME),
    Field("late_hours", _("Hours overdue"), Kind.NUMBER, digits=1),
    Field("escalated_to", _("Escalated to"), Kind.PERSON),
)

register(
    Report(
        code="overdue_duties",
        title=_("Overdue duties"),
        purpose=_("What is past its due time this morning, whose it is and who was told."),
        area=None,
        query=_overdue,
        rhythm="daily",
        readers=("management", "sales_lead", "service_supervisor", "success_manager", "customer_manager"),
        icon="alarm",
        order=20,
        requirement="PLAT-08",
        parts=(
            Table(
                code="duties", title=_("Overdue duties"), columns=_COLUMNS, seen=_seen, empty=_("Nothing is overdue.")
            ),
        ),
    )
)
