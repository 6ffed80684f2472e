"""How the night's findings read on the timeline: moves of tier and stage, health, warnings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from zhike.customers.public import LIFECYCLES, TIERS, Said, line_words
from zhike.insight.wording import title


def _label(choices: Any, code: str) -> str:
    return next((str(c.label) for c in choices if c.code == code), _("none"))


def _cause(code: str, language: str) -> str:
    try:
        return title(code, language) if code else _("unknown")
    except KeyError:
        return code


@line_words("tier.changed", "arrows-up-down")
def _tier(words: Mapping[str, Any], _language: str) -> Said:
    moved = {"before": _label(TIERS, words["before"]), "after": _label(TIERS, words["after"])}
    return _("Tier: %(before)s → %(after)s") % moved, ""


@line_words("lifecycle.changed", "refresh")
def _lifecycle(words: Mapping[str, Any], language: str) -> Said:
    moved = {"before": _label(LIFECYCLES, words["before"]), "after": _label(LIFECYCLES, words["after"])}
    cause = words.get("cause", "")
    detail = _("Cause: %(cause)s") % {"cause": _cause(cause, language)} if cause else ""
    return _("Lifecycle: %(before)s → %(after)s") % moved, detail


@line_words("health.fell", "heart-broken")
def _health(words: Mapping[str, Any], language: str) -> Said:
    fell = {"health": words["health"], "limit": f"{words['limit']:g}"}
    detail = _("Main cause: %(cause)s") % {"cause": _cause(words.get("cause", ""), language)}
    return _("Health fell to %(health)s, below %(limit)s") % fell, detail


@line_words("health.explained", "bulb")
def _explained(words: Mapping[str, Any], language: str) -> Said:
    cause = {"cause": _cause(words.get("cause", ""), language)}
    if words.get("cause") == words.get("before"):
        return _("Cause of the fall of health confirmed"), _("Main cause: %(cause)s") % cause
    return _("Cause of the fall of health corrected"), _("Main cause: %(cause)s") % cause


@line_words("warning.published", "speakerphone")
def _published(words: Mapping[str, Any], language: str) -> Said:
    detail = _("Main cause: %(cause)s") % {"cause": _cause(words.get("cause", ""), language)}
    return _("Put on the churn warning list"), detail


@line_words("warning.dismissed", "circle-x")
def _dismissed(words: Mapping[str, Any], _language: str) -> Said:
    return _("Churn warning dismissed"), str(words.get("reason", ""))


@line_words("warning.contacted", "phone-check")
def _contacted(_words: Mapping[str, Any], _language: str) -> Said:
    return _("Warned customer contacted"), ""
