"""How the service runs right now: open per class, clocks, speed of response, resolution (SERV-11)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Q

from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.obligations.models import Duty, DutyState
from zhike.serve.models import Ticket
from zhike.serve.models.ticket import OPEN_STATES, TicketClass
from zhike.serve.selectors import FOUR, window_start


@dataclass(frozen=True)
class ClassRow:
    """One class of tickets now, and over the window; None where nothing can be said yet."""

    code: str
    open: int
    breached: int
    at_risk: int
    received: int
    answered_hours: float | None
    solved_share: float | None
    satisfaction: float | None


@dataclass(frozen=True)
class ClockRow:
    """One clock over the window: how many ran out of time, and how many were kept."""

    code: str
    running: int
    breached: int
    at_risk: int
    kept: int
    missed: int

    @property
    def kept_share(self) -> float | None:
        over = self.kept + self.missed
        return self.kept / over if over else None


Window = tuple[dt.datetime, dt.datetime]


def _window(asked: Window | None) -> Window:
    """The window asked for, else the one of the monitor up to now."""
    return asked or (window_start(), clock.now())


def by_class(viewer: Viewer, *, window: Window | None = None) -> list[ClassRow]:
    """A row for each class, and one for what has none yet; the monitor's window if none is named. Raises: Forbidden."""
    viewer.require(Area.TICKETS, Level.FULL)
    rows = scope.visible(viewer, Ticket.objects.all())
    now = clock.now()
    running = Duty.objects.filter(subject_kind="ticket")
    late = running.filter(state=DutyState.BREACHED).values("subject_id")
    near = running.filter(state=DutyState.OPEN, remind_at__lte=now).values("subject_id")
    standing = {
        found["ticket_class"]: found
        for found in rows.filter(state__in=OPEN_STATES)
        .values("ticket_class")
        .annotate(open=Count("id"), late=Count("id", filter=Q(pk__in=late)), near=Count("id", filter=Q(pk__in=near)))
    }
    took = ExpressionWrapper(F("answered_at") - F("opened_at"), output_field=DurationField())
    since, until = _window(window)
    lately = {
        found["ticket_class"]: found
        for found in rows.filter(opened_at__gte=since, opened_at__lte=until)
        .values("ticket_class")
        .annotate(
            received=Count("id"),
            solved=Count("id", filter=~Q(state__in=OPEN_STATES)),
            took=Avg(took),
            score=Avg("satisfaction"),
        )
    }
    return [_row(code, standing.get(code, {}), lately.get(code, {})) for code in (*TicketClass.values, "")]


def _row(code: str, standing: dict[str, int], lately: dict[str, object]) -> ClassRow:
    received = int(str(lately.get("received") or 0))
    took, score = lately.get("took"), lately.get("score")
    return ClassRow(
        code=code,
        open=standing.get("open", 0),
        breached=standing.get("late", 0),
        at_risk=standing.get("near", 0),
        received=received,
        answered_hours=took / dt.timedelta(hours=1) if isinstance(took, dt.timedelta) else None,
        solved_share=int(str(lately.get("solved") or 0)) / received if received else None,
        satisfaction=float(str(score)) if score is not None else None,
    )


def clocks(
    viewer: Viewer, codes: Sequence[str] = (*FOUR, "B-05", "B-38", "B-10", "B-11"), *, window: Window | None = None
) -> list[ClockRow]:
    """How each service clock was kept over the window, the monitor's if none is named. Raises: Forbidden."""
    viewer.require(Area.TICKETS, Level.FULL)
    now = clock.now()
    since, until = _window(window)
    rows = Duty.objects.filter(code__in=codes, started_at__gte=since, started_at__lte=until)
    rows = rows.exclude(state=DutyState.CANCELLED)
    found = {
        row["code"]: row
        for row in rows.values("code").annotate(
            running=Count("id", filter=Q(state=DutyState.OPEN)),
            breached=Count("id", filter=Q(state=DutyState.BREACHED)),
            at_risk=Count("id", filter=Q(state=DutyState.OPEN, remind_at__lte=now)),
            kept=Count("id", filter=Q(state=DutyState.FULFILLED, breached_at=None)),
            missed=Count("id", filter=~Q(breached_at=None)),
        )
    }
    nothing = {"running": 0, "breached": 0, "at_risk": 0, "kept": 0, "missed": 0}
    return [ClockRow(**{"code": code, **nothing, **found.get(code, {})}) for code in codes]
