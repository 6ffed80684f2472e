"""How a room declares its numbers: a frozen dataclass whose values stand in TOML, never in code."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, dataclass_transform

_META = "zhike.policy"


@dataclass(frozen=True)
class Rule:
    """Shape of one policy value: what kind it is, in which unit, between which bounds."""

    kind: str  # number | flag | choice
    unit: str
    minimum: float | None = None
    maximum: float | None = None
    options: tuple[str, ...] = ()

    def problem_with(self, value: object) -> str | None:
        """Name what is wrong with ``value`` as a code, or None when it is acceptable."""
        if self.kind == "flag":
            return None if isinstance(value, bool) else "not_a_flag"
        if self.kind == "choice":
            return None if value in self.options else "not_an_option"
        if isinstance(value, bool) or not isinstance(value, int | float):
            return "not_a_number"
        if self.minimum is not None and value < self.minimum:
            return "too_small"
        if self.maximum is not None and value > self.maximum:
            return "too_large"
        return None


def number(*, unit: str, minimum: float | None = None, maximum: float | None = None) -> Any:
    """A number; ``unit`` says of what.

    Times: seconds, minutes, hours, days, working_days, months, years. Things: times, people, customers, rows. Besides:
    minor (money), ratio (of one), percent (of a hundred), points, score, and count for a number that says it itself.
    """
    return field(metadata={_META: Rule("number", unit, minimum, maximum)})


def flag() -> Any:
    """A yes or no."""
    return field(metadata={_META: Rule("flag", "flag")})


def choice(*options: str) -> Any:
    """One of the named ``options``."""
    return field(metadata={_META: Rule("choice", "choice", options=options)})


_REGISTRY: dict[str, type] = {}
P = TypeVar("P")


@dataclass_transform(frozen_default=True, field_specifiers=(number, flag, choice))
def policy(room: str, name: str, *, rising: tuple[tuple[str, ...], ...] = (), weights: tuple[str, ...] = ()) -> Any:
    """Make the class a frozen dataclass and register it as ``room.name``.

    ``rising`` names fields whose values must rise in that order, none below the one before: no change may mix them up.
    ``weights`` names fields that share out a whole between them: not all may be 0.
    """

    def register(cls: type[P]) -> type[P]:
        made = dataclass(frozen=True)(cls)
        made.__policy__ = (room, name)  # type: ignore[attr-defined]
        made.__rising__ = rising  # type: ignore[attr-defined]
        made.__weights__ = weights  # type: ignore[attr-defined]
        _REGISTRY[f"{room}.{name}"] = made
        return made

    return register


def key_of(cls: type) -> str:
    """``room.name`` under which ``cls`` was declared."""
    room, name = cls.__policy__  # type: ignore[attr-defined]
    return f"{room}.{name}"


def problem_among(values: object) -> str | None:
    """What is wrong with the values of a policy side by side, by its declaration: ``out_of_order``, ``all_zero``."""
    for names in values.__rising__:  # type: ignore[attr-defined]
        held = [getattr(values, name) for name in names]
        if any(low > high for low, high in itertools.pairwise(held)):
            return "out_of_order"
    weights = values.__weights__  # type: ignore[attr-defined]
    return "all_zero" if weights and not any(getattr(values, name) for name in weights) else None


def rules_of(cls: type) -> Mapping[str, Rule]:
    """Field name → :class:`Rule`, in the order of declaration."""
    return {f.name: f.metadata[_META] for f in dataclasses.fields(cls)}


def declared() -> Mapping[str, type]:
    """All policies registered so far, by ``room.name``."""
    return dict(_REGISTRY)
