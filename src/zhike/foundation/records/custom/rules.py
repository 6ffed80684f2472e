"""What a definition of a custom field must be. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from zhike.foundation.records.custom import words
from zhike.foundation.records.declare import CUSTOM, Kind

LONGEST_KEY = 40
LONGEST_SEALED_KEY = 16  # of a value that the vault keeps: its place there has no longer name
LONGEST_TITLE = {"zh": 40, "en": 60}
LONGEST_HELP = 200
LONGEST_UNIT = 20
LONGEST_CHOICE = 60
MOST_CHOICES = 100
MOST_DIGITS = 6
INDEXED = (*words.SORTED, Kind.CHOICE, Kind.PERSON, Kind.RELATION)
_NOT_A_LETTER = re.compile(r"[^a-z0-9]+")


def slug(text: str, longest: int) -> str:
    """``Renewal cycle (months)`` as ``renewal_cycle_months``; empty where nothing of it is Latin."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _NOT_A_LETTER.sub("_", plain).strip("_")[:longest].rstrip("_")


def key_of(title: str, taken: Collection[str], *, longest: int) -> str:
    """A public name that is not taken, made of the English name: ``x_renewal_cycle``, then ``x_renewal_cycle_2``."""
    begun = CUSTOM + (slug(title, longest - len(CUSTOM)) or "field")
    key, number = begun, 1
    while key in taken:
        number += 1
        ending = f"_{number}"
        key = begun[: longest - len(ending)].rstrip("_") + ending
    return key


def choices_of(given: Sequence[Mapping[str, Any]], present: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The choices as they are kept: those that stand keep their codes, and none that was there is lost."""
    known = {one["code"] for one in present}
    taken = set(known)
    found: list[dict[str, Any]] = []
    for one in given:
        zh, en = (str(one.get(language, "")).strip() for language in ("zh", "en"))
        code = str(one.get("code", ""))
        if code not in known:
            if not (zh or en):
                continue
            code = _code_of(en or zh, taken)
            taken.add(code)
        found.append({"code": code, "zh": zh or en, "en": en or zh, "is_past": bool(one.get("is_past"))})
    named = {one["code"] for one in found}
    return found + [{**one, "is_past": True} for one in present if one["code"] not in named]


def _code_of(title: str, taken: Collection[str]) -> str:
    begun = slug(title, 30) or "choice"
    code, number = begun, 1
    while code in taken:
        number += 1
        code = f"{begun}_{number}"
    return code


def faults(
    kind: str, given: Mapping[str, Any], *, relations: Collection[str], may_be_sensitive: bool
) -> dict[str, str]:
    """What is wrong with a definition, by field: codes of the kit's sentences."""
    found: dict[str, str] = {}
    for language, most in LONGEST_TITLE.items():
        found |= _text_fault(f"title_{language}", given, most, is_needed=True)
        found |= _text_fault(f"help_{language}", given, LONGEST_HELP)
    found |= _text_fault("unit", given, LONGEST_UNIT)
    for name, options in (("level", words.LEVELS), ("purpose", words.PURPOSES), ("basis", words.BASES),
                          ("retention", words.RETENTIONS)):  # fmt: skip
        if given.get(name) not in options:
            found[name] = "not_an_option"
    if kind not in set(words.KINDS):
        return found | {"kind": "not_an_option"}
    if kind == Kind.RELATION and given.get("relation") not in relations:
        found["relation"] = "not_an_option"
    if not 0 <= int(given.get("digits") or 0) <= MOST_DIGITS:
        found["digits"] = "too_large"
    if kind == Kind.CHOICE:
        found |= _choice_faults(given.get("choices") or ())
    if given.get("is_sensitive") and (kind != Kind.TEXT or not may_be_sensitive):
        found["is_sensitive"] = "not_sensitive"
    if given.get("is_sensitive") and given.get("basis") == "none":
        found["basis"] = "basis_needed"
    return found


def _text_fault(name: str, given: Mapping[str, Any], most: int, *, is_needed: bool = False) -> dict[str, str]:
    text = str(given.get(name) or "").strip()
    if len(text) > most:
        return {name: "too_long"}
    return {name: "required"} if is_needed and not text else {}


def _choice_faults(choices: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    if not any(not one["is_past"] for one in choices):
        return {"choices": "choices_needed"}
    if len(choices) > MOST_CHOICES:
        return {"choices": "too_many_choices"}
    if any(len(str(one[language])) > LONGEST_CHOICE for one in choices for language in ("zh", "en")):
        return {"choices": "too_long"}
    return {}
