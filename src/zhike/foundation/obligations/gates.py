"""Gates: what may not happen before something else is there (contract before review, hand-over before acceptance)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_noop as _

from zhike.foundation.kit.refusals import Refusal

# Gets what the caller says about the matter; returns codes of what is missing, nothing when the gate is open.
Check = Callable[..., list[str]]


class GateClosed(Refusal):
    """Something has to come first: ``data['missing']`` names it by codes."""

    code = "gate_closed"
    sentence = _("Something has to be done first. Complete what is missing, then try again.")


@dataclass(frozen=True)
class Gate:
    """An entry of section B that keeps something shut."""

    code: str
    title: Any
    checks: tuple[Check, ...]


_GATES: dict[str, Gate] = {}
_WORDS: dict[str, Any] = {}


def gate(code: str, *, title: Any = "", says: Mapping[str, Any] | None = None) -> Callable[[Check], Check]:
    """Let the decorated function say what is missing before the gate ``code`` opens; several may.

    ``says`` gives the words for the codes that it returns.
    """

    def register(check: Check) -> Check:
        _WORDS.update(says or {})
        known = _GATES.get(code, Gate(code, title or code, ()))
        _GATES[code] = Gate(code, known.title if known.checks else title or code, (*known.checks, check))
        return check

    return register


def gates() -> dict[str, Gate]:
    """All gates by code."""
    return dict(_GATES)


def missing(code: str, **matter: Any) -> list[str]:
    """Codes of all that is missing. A gate that nobody declared is a fault, not open."""
    return [what for check in _GATES[code].checks for what in check(**matter)]


def words_of(code: str) -> str:
    """What is missing, in the active language; the code itself when nobody says it."""
    return str(_WORDS.get(code, code))


def require_open(code: str, **matter: Any) -> None:
    """Pass, or raise GateClosed naming all that is missing. Raises KeyError for a gate that nobody declared."""
    if lacking := missing(code, **matter):
        raise GateClosed(gate=code, missing=lacking)
