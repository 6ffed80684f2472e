"""Codes of the retain room in words: causes and measures of the playbook, and why somebody leads a case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from zhike.foundation.records import Choice
from zhike.retain.rules.playbook import playbook

LEADS: dict[str, Any] = {
    "high_value": _("High value: the sales lead leads, whatever the risk."),
    "mild_risk": _("Medium or low risk: the customer success team leads."),
    "other": _("High risk, not of high value: the customer manager leads."),
    "nobody_else": _("Nobody holds the post that would lead: the customer's manager leads."),
    "taken": _("The contact was overdue: the sales lead has taken over."),
}


def cause_words(code: Any, language: str) -> str:
    """A cause of the playbook in ``language``; a code that is gone shows itself."""
    found = playbook().causes.get(str(code))
    return found.title.said_in(language) if found else str(code or "–")


def measure_words(code: Any, language: str) -> str:
    """A measure of the playbook in ``language``; a code that is gone shows itself."""
    found = playbook().measures.get(str(code))
    return found.title.said_in(language) if found else str(code or "–")


def lead_words(reason: str) -> str:
    """Why somebody leads, in the active language."""
    return str(LEADS.get(reason, reason))


def causes_to_state() -> Sequence[Choice]:
    """Causes as a customer states them, in the active language."""
    language = get_language() or "zh"
    return tuple(Choice(code, cause.title.said_in(language)) for code, cause in playbook().causes.items())


def measures_to_offer() -> Sequence[Choice]:
    """Measures of the playbook, in the active language."""
    language = get_language() or "zh"
    return tuple(Choice(code, measure.title.said_in(language)) for code, measure in playbook().measures.items())
