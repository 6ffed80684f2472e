"""Template tags of the shell: icons, badges, clocks, times."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from zhike.foundation import search
from zhike.foundation.kit import money
from zhike.foundation.records import writing
from zhike.foundation.ui import panels

register = template.Library()
_KEPT: dict[tuple[Any, ...], str] = {}
_KEPT_MAX = 4_000
# Stands in kept text where the request's own token goes.
_TOKEN = "csrf-token-goes-here"  # noqa: S105 - not a secret: a place for one


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


@register.simple_tag(takes_context=True)
def panels_at(context: template.Context, place: str, subject: Any) -> list[panels.Drawn]:
    """The panels that rooms contribute to ``place`` about ``subject``, as far as the viewer's posts allow."""
    request = context["request"]
    return panels.shown(place, request.viewer, request, subject)


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
def grouped(number: int) -> str:
    """``12,345`` in every language: the same as in tables and files."""
    return f"{number:,}"


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
def money_exact(minor: int, currency: str = "CNY") -> str:
    """An amount to the last digit: what somebody pays is not rounded for them."""
    return money.full(minor, currency)


@register.simple_tag
def tile(number: int, url: str, words: str, tone: str = "", icon: str = "") -> SafeString:
    """A counter that opens its list: the number large, the words below; ``tone`` speaks only above zero."""
    look = f" is-{tone}" if tone and number else "" if number else " is-zero"
    return format_html(
        '<a class="z-tile{}" href="{}"><strong>{}{}</strong><span>{}</span></a>',
        look,
        url,
        mark_safe(writing.icon(icon)) if icon and number else "",  # noqa: S308 - our own icon names
        grouped(number),
        words,
    )


@register.simple_tag
def search_note() -> SafeString:
    """What a person has to know before trusting what search finds; nothing when all is well."""
    words = search.note()
    return format_html('<div class="z-banner" role="status">{}</div>', words) if words else SafeString("")


@register.simple_tag
def badge(choice: Any) -> SafeString:
    """A records.Choice as shape, colour and word."""
    return mark_safe(writing.badge(choice))  # noqa: S308 - escapes its label


class _Kept(template.Node):
    """See :func:`kept`."""

    def __init__(self, body: template.NodeList, name: str, vary: list[Any]) -> None:
        self.body, self.name, self.vary = body, name, vary

    def render(self, context: template.Context) -> SafeString:
        key = (self.name, get_language(), *(one.resolve(context) for one in self.vary))
        text = _KEPT.get(key)
        if text is None:
            with context.push(csrf_token=_TOKEN):
                text = self.body.render(context)
            if len(_KEPT) > _KEPT_MAX:
                _KEPT.clear()
            _KEPT[key] = text
        if _TOKEN in text:
            text = text.replace(_TOKEN, str(context.get("csrf_token", "")))
        return mark_safe(text)  # noqa: S308 - rendered by the template engine, which escaped its values


@register.tag
def kept(parser: template.base.Parser, token: template.base.Token) -> _Kept:
    """``{% kept name value … %}…{% endkept %}``: drawn once per language and values, then kept in the process.

    Only for parts that show nothing else: no record, no request, no time. A CSRF token inside is put in anew.
    """
    _tag, name, *vary = token.split_contents()
    body = parser.parse(("endkept",))
    parser.delete_first_token()
    return _Kept(body, name, [parser.compile_filter(one) for one in vary])
