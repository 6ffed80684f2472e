"""What an industry template would change against the values in force, number by number."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from zhike.foundation.policies import versions
from zhike.foundation.policies.declare import Rule, declared, key_of, rules_of
from zhike.foundation.policies.load import TEMPLATES, Entry, PolicySet, entries, overlay


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
    """A template, None for the shipped values, and the numbers whose own changes are to give way to it.

    ``setting`` holds numbers that get a value of their own with it: those that stood before a template that is taken
    back had replaced them.
    """

    template: str | None
    replacing: tuple[str, ...] = ()
    setting: tuple[tuple[str, Any], ...] = ()

    @classmethod
    def read(cls, value: Any) -> Selection:
        """From what a proposal or a version holds: the bare name, or an object with the numbers that go with it."""
        if isinstance(value, dict):
            replacing, setting = value.get("replacing"), value.get("setting")
            return cls(
                value.get("template"),
                tuple(str(key) for key in replacing) if isinstance(replacing, list) else (),
                tuple(sorted(setting.items())) if isinstance(setting, dict) else (),
            )
        return cls(value)

    @classmethod
    def between(cls, before: PolicySet, after: PolicySet) -> Selection:
        """What has to be chosen over ``before`` to get ``after``."""
        was, then = dict(before.changes), dict(after.changes)
        setting = {key: value for key, value in then.items() if key not in was or was[key] != value}
        return cls(after.template, tuple(sorted(set(was) - set(then))), tuple(sorted(setting.items())))

    def written(self) -> Any:
        """As a proposal holds it."""
        if not self.replacing and not self.setting:
            return self.template
        parts: Mapping[str, Any] = {"replacing": list(self.replacing), "setting": dict(self.setting)}
        return {"template": self.template} | {name: part for name, part in parts.items() if part}

    def over(self, now: PolicySet) -> PolicySet:
        """The set that would be in force instead of ``now``."""
        kept = {key: value for key, value in now.changes if key not in self.replacing}
        return PolicySet(self.template, tuple(sorted((kept | dict(self.setting)).items())), now.versions)


def compare(template: str | None, *, replacing: Collection[str] = (), now: PolicySet | None = None) -> list[Line]:
    """Lines where the template differs from what is in force, in the order of declaration.

    Raises PolicyFault for an unknown template, or where it does not go together with what was set by hand.
    """
    now = now or versions.current()
    then = Selection(template, tuple(replacing)).over(now)
    return [line for line in _lines(now, then, overlay(template), replacing) if line.now != line.says]


@dataclass(frozen=True)
class Row:
    """One number on which some template has a say: what is in force, what is shipped, and what each template holds."""

    key: str
    entry: Entry
    rule: Rule
    now: Any
    says: tuple[tuple[str, Any], ...]  # by template, in their order

    @property
    def differs(self) -> bool:
        """Whether any template holds another value than the one in force."""
        return any(value != self.now for _template, value in self.says)


def side_by_side(now: PolicySet | None = None) -> list[Row]:
    """Every number that a template touches, with all templates beside what is in force; in the order of declaration."""
    now = now or versions.current()
    overlays = {template: overlay(template) for template in TEMPLATES}
    touched = {key for laid_over in overlays.values() for key in laid_over}
    rows = []
    for cls in (cls for _key, cls in sorted(declared().items())):
        shipped, held = entries(key_of(cls).split(".")[0]), now.get(cls)
        for name, rule in rules_of(cls).items():
            key = f"{key_of(cls)}.{name}"
            if key in touched:
                says = tuple((one, laid_over.get(key, shipped[key].value)) for one, laid_over in overlays.items())
                rows.append(Row(key, shipped[key], rule, getattr(held, name), says))
    return rows


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
