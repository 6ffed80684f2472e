"""Why files cannot be used. A code and its data; the sentences stand in ``texts.toml``."""

from __future__ import annotations

from typing import Any


class Fault(Exception):
    """Base: ``code`` names the sentence, ``data`` fills it."""

    def __init__(self, code: str, /, **data: Any) -> None:
        super().__init__(code, data)
        self.code, self.data = code, data


class UnusableInput(Fault):
    """The file itself cannot be used (exit code 3)."""


class WrongUse(Fault):
    """The command was asked for something that does not exist (exit code 2)."""
