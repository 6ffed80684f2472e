"""Template tags of the shell: icons, badges, clocks, times."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from zhike.foundation.kit import money
from zhike.foundation.records import writing

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the sprite; with ``label`` it speaks for itself, without it is decoration."""
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}#tabler-{}"></use></svg>',
            label,
            writing.sprite(),
            name,
        )
    return mark_safe(writing.icon(name))  # noqa: S308 - made of a fixed frame and our own icon names


@register.filter
def ago(moment: dt.datetime | None) -> SafeString:
    """How long ago, with the exact time on hover."""
    if moment is None:
        return mark_safe(writing.NOTHING)  # noqa: S308
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', moment.isoformat(), writing.exact(moment), writing.ago(moment)
    )


@register.filter
def remaining(moment: dt.datetime | None) -> SafeString:
    """What is left of a clock, or how far it is overdue: hours up to three days, with the exact time on hover."""
    if moment is None:
        return mark_safe(writing.NOTHING)  # noqa: S308
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', moment.isoformat(), writing.exact(moment), writing.left(moment)
    )


@register.filter
def exactly(moment: dt.datetime | None) -> str:
    """``2026-11-21 09:30`` in the enterprise's time zone."""
    return writing.exact(moment) if moment else ""


@register.simple_tag(takes_context=True)
def money_short(context: template.Context, minor: int | None, currency: str = "CNY") -> SafeString:
    """An amount in short form, exact on hover."""
    if minor is None:
        return mark_safe(writing.NOTHING)  # noqa: S308
    language = context.get("LANGUAGE_CODE") or "zh-hans"
    return format_html(
        '<span class="z-num" title="{}">{}</span>', money.full(minor, currency), money.short(minor, currency, language)
    )


@register.simple_tag
def badge(choice: Any) -> SafeString:
    """A records.Choice as shape, colour and word."""
    return mark_safe(writing.badge(choice))  # noqa: S308 - escapes its label
