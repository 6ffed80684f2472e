"""Sentences in Chinese and English side by side, for the parts that run without Django."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any

from zhike.foundation.tables.faults import Fault

LANGUAGES = ("zh", "en")
BOOKS = ("zhike.insight.intake", "zhike.insight.documents")


@functools.cache
def book(package: str) -> Mapping[str, Mapping[str, str]]:
    """The ``texts.toml`` of ``package``: code → language → sentence."""
    text = resources.files(package).joinpath("texts.toml").read_text(encoding="utf-8")
    found: dict[str, Mapping[str, str]] = {}
    for section, entries in tomllib.loads(text).items():
        for name, pair in entries.items():
            found[f"{section}.{name}"] = pair
    return found


def said(code: str, language: str, /, **data: Any) -> str:
    """The sentence ``section.name`` in ``language`` with its placeholders filled; KeyError when there is none."""
    for package in BOOKS:
        if code in book(package):
            return book(package)[code][language].format(**data)
    raise KeyError(code)


def fault_said(fault: Fault, language: str) -> str:
    """What is wrong and what to do, as one text."""
    data = {name: value(language) if callable(value) else value for name, value in fault.data.items()}
    return said(f"fault.{fault.code}", language, **data)
