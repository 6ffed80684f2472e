"""Editing the calendar, and taking over what is published."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import F

from zhike.foundation import audit
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.calendar import days
from zhike.foundation.calendar.models import CalendarDay, CalendarYear
from zhike.foundation.calendar.seeding import SOURCE, VERIFIED_YEARS, published
from zhike.foundation.kit import clock


@transaction.atomic
def day_set(viewer: Viewer, date: dt.date, *, is_workday: bool, label: str = "", reason: str = "") -> CalendarDay:
    """Say whether ``date`` is worked. Duties that run already keep the due time they were promised.

    Raises Forbidden.
    """
    viewer.require(Area.SETTINGS, Level.EDIT)
    before = CalendarDay.objects.filter(date=date).values("is_workday", "label").first()
    day, _ = CalendarDay.objects.update_or_create(
        date=date, defaults={"is_workday": is_workday, "label": label, "confirmed": True, "edited": True}
    )
    _touch([date.year])
    after = {"date": date.isoformat(), "is_workday": is_workday, "label": label}
    _record(viewer, "calendar.day_set", before, after, reason)
    return day


@transaction.atomic
def year_confirm(viewer: Viewer, year: int, *, is_confirmed: bool = True, reason: str = "") -> CalendarYear:
    """Say that the holidays of ``year`` are settled (or not); it is not seeded any more. Raises Forbidden."""
    viewer.require(Area.SETTINGS, Level.EDIT)
    row, _ = CalendarYear.objects.get_or_create(year=year)
    before = {"year": year, "confirmed": row.confirmed}
    CalendarYear.objects.filter(year=year).update(confirmed=is_confirmed, source=reason or viewer.name)
    CalendarDay.objects.filter(date__year=year).update(confirmed=is_confirmed)
    _touch([year])
    _record(viewer, "calendar.year_confirm", before, {"year": year, "confirmed": is_confirmed}, reason)
    row.refresh_from_db()
    return row


def seed_known() -> int:
    """Take over the years whose notice was checked, and this year and the next as far as they are known."""
    year = clock.today().year
    return seed(sorted({*VERIFIED_YEARS, year, year + 1}))


@transaction.atomic
def seed(years: Iterable[int]) -> int:
    """Take over what is published for ``years``; say how many days were written.

    Settled years stay as they are, and so do days edited by people. A year that this release has checked is settled,
    unless people have decided about it.
    """
    return sum(_seed_year(year) for year in years)


def _seed_year(year: int) -> int:
    row, _ = CalendarYear.objects.get_or_create(year=year)
    if row.confirmed or row.source:
        return 0
    is_verified = year in VERIFIED_YEARS
    edited = set(CalendarDay.objects.filter(date__year=year, edited=True).values_list("date", flat=True))
    CalendarDay.objects.filter(date__year=year, edited=False).delete()
    fresh = [named for named in published(year) if named.date not in edited]
    CalendarDay.objects.bulk_create(
        CalendarDay(date=n.date, is_workday=n.is_workday, label=n.label, confirmed=is_verified) for n in fresh
    )
    CalendarYear.objects.filter(year=year).update(confirmed=is_verified, source=SOURCE if is_verified else "")
    _touch([year])
    return len(fresh)


def _touch(years: Iterable[int]) -> None:
    for year in years:
        row, is_new = CalendarYear.objects.get_or_create(year=year)
        if not is_new:
            CalendarYear.objects.filter(pk=row.pk).update(revision=F("revision") + 1, updated_at=clock.now())
    days.forget(is_undecided=True)
    transaction.on_commit(days.forget)


def _record(viewer: Viewer, action: str, before: dict | None, after: dict, reason: str) -> None:
    audit.record(
        viewer,
        action,
        kind="calendar.day",
        object_id=None,
        object_uid=None,
        before=before,
        after=after,
        reason=reason,
    )
