"""The words of a template: which variables may stand in it, and how they are filled. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

# Variables of every message. Those of natural persons stay variables until the message leaves.
PLAIN = ("sender", "enterprise", "number", "date", "days", "occasion", "history", "month", "amount", "package",
         "percent", "usage")  # fmt: skip
PERSONAL = ("name", "customer")
KNOWN = (*PERSONAL, *PLAIN)
_VARIABLE = re.compile(r"\{([^{}\n]{0,40})\}")


def variables_in(text: str) -> list[str]:
    """The variables of a text in order, each once, known or not."""
    return list(dict.fromkeys(_VARIABLE.findall(text)))


def unknown_in(text: str) -> list[str]:
    """What stands in braces but is no variable: a typing mistake that a customer would read."""
    return [name for name in variables_in(text) if name not in KNOWN]


def filled(text: str, values: Mapping[str, str]) -> str:
    """``text`` with those variables filled that ``values`` knows; the others stay."""
    return _VARIABLE.sub(lambda found: values.get(found.group(1), found.group(0)), text)


def missing_in(text: str, values: Mapping[str, str]) -> list[str]:
    """Variables that would reach the customer unfilled: those without a value in ``values``."""
    return [name for name in variables_in(text) if name in KNOWN and not values.get(name)]
