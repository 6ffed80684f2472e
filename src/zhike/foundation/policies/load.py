"""Read the shipped values: ``policies/<room>.toml``, and a template laid over them."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, TypeVar, cast

from zhike.foundation.kit.text import Text
from zhike.foundation.policies.declare import key_of, rules_of

P = TypeVar("P")
TEMPLATES = ("b2b", "saas", "telecom", "retail")


class PolicyFault(ValueError):
    """A policy file or a proposed value contradicts its declaration; ``code`` and ``key`` say how."""

    def __init__(self, code: str, key: str, value: object = None) -> None:
        super().__init__(f"{key}: {code} ({value!r})")
        self.code, self.key, self.value = code, key, value


@dataclass(frozen=True)
class Entry:
    """One policy value as shipped: value, words and where it comes from."""

    key: str  # room.policy.field
    value: Any
    unit: str
    title: Text
    meaning: Text
    reason: Text
    source: str


@functools.cache
def _toml(path: str) -> Mapping[str, Any]:
    base = resources.files("zhike.policies").joinpath(path)
    return tomllib.loads(base.read_text(encoding="utf-8")) if base.is_file() else {}


@functools.cache
def entries(room: str) -> Mapping[str, Entry]:
    """All entries of a room's TOML by ``room.policy.field``."""
    found = {}
    for policy_name, fields in _toml(f"{room}.toml").items():
        for field_name, raw in fields.items():
            key = f"{room}.{policy_name}.{field_name}"
            found[key] = Entry(
                key=key,
                value=raw["value"],
                unit=raw["unit"],
                title=Text(**raw["title"]),
                meaning=Text(**raw["meaning"]),
                reason=Text(**raw["reason"]),
                source=raw["source"],
            )
    return found


def overlay(template: str | None) -> Mapping[str, Any]:
    """Values of an industry template by ``room.policy.field``; empty for None."""
    if template is None:
        return {}
    if template not in TEMPLATES:
        raise PolicyFault("unknown_template", template)
    return {
        f"{room}.{policy_name}.{name}": value
        for room, policies in _toml(f"templates/{template}.toml").items()
        for policy_name, values in policies.items()
        for name, value in values.items()
    }


@dataclass(frozen=True)
class PolicySet:
    """Policies in force at one moment: shipped values, template, then the changes made on the page.

    ``changes`` maps ``room.policy.field`` to a value, ``versions`` to the number of the change that set it.
    """

    template: str | None = None
    changes: tuple[tuple[str, Any], ...] = ()
    versions: tuple[tuple[str, int], ...] = ()

    def get(self, cls: type[P]) -> P:
        """The policy ``cls`` with its values in force; PolicyFault when one is missing or out of bounds."""
        return cast(P, _built(self, cast(Hashable, cls)))

    def version_of(self, cls: type) -> str:
        """What a decision stores: ``segment.tiers@12``; ``@0`` stands for the shipped values."""
        prefix = key_of(cls) + "."
        newest = max((v for k, v in self.versions if k.startswith(prefix)), default=0)
        template = f"+{self.template}" if self.template else ""
        return f"{key_of(cls)}@{newest}{template}"

    def with_values(self, values: Mapping[str, Any]) -> PolicySet:
        """The same set with some values replaced: for previews ("this would move 214 customers")."""
        merged = dict(self.changes) | dict(values)
        return PolicySet(self.template, tuple(sorted(merged.items())), self.versions)

    def without(self, key: str) -> PolicySet:
        """The same set where the value of ``key`` is what the template, or else the shipped policies say."""
        return PolicySet(self.template, tuple(pair for pair in self.changes if pair[0] != key), self.versions)


@functools.lru_cache(maxsize=512)
def _built(policies: PolicySet, cls: type) -> object:
    room, name = cls.__policy__  # type: ignore[attr-defined]
    shipped, laid_over, changed = entries(room), overlay(policies.template), dict(policies.changes)
    values = {}
    for field_name, rule in rules_of(cls).items():
        key = f"{room}.{name}.{field_name}"
        if key not in shipped:
            raise PolicyFault("no_shipped_value", key)
        value = changed.get(key, laid_over.get(key, shipped[key].value))
        if (problem := rule.problem_with(value)) is not None:
            raise PolicyFault(problem, key, value)
        values[field_name] = value
    return cls(**values)


def load_defaults(template: str | None = None) -> PolicySet:
    """The shipped policies, with an industry template if named. Needs neither Django nor a database."""
    overlay(template)
    return PolicySet(template)
