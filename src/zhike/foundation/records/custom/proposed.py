"""Custom fields that the industry template in force proposes (PLAT-11): taken one by one, never by themselves."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Any

from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit.refusals import NotFound
from zhike.foundation.kit.text import Text
from zhike.foundation.policies import versions
from zhike.foundation.policies.load import TEMPLATES
from zhike.foundation.records.custom import rules, services
from zhike.foundation.records.custom.models import CustomField
from zhike.foundation.records.declare import Kind

# Ordinary facts about the business with a customer: whoever sees the record sees them, for as long as it is kept.
_ENTRY = {"level": "basic", "purpose": "service", "basis": "contract", "retention": "record"}
_FIRST = TEMPLATES[0]


@dataclass(frozen=True)
class Proposal:
    """A field that a template proposes for the records of ``code``; ``key`` is its public name once it is taken."""

    code: str
    kind: Kind
    title: Text
    help: Text
    choices: tuple[dict[str, str], ...]

    @property
    def key(self) -> str:
        return rules.key_of(self.title.en, (), longest=rules.LONGEST_KEY)


@functools.cache
def _shipped() -> dict[str, tuple[Proposal, ...]]:
    """By template, in the order of the file. Raises KeyError, ValueError where the file says something unknown."""
    text = resources.files("zhike.policies").joinpath("template_fields.toml").read_text(encoding="utf-8")
    return {template: tuple(map(_read, rows)) for template, rows in tomllib.loads(text).items()}


def _read(row: dict[str, Any]) -> Proposal:
    choices = tuple(row.get("choices", ()))
    return Proposal(row["code"], Kind(row["kind"]), Text(**row["title"]), Text(**row["help"]), choices)


def proposals(code: str) -> list[Proposal]:
    """What the template in force proposes for these records and nobody has taken yet; retired ones count as taken."""
    shipped = _shipped().get(versions.current().template or _FIRST, ())
    standing = set(CustomField.objects.filter(code=code).values_list("key", flat=True))
    return [one for one in shipped if one.code == code and one.key not in standing]


def field_take(*, viewer: Viewer, code: str, key: str) -> CustomField:
    """Add a proposed field as it is proposed. Raises: Forbidden, NotFound (taken meanwhile), Invalid, TooManyFields."""
    found = next((one for one in proposals(code) if one.key == key), None)
    if found is None:
        raise NotFound(field=key)
    return services.field_add(
        viewer=viewer, code=code, kind=str(found.kind), title_zh=found.title.zh, title_en=found.title.en,
        help_zh=found.help.zh, help_en=found.help.en, choices=list(found.choices), **_ENTRY,
    )  # fmt: skip
