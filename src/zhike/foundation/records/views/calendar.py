"""The list as a calendar: a month or a week of days, on the phone the days that hold something, one below the other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest
from django.utils import formats
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.records import query as queries
from zhike.foundation.records import selector, spans, values, writing
from zhike.foundation.records.declare import Field, RecordType
from zhike.foundation.records.query import ListQuery
from zhike.foundation.records.spans import Span

MOST = 500  # records of one month; more say so
IN_A_MONTH = 4  # entries of a day; the rest is one click away, in its week


@dataclass(frozen=True)
class Entry:
    """One record on its day."""

    link: str
    name: SafeString | str
    facts: list[tuple[str, SafeString]]


@dataclass(frozen=True)
class Day:
    """One day with what falls on it; ``more`` are not shown here."""

    date: dt.date
    entries: Sequence[Any]
    more: int
    week: str
    is_today: bool
    is_outside: bool


def dates_of(viewer: Viewer, record_type: RecordType) -> list[Field]:
    """The dates that a calendar may go by for this viewer."""
    found = [record_type.field(key) for key in (record_type.calendar.by if record_type.calendar else ())]
    return [field for field in found if field is not None and values.allows(viewer, record_type, field)]


def context(request: HttpRequest, record_type: RecordType, asked: ListQuery) -> dict[str, Any]:
    """What the page shows, by the list's own filters and reach: two statements at most, by the index of the date."""
    viewer = request.viewer  # type: ignore[attr-defined]
    dates = dates_of(viewer, record_type)
    if not dates:
        return {"days": [], "count": 0}
    span = spans.read(request.GET.get("cal", ""), clock.today())
    by = next((f for f in dates if f.key == request.GET.get("cal_by")), dates[0])
    entries, is_all = _entries(viewer, record_type, asked, by, span)

    def url(name: str, key: str = by.key) -> str:
        return "?" + asked.encoded(**{"as": "calendar", "cal": name, "cal_by": key})

    return {
        "days": days_of(span, entries, url),
        "count": sum(map(len, entries.values())),
        "by": by.key,
        "is_all": is_all,
        "most": MOST,
        "dates": [{"label": str(f.label), "url": url(span.name, f.key), "is_now": f is by} for f in dates],
        **frame(span, url),
    }


def frame(span: Span, url: Any) -> dict[str, Any]:
    """Title and ways to turn the pages of a calendar."""
    today = clock.today()
    anchor = today if span.first <= today <= span.last else span.within
    return {
        "span": span,
        "span_title": _title(span),
        "weekdays": [formats.date_format(span.first + spans.ONE_DAY * n, "D") for n in range(7)],
        "before": url(span.before),
        "after": url(span.after),
        "today": url(spans.week_of(today) if span.is_week else spans.month_of(today)),
        "as_month": url(spans.month_of(anchor)),
        "as_week": url(spans.week_of(anchor)),
    }


def days_of(span: Span, entries: dict[dt.date, list[Any]], url: Any) -> list[Day]:
    """All days of the span with their entries."""
    today, most = clock.today(), MOST if span.is_week else IN_A_MONTH
    return [
        Day(
            day, entries.get(day, [])[:most], max(0, len(entries.get(day, [])) - most), url(spans.week_of(day)),
            day == today, span.is_outside(day),
        )
        for day in span.days
    ]  # fmt: skip


def _title(span: Span) -> str:
    if span.is_week:
        return (
            f"{formats.date_format(span.first, 'DATE_FORMAT')} – {formats.date_format(span.last, 'MONTH_DAY_FORMAT')}"
        )
    return formats.date_format(span.within, "YEAR_MONTH_FORMAT")


def _entries(
    viewer: Viewer, record_type: RecordType, asked: ListQuery, by: Field, span: Span
) -> tuple[dict[dt.date, list[Entry]], bool]:
    """Records by day, and whether these are all."""
    calendar = record_type.calendar
    keys = dict.fromkeys((record_type.name_field, by.key, *(calendar.card if calendar else ())))
    plan = values.plan(viewer, record_type, keys)
    here = queries.between(viewer, record_type, replace(asked, sort=by.key, page=1), by, span.first, span.last)
    rows = selector.found(viewer, plan, here, MOST + 1)
    at = next(c for c in plan.columns if c.field.key == by.key)
    found: dict[dt.date, list[Entry]] = {}
    for row in rows[:MOST]:
        value = at.read(row)
        day = clock.local(value).date() if isinstance(value, dt.datetime) else value
        found.setdefault(day, []).append(_entry(record_type, plan, row, by.key))
    return found, len(rows) <= MOST


def _entry(record_type: RecordType, plan: values.Plan, row: Any, by: str) -> Entry:
    drawn = plan.htmls(row)
    facts = [
        (str(column.field.label), values.safe([html]))
        for column, html in zip(plan.columns[1:], drawn[1:], strict=True)
        if html and html != writing.NOTHING and column.field.key != by
    ]
    name = plan.columns[0]
    words = escape(name.text(name.read(row)) or gettext("without a name"))
    return Entry(record_type.link(row[1]), words, facts)
