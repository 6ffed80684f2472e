"""Gates: what may not happen before something else is there (contract before review, hand-over before acceptance)."""

from __future__ import annotations

from collections.abc import Callable
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


def gate(code: str, *, title: Any = "") -> Callable[[Check], Check]:
    """Let the decorated function say what is missing before the gate ``code`` opens; several may."""

    def register(check: Check) -> Check:
        known = _GATES.get(code, Gate(code, title or code, ()))
        _GATES[code] = Gate(code, known.title if known.checks else title or code, (*known.checks, check))
        return check

    return register


def gates() -> dict[str, Gate]:
    """All gates by code."""
    return dict(_GATES)


def require_open(code: str, **matter: Any) -> None:
    """Pass, or raise GateClosed naming all that is missing. A gate that nobody declared is a fault, not open."""
    missing = [what for check in _GATES[code].checks for what in check(**matter)]
    if missing:
        raise GateClosed(gate=code, missing=missing)
