"""The words for causes of churn and for signals in the list of warnings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import get_language

from zhike.foundation.records import Choice
from zhike.insight.wording import cause_titles, sentence
from zhike.retain.public import causes_from, signals_from


@causes_from
def causes() -> Sequence[Choice]:
    """Signals and dimensions of health, titled as on every other page."""
    return tuple(Choice(code, words) for code, words in cause_titles(get_language() or "zh").items())


@signals_from
def signal(code: str, evidence: Mapping[str, Any], language: str) -> str:
    """A signal as the warning desk says it; one of an older version shows its code."""
    try:
        return sentence(code, evidence, language)
    except KeyError:
        return code
