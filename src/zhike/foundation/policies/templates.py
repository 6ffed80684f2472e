"""What an industry template would change against the values in force, number by number."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from zhike.foundation.policies import versions
from zhike.foundation.policies.declare import Rule, declared, key_of, rules_of
from zhike.foundation.policies.load import Entry, PolicySet, entries, overlay


@dataclass(frozen=True)
class Line:
    """One number on which the template has a say, or had one until now.

    ``now`` is in force, ``says`` is what the template holds (the shipped value where it says nothing), ``then`` would
    be in force. A number set by hand is kept, so that ``then`` is ``now``, unless it is among those to be replaced.
    """

    key: str
    entry: Entry
    rule: Rule
    now: Any
    says: Any
    then: Any
    is_by_hand: bool
    is_replaced: bool

    @property
    def is_kept(self) -> bool:
        """Whether a value set by hand stays although the template says otherwise."""
        return self.is_by_hand and not self.is_replaced

    @property
    def changes(self) -> bool:
        return bool(self.now != self.then)


@dataclass(frozen=True)
class Selection:
    """A template, None for the shipped values, and the numbers whose own changes are to give way to it."""

    template: str | None
    replacing: tuple[str, ...] = ()

    @classmethod
    def read(cls, value: Any) -> Selection:
        """From what a proposal or a version holds: the bare name, or an object with the numbers to be replaced."""
        if isinstance(value, dict):
            return cls(value.get("template"), tuple(value.get("replacing", ())))
        return cls(value)

    def written(self) -> Any:
        """As a proposal holds it."""
        return {"template": self.template, "replacing": list(self.replacing)} if self.replacing else self.template

    def over(self, now: PolicySet) -> PolicySet:
        """The set that would be in force instead of ``now``."""
        kept = tuple((key, value) for key, value in now.changes if key not in self.replacing)
        return PolicySet(self.template, kept, now.versions)


def compare(template: str | None, *, replacing: Collection[str] = (), now: PolicySet | None = None) -> list[Line]:
    """Lines where the template differs from what is in force, in the order of declaration.

    Raises PolicyFault for an unknown template, or where it does not go together with what was set by hand.
    """
    now = now or versions.current()
    then = Selection(template, tuple(replacing)).over(now)
    return [line for line in _lines(now, then, overlay(template), replacing) if line.now != line.says]


def _lines(now: PolicySet, then: PolicySet, laid_over: Any, replacing: Collection[str]) -> Iterator[Line]:
    by_hand = dict(now.changes)
    for cls in (cls for _key, cls in sorted(declared().items())):
        shipped, before, after = entries(key_of(cls).split(".")[0]), now.get(cls), then.get(cls)
        for name, rule in rules_of(cls).items():
            key = f"{key_of(cls)}.{name}"
            says = laid_over.get(key, shipped[key].value)
            is_by_hand = key in by_hand
            yield Line(
                key, shipped[key], rule, getattr(before, name), says, getattr(after, name), is_by_hand,
                is_by_hand and key in replacing,
            )  # fmt: skip
