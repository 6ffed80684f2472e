"""Cited figures of the trade (D5), to stand beside our own: references, never an input of a measure. Pure."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Any


@dataclass(frozen=True)
class Benchmark:
    """One cited figure in words, and where it stands."""

    title: str
    figure: str
    source: str


@dataclass(frozen=True)
class Assumption:
    """What one point of the churn rate brings: ``per_point`` of the yearly ``of``, as ``source`` has it."""

    code: str
    of: str
    per_point: float
    title: str
    source: str


def benchmarks(topic: str, language: str) -> tuple[Benchmark, ...]:
    """The figures about ``topic`` in Chinese or English; empty where none is cited."""
    words = _words(language)
    lines = (line for line in _read()["lines"] if line["topic"] == topic)
    return tuple(Benchmark(line["title"][words], line["figure"][words], line["source"]) for line in lines)


def assumptions(language: str) -> tuple[Assumption, ...]:
    """What a person may assume in the what-if, in Chinese or English, in the order of the file."""
    words = _words(language)
    return tuple(
        Assumption(line["code"], line["of"], line["per_point"], line["title"][words], line["source"])
        for line in _read()["assumptions"]
    )


def _words(language: str) -> str:
    return "zh" if language.lower().startswith("zh") else "en"


@functools.cache
def _read() -> dict[str, Any]:
    return tomllib.loads(resources.files("zhike.policies").joinpath("benchmarks.toml").read_text(encoding="utf-8"))
