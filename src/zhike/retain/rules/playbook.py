"""The playbook (诱因对策库): what to say about a cause and what to offer, from ``policies/playbook.toml``. Pure."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from zhike.foundation.kit.text import Text

OTHER = "other"


@dataclass(frozen=True)
class Cause:
    """Why a customer leaves, as the customer says it: what to say about it and which measures help."""

    code: str
    title: Text
    script: Text
    measures: tuple[str, ...]
    mention: str  # the same thing among the mentions of a follow-up, or nothing
    signals: frozenset[str]  # what the night calls the same thing


@dataclass(frozen=True)
class Measure:
    """Something that is offered to a customer who wants to leave."""

    code: str
    title: Text
    says: Text


@dataclass(frozen=True)
class Playbook:
    """Causes and measures in the order in which they are offered."""

    causes: Mapping[str, Cause]
    measures: Mapping[str, Measure]

    def cause_of(self, signal: str) -> Cause:
        """The cause behind what the night found; ``other`` where it says nothing of the kind."""
        found = (cause for cause in self.causes.values() if signal in cause.signals)
        return next(found, self.causes[OTHER])

    def measures_for(self, cause: str) -> tuple[Measure, ...]:
        """All measures, those for ``cause`` first."""
        first = self.causes[cause].measures if cause in self.causes else ()
        rest = (code for code in self.measures if code not in first)
        return tuple(self.measures[code] for code in (*first, *rest))


@functools.cache
def playbook() -> Playbook:
    """The playbook as shipped. Raises KeyError where it names a measure that it does not hold."""
    raw = tomllib.loads(resources.files("zhike.policies").joinpath("playbook.toml").read_text(encoding="utf-8"))
    measures = {
        code: Measure(code, Text(**entry["title"]), Text(**entry["says"])) for code, entry in raw["measures"].items()
    }
    causes = {code: _cause(code, entry, measures) for code, entry in raw["causes"].items()}
    return Playbook(causes, measures)


def cause_behind(signal: str) -> str:
    """The code of the playbook's cause behind what the night found; "" where the night found nothing."""
    return playbook().cause_of(signal).code if signal else ""


def _cause(code: str, entry: Mapping[str, Any], measures: Mapping[str, Measure]) -> Cause:
    return Cause(
        code=code,
        title=Text(**entry["title"]),
        script=Text(**entry["script"]),
        measures=tuple(measures[name].code for name in entry["measures"]),
        mention=entry["mention"],
        signals=frozenset(entry["signals"]),
    )
