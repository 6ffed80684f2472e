"""How one value is written: as HTML for pages, as text for files, as data for JSON."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from html import escape
from typing import Any, NamedTuple

from django.utils.translation import get_language, gettext, ngettext

from zhike.foundation.kit import clock, money
from zhike.foundation.records import names
from zhike.foundation.records.declare import Choice, Field, Kind
from zhike.foundation.records.registry import find
from zhike.foundation.records.tags import known as tags

NOTHING = '<span class="z-none">–</span>'
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


class Written(NamedTuple):
    """Three ways to write a value that has been read."""

    html: Callable[[Any], str]
    text: Callable[[Any], str]
    data: Callable[[Any], Any]


def of(field: Field) -> Written:
    """The way values of ``field`` are written in the active language."""
    return _WRITERS.get(field.kind, _text)(field)


def as_is(value: Any) -> Any:
    """The data of a value that JSON knows; plans leave the call out."""
    return value


def sealed() -> Written:
    """A sensitive value: that there is a place for it is shown, its content is not."""
    words = gettext("closed")
    shown = f'<span class="z-closed">{icon("lock")} {escape(words)}</span>'
    return Written(lambda _: shown, lambda _: words, lambda _: None)


def icon(name: str) -> str:
    """An icon of the sprite; decoration only, so hidden from screen readers."""
    return f'<svg class="icon" aria-hidden="true"><use href="{sprite()}#tabler-{name}"></use></svg>'


def sprite() -> str:
    """Where the icon sprite is served."""
    global _sprite
    if not _sprite:
        from django.templatetags.static import static

        _sprite = static("vendor/icons.svg")
    return _sprite


_sprite = ""


def _text(field: Field) -> Written:
    def html(value: Any) -> str:
        return escape(str(value)) if value not in (None, "") else NOTHING

    return Written(html, lambda v: "" if v is None else str(v), as_is)


def _number(field: Field) -> Written:
    pattern = f"{{:,.{field.digits}f}}"
    unit = f" {field.unit}" if field.unit else ""

    def text(value: Any) -> str:
        return "" if value is None else pattern.format(value) + unit

    return Written(lambda v: text(v) or NOTHING, text, as_is)


def _percent(field: Field) -> Written:
    pattern = f"{{:,.{field.digits}f}}%"

    def text(value: Any) -> str:
        return "" if value is None else pattern.format(value * 100)

    return Written(lambda v: text(v) or NOTHING, text, as_is)


def _money(field: Field) -> Written:
    language = get_language() or "zh-hans"

    def parts(value: Any) -> tuple[int | None, str]:
        if isinstance(value, tuple):
            return value[0], value[1] or field.currency
        return value, field.currency

    def html(value: Any) -> str:
        minor, currency = parts(value)
        if minor is None:
            return NOTHING
        return f'<span title="{money.full(minor, currency)}">{money.short(minor, currency, language)}</span>'

    def text(value: Any) -> str:
        minor, currency = parts(value)
        return "" if minor is None else str(money.to_major(minor, currency))

    def data(value: Any) -> Any:
        minor, currency = parts(value)
        return None if minor is None else {"minor": minor, "currency": currency}

    return Written(html, text, data)


def _date(field: Field) -> Written:
    def text(value: dt.date | None) -> str:
        return value.isoformat() if value else ""

    return Written(lambda v: text(v) or NOTHING, text, as_is)


def _datetime(field: Field) -> Written:
    def html(value: dt.datetime | None) -> str:
        if value is None:
            return NOTHING
        return f'<time datetime="{value.isoformat()}" title="{exact(value)}">{escape(ago(value))}</time>'

    return Written(html, lambda v: exact(v) if v else "", as_is)


def exact(moment: dt.datetime) -> str:
    """``2026-11-21 09:30`` in the enterprise's time zone."""
    return f"{clock.local(moment):%Y-%m-%d %H:%M}"


def ago(moment: dt.datetime, now: dt.datetime | None = None) -> str:
    """How long ago or how far ahead, in words; beyond a month the day."""
    seconds = ((now or clock.now()) - moment).total_seconds()
    past, gap = seconds >= 0, abs(seconds)
    if gap < _MINUTE:
        return gettext("just now") if past else gettext("at once")
    if gap < _HOUR:
        n = int(gap // _MINUTE)
        words = ngettext("%(n)d min ago", "%(n)d min ago", n) if past else ngettext("in %(n)d min", "in %(n)d min", n)
    elif gap < _DAY:
        n = int(gap // _HOUR)
        words = ngettext("%(n)d h ago", "%(n)d h ago", n) if past else ngettext("in %(n)d h", "in %(n)d h", n)
    elif gap < 30 * _DAY:
        n = int(gap // _DAY)
        words = ngettext("%(n)d day ago", "%(n)d days ago", n) if past else ngettext("in %(n)d day", "in %(n)d days", n)
    else:
        return f"{clock.local(moment):%Y-%m-%d}"
    return words % {"n": n}


def left(moment: dt.datetime, now: dt.datetime | None = None) -> str:
    """The time to ``moment`` in words, in hours up to three days: a clock of 48 hours must not read "1 day"."""
    seconds = (moment - (now or clock.now())).total_seconds()
    if seconds < 0 or seconds >= 3 * _DAY or seconds < _HOUR:
        return ago(moment, now)
    n = int(seconds // _HOUR)
    return ngettext("%(n)d h left", "%(n)d h left", n) % {"n": n}


def _choice(field: Field) -> Written:
    labels = {c.code: str(c.label) for c in field.options}
    safe = {code: escape(label) for code, label in labels.items()}

    def html(value: Any) -> str:
        return (safe.get(value) or escape(str(value))) if value else NOTHING

    return Written(html, lambda v: labels.get(v, str(v)) if v else "", lambda v: v or None)


def _badge(field: Field) -> Written:
    labels = {c.code: str(c.label) for c in field.options}
    drawn = {c.code: badge(c) for c in field.options}

    def html(value: Any) -> str:
        if not value:
            return NOTHING
        return drawn.get(value) or f'<span class="z-badge">{escape(str(value))}</span>'

    return Written(html, lambda v: labels.get(v, str(v)) if v else "", lambda v: v or None)


def badge(choice: Choice) -> str:
    """A choice with shape (icon), colour (tone) and word."""
    mark = icon(choice.icon) if choice.icon else ""
    return f'<span class="z-badge z-{choice.tone}">{mark}{escape(str(choice.label))}</span>'


def _tags(field: Field) -> Written:
    labels = {c.code: str(c.label) for c in field.options}
    drawn = {c.code: badge(c) for c in field.options}

    def html(value: Any) -> str:
        codes = tags.read(value)
        return f'<span class="z-tags">{" ".join(drawn[c] for c in codes if c in drawn)}</span>' if codes else NOTHING

    return Written(html, lambda v: gettext(", ").join(labels[c] for c in tags.read(v) if c in labels), tags.read)


def _bool(field: Field) -> Written:
    yes, no = gettext("Yes"), gettext("No")

    def text(value: Any) -> str:
        return "" if value is None else yes if value else no

    return Written(lambda v: text(v) or NOTHING, text, as_is)


def _person(field: Field) -> Written:
    return _named(names.people)


def _department(field: Field) -> Written:
    return _named(names.departments)


def _named(book: Any) -> Written:
    def text(value: Any) -> str:
        found = book.get(value)
        return found.name if found else ""

    def data(value: Any) -> Any:
        found = book.get(value)
        return {"uid": found.uid, "name": found.name} if found else None

    return Written(lambda v: escape(text(v)) or NOTHING, text, data)


def _relation(field: Field) -> Written:
    related = find(field.relation)

    def html(value: Any) -> str:
        uid, label = value
        if uid is None:
            return NOTHING
        if related is None:
            return escape(label)
        safe = escape(label)
        return f'<a href="{related.link(uid)}" title="{safe}">{safe}</a>'

    def data(value: Any) -> Any:
        uid, label = value
        return {"uid": uid, "name": label} if uid else None

    return Written(html, lambda v: v[1] or "", data)


_WRITERS: dict[Kind, Callable[[Field], Written]] = {
    Kind.NUMBER: _number,
    Kind.PERCENT: _percent,
    Kind.MONEY: _money,
    Kind.DATE: _date,
    Kind.DATETIME: _datetime,
    Kind.CHOICE: _choice,
    Kind.BADGE: _badge,
    Kind.TAGS: _tags,
    Kind.BOOL: _bool,
    Kind.PERSON: _person,
    Kind.DEPARTMENT: _department,
    Kind.RELATION: _relation,
}
