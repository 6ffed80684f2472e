"""How the lines of the acquire room read on a customer's timeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from zhike.acquire.models.lead import Channel, DropReason, LeadGrade
from zhike.customers.public import Said, line_words


def _label(enum: Any, code: Any) -> str:
    return str(dict(enum.choices).get(code, code))


@line_words("lead.taken", "magnet")
def _taken(words: Mapping[str, Any], _language: str) -> Said:
    number = int(words.get("inquiries") or 1)
    values = {"channel": _label(Channel, words.get("channel")), "n": number}
    title = _("Inquiry (%(channel)s)") if number == 1 else _("Inquiry no. %(n)s (%(channel)s)")
    detail = _("%(need)s · graded %(grade)s") % {
        "need": words.get("need", ""), "grade": _label(LeadGrade, words.get("grade")),
    }  # fmt: skip
    return title % values, detail


@line_words("lead.graded", "adjustments")
def _graded(words: Mapping[str, Any], _language: str) -> Said:
    before, after = _label(LeadGrade, words.get("before")), _label(LeadGrade, words.get("after"))
    return _("Lead graded from %(before)s to %(after)s") % {"before": before, "after": after}, ""


@line_words("lead.claimed", "user-share")
def _claimed(words: Mapping[str, Any], _language: str) -> Said:
    if not words.get("after"):
        return _("Lead given back to the pool by %(before)s") % words, ""
    return _("Lead taken over by %(after)s") % words, ""


@line_words("lead.first_contact", "phone")
def _contacted(words: Mapping[str, Any], _language: str) -> Said:
    title = _("First contact: go on") if words.get("is_go") else _("First contact: do not go on")
    return title, str(words.get("reason") or "")


@line_words("lead.converted", "trophy")
def _converted(words: Mapping[str, Any], _language: str) -> Said:
    return _("Lead handed on to sales"), str(words.get("title") or "")


@line_words("lead.dropped", "circle-x")
def _dropped(words: Mapping[str, Any], _language: str) -> Said:
    return _("Lead dropped: %(reason)s") % {"reason": _label(DropReason, words.get("reason"))}, str(
        words.get("note") or ""
    )
