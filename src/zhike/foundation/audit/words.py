"""What actions and objects of the log are called: declared by the parts beside their services, in both languages.

>>> words.declare("contact", _("Contact"), records="contacts", actions={"contact.create": _("Contact added")})

Lives in a part's ``declarations``. ``tests/architecture/test_audit_words.py`` finds every action in the code and asks
for its words; an action of an older version that nobody declares any more is shown by its code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Kind:
    """What an entry is about: its words, and the code of the records it is one of, if it is one."""

    words: Any
    records: str = ""


_KINDS: dict[str, Kind] = {}
_ACTIONS: dict[str, Any] = {}


def declare(kind: str, words: Any, *, records: str = "", actions: Mapping[str, Any] | None = None) -> None:
    """Name a kind of object and what is done to it. The same again replaces."""
    _KINDS[kind] = Kind(words, records)
    _ACTIONS.update(actions or {})


def kinds() -> Mapping[str, Kind]:
    """All kinds by their code."""
    return dict(_KINDS)


def actions() -> Mapping[str, Any]:
    """All actions by their code."""
    return dict(_ACTIONS)


def action(code: str) -> str:
    """The words of an action; the code itself where nobody declares it any more."""
    return str(_ACTIONS.get(code, code))


def kind(code: str) -> str:
    """The words of a kind; the code itself where nobody declares it any more."""
    found = _KINDS.get(code)
    return str(found.words) if found else code
