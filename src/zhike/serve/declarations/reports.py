"""服务时效报表: each month, how the service clocks of the month before were kept (SERV-11)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from zhike.foundation import reports
from zhike.foundation.access.matrix import Area
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.obligations import declared
from zhike.foundation.obligations.rules import Period
from zhike.foundation.records import Choice, Field, Kind
from zhike.foundation.reports import Chart, Column, Content, Table
from zhike.foundation.reports.declare import ILLUSTRATED
from zhike.foundation.reports.svg import Bar, bars
from zhike.serve.models.ticket import TicketClass
from zhike.serve.monitor import by_class, clocks


def _timeliness(viewer: Viewer, period: Period) -> Content:
    """Tickets taken in during the period, and clocks that began in it, as they stand now."""
    window = (clock.start_of(period.start), clock.start_of(period.end))
    kept = clocks(viewer, window=window)
    return Content(
        {
            "chart": [[row.code, row.kept_share] for row in kept if row.kept + row.missed],
            "clocks": [
                {"key": row.code, "code": row.code, "running": row.running, "kept": row.kept, "missed": row.missed,
                 "share": row.kept_share}
                for row in kept
            ],
            "classes": [
                {"key": row.code or "none", "code": row.code, "received": row.received,
                 "answered_hours": row.answered_hours, "solved": row.solved_share, "satisfaction": row.satisfaction}
                for row in by_class(viewer, window=window)
            ],
        },
        gaps=("channels",),
    )  # fmt: skip


def _title(code: str, _language: str) -> str:
    known = declared().get(code)
    return f"{code} {known.title}" if known is not None else code


def _draw(data: list[list[Any]], language: str) -> str:
    return bars(
        [Bar(_title(code, language), share or 0, f"{share:.0%}") for code, share in data], name_room=260, said_room=70
    )


_CLASSES = (*(Choice(code, label) for code, label in TicketClass.choices), Choice("", _("not classified")))

reports.register(
    reports.Report(
        code="service_timeliness",
        title=_("Timeliness of service"),
        purpose=_("How quickly customers were answered and helped, and which clocks were missed."),
        area=Area.TICKETS,
        query=_timeliness,
        rhythm="monthly",
        covers="last",
        owner="service_supervisor",
        readers=("management", "operations_analyst", "service_representative"),
        formats=ILLUSTRATED,
        icon="clock-check",
        order=80,
        requirement="SERV-11",
        gaps={"channels": _("By channel: not measured, because the clocks are not told apart by channel yet.")},
        parts=(
            Chart(code="chart", title=_("Clocks kept in time"), draw=_draw),
            Table(
                code="clocks",
                title=_("By clock"),
                columns=(
                    Column(Field("code", _("Clock")), _title),
                    Field("kept", _("Done in time"), Kind.NUMBER),
                    Field("missed", _("Missed"), Kind.NUMBER),
                    Field("share", _("Kept in time"), Kind.PERCENT, digits=0),
                    Field("running", _("Running"), Kind.NUMBER),
                ),
            ),
            Table(
                code="classes",
                title=_("By class"),
                columns=(
                    Field("code", _("Class"), Kind.CHOICE, choices=_CLASSES),
                    Field("received", _("Taken in"), Kind.NUMBER),
                    Field("answered_hours", _("First response, hours"), Kind.NUMBER, digits=1),
                    Field("solved", _("Resolution rate"), Kind.PERCENT, digits=0),
                    Field("satisfaction", _("Satisfaction"), Kind.NUMBER, digits=1),
                ),
            ),
        ),
    )
)
