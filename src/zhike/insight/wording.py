"""Every code the computation gives, as a sentence in Chinese and English; used by CLI, pages and API alike.

Pure and without settings: ``sentence("complaints", {"count": 3, "months": 6}, "zh")``. Placeholders are named
after the evidence; how a value is written follows from its name (see :func:`_written`).
"""

from __future__ import annotations

import json
import string
from collections.abc import Mapping
from typing import Any

from zhike.foundation.kit import money
from zhike.insight.phrases import SENTENCES
from zhike.insight.titles import EVIDENCE_WORDS, TITLES
from zhike.retain.rules.signals import SIGNALS

UNKNOWN = {"zh": "未知", "en": "unknown"}
NOTHING = {"zh": "无", "en": "nothing"}
_SHARES = ("drop", "probability", "retention", "needed_share", "coverage", "error", "share", "mark", "rate")
_JOIN = {"zh": "、", "en": ", "}


def language_of(lang: str) -> str:
    """``zh`` for every kind of Chinese, ``en`` for all else."""
    return "zh" if lang.lower().startswith("zh") else "en"


def sentence(code: str, data: Mapping[str, Any] | None, lang: str) -> str:
    """What ``code`` says about one customer or one computation, with the numbers of ``data``.

    A number that ``data`` lacks reads "unknown"; KeyError for a code nobody gives.
    """
    language = language_of(lang)
    pattern = SENTENCES[code][language == "en"]
    given = dict(data or {})
    filled = {name: _written(name, given, language) for name in placeholders(pattern)}
    return pattern.format_map(filled)


def title(code: str, lang: str) -> str:
    """A word or two for ``code``: for a column, a badge, the main cause; KeyError for a code nobody gives."""
    return TITLES[code][language_of(lang) == "en"]


def cause_titles(lang: str) -> dict[str, str]:
    """A title for every code that can be the main cause of a warning: the signals, and low dimensions of health."""
    low = (code for code in TITLES if code.startswith("health_"))
    return {code: title(code, lang) for code in (*SIGNALS, *low)}


def row_sentences(row: Mapping[str, Any], lang: str) -> dict[str, list[str]]:
    """All that one row of the measures says for itself: tier, lifecycle, strategy, health, signals, main_cause.

    ``row`` as from ``measures.to_pylist()``; JSON texts may be parsed already. A part without anything
    to say is an empty list.
    """
    reasons = _parsed(row.get("reasons"))
    told: dict[str, list[str]] = {
        "tier": [sentence(row["tier_basis"], reasons, lang)] if row.get("tier_basis") else [],
        "lifecycle": [sentence(row["lifecycle_cause"], reasons, lang)] if row.get("lifecycle_cause") else [],
        "strategy": [sentence(reasons["strategy"], reasons, lang)] if reasons.get("strategy") else [],
        "health": [sentence(r["code"], _parsed(r["data"]), lang) for r in row.get("health_reasons") or ()],
        "signals": [sentence(s["code"], _parsed(s["evidence"]), lang) for s in row.get("signals") or ()],
    }
    cause = row.get("main_cause")
    evidence = next((_parsed(s["evidence"]) for s in row.get("signals") or () if s["code"] == cause), {})
    return told | {"main_cause": [sentence(cause, evidence, lang)] if cause else []}


def _parsed(value: Any) -> dict[str, Any]:
    if isinstance(value, str):
        parsed: dict[str, Any] = json.loads(value) if value else {}
        return parsed
    return dict(value or {})


def placeholders(pattern: str) -> set[str]:
    """Names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(pattern) if name}


def _written(name: str, data: Mapping[str, Any], language: str) -> str:
    """``…_minor`` is money, shares are per cent, lists and machine words are translated, days stay ISO."""
    if name == "change":
        return _change(data.get("value"), language)
    value = data.get(name)
    if value is None or value == "":
        return UNKNOWN[language]
    if name.endswith("_minor"):
        return money.full(round(value), str(data.get("currency") or "CNY"))
    if isinstance(value, list | tuple):
        return _JOIN[language].join(_word(item, language) for item in value) or NOTHING[language]
    if isinstance(value, str):
        return _word(value, language)
    if name in _SHARES:
        return f"{abs(value):.0%}" if abs(value) >= 0.01 or value == 0 else f"{abs(value):.2%}"
    return f"{value:,.4g}" if isinstance(value, float) and value != round(value) else f"{value:,.0f}"


def _change(value: Any, language: str) -> str:
    """A signed share of a trend: ``+12%``, ``-40%``."""
    return UNKNOWN[language] if value is None else f"{value:+.0%}"


def _word(value: Any, language: str) -> str:
    found = EVIDENCE_WORDS.get(value) or TITLES.get(value)
    return found[language == "en"] if found else str(value)
