"""The words for causes of churn in the list of warnings."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import get_language

from zhike.foundation.records import Choice
from zhike.insight.wording import cause_titles
from zhike.retain.public import causes_from


@causes_from
def causes() -> Sequence[Choice]:
    """Signals and dimensions of health, titled as on every other page."""
    return tuple(Choice(code, words) for code, words in cause_titles(get_language() or "zh").items())
