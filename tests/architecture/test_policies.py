"""Every number the business may argue about is declared, bounded, and explained in both languages."""

import dataclasses
import tomllib

import pytest

from tests.architecture.tree import SOURCE, import_policies
from zhike.foundation.policies.declare import declared, rules_of

import_policies()
FOLDER = SOURCE / "policies"
VALUES = [(key, name) for key, cls in sorted(declared().items()) for name in rules_of(cls)]


def stated(key: str, name: str) -> dict:
    """The entry of one value in the room's file, empty if there is none."""
    room, policy = key.split(".")
    path = FOLDER / f"{room}.toml"
    if not path.exists():
        return {}
    with path.open("rb") as handle:
        return tomllib.load(handle).get(policy, {}).get(name, {})


@pytest.mark.parametrize(("key", "name"), VALUES)
def test_value_is_explained_in_both_languages(key, name):
    entry = stated(key, name)

    assert entry, f"no [{name}] in {key}"
    for text in ("title", "meaning", "reason"):
        for language in ("zh", "en"):
            assert entry.get(text, {}).get(language, "").strip(), f"{text} in {language}"
    assert entry.get("source", "").strip(), "source"


@pytest.mark.parametrize(("key", "name"), VALUES)
def test_default_lies_within_its_bounds_and_has_its_unit(key, name):
    rule = rules_of(declared()[key])[name]
    entry = stated(key, name)

    assert entry["unit"] == rule.unit
    assert rule.problem_with(entry["value"]) is None


@pytest.mark.parametrize(("key", "name"), VALUES)
def test_number_has_a_bound(key, name):
    rule = rules_of(declared()[key])[name]

    if rule.kind == "number":
        assert rule.minimum is not None or rule.maximum is not None


@pytest.mark.parametrize("key", sorted(declared()))
def test_policy_is_a_frozen_documented_dataclass_without_defaults(key):
    cls = declared()[key]

    assert cls.__dataclass_params__.frozen
    assert cls.__doc__
    assert not cls.__doc__.startswith(f"{cls.__name__}(")
    assert all(field.default is dataclasses.MISSING for field in dataclasses.fields(cls))


def test_no_file_states_what_nothing_declares():
    known = set(VALUES)
    rooms = {key.split(".")[0] for key, _ in VALUES}

    orphans = []
    for room in rooms:
        with (FOLDER / f"{room}.toml").open("rb") as handle:
            for policy, names in tomllib.load(handle).items():
                orphans += [f"{room}.{policy}.{name}" for name in names if (f"{room}.{policy}", name) not in known]

    assert not orphans


@pytest.mark.parametrize("template", sorted(path.stem for path in FOLDER.glob("templates/*.toml")))
def test_template_changes_only_declared_values_within_bounds(template):
    with (FOLDER / "templates" / f"{template}.toml").open("rb") as handle:
        changes = tomllib.load(handle)

    for room, policies in changes.items():
        for policy, values in policies.items():
            rules = rules_of(declared()[f"{room}.{policy}"])
            for name, value in values.items():
                assert rules[name].problem_with(value) is None, f"{room}.{policy}.{name}"
