"""A sentence that stands in both languages: what shipped data, such as policies and posts, is written with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """The same sentence in Chinese and English."""

    zh: str
    en: str

    def said_in(self, language: str) -> str:
        return self.zh if language.lower().startswith("zh") else self.en
