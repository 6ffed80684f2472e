"""Cited figures of the trade (D5), to stand beside our own: references, never an input of a computation. Pure."""

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


def benchmarks(topic: str, language: str) -> tuple[Benchmark, ...]:
    """The figures about ``topic`` in Chinese or English; empty where none is cited."""
    words = "zh" if language.lower().startswith("zh") else "en"
    lines = (line for line in _lines() if line["topic"] == topic)
    return tuple(Benchmark(line["title"][words], line["figure"][words], line["source"]) for line in lines)


@functools.cache
def _lines() -> list[dict[str, Any]]:
    text = resources.files("zhike.policies").joinpath("benchmarks.toml").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = tomllib.loads(text)["lines"]
    return found
