"""The shipped numbers of segment, retain and insight: whole, explained in both languages, sensible together."""

import dataclasses

import pytest

from zhike.foundation.policies.declare import declared, rules_of
from zhike.foundation.policies.load import TEMPLATES, entries, load_defaults, overlay
from zhike.insight import policy as insight_policy
from zhike.retain import policy as retain_policy
from zhike.retain.rules.health import DIMENSIONS
from zhike.segment import policy as segment_policy

ROOMS = ("segment", "retain", "insight")
OURS = {key: cls for key, cls in declared().items() if key.split(".")[0] in ROOMS}
EVERY = [None, *TEMPLATES]
assert insight_policy
assert retain_policy
assert segment_policy


@pytest.mark.requirement("PLAT-10", proof="rule")
@pytest.mark.parametrize("room", ROOMS)
def test_what_is_declared_is_shipped_and_what_is_shipped_is_declared(room):
    fields = {f"{key}.{name}" for key, cls in OURS.items() if key.startswith(room) for name in rules_of(cls)}

    assert set(entries(room)) == fields


@pytest.mark.parametrize("room", ROOMS)
def test_every_number_is_explained_in_both_languages_with_reason_and_source(room):
    for entry in entries(room).values():
        for text in (entry.title, entry.meaning, entry.reason):
            assert any("\u4e00" <= letter <= "\u9fff" for letter in text.zh), entry.key
            assert text.en.isascii() or "×" in text.en, entry.key
            assert text.en
        assert entry.source


@pytest.mark.parametrize("key", sorted(OURS))
def test_units_of_the_file_are_those_of_the_declaration(key):
    for name, rule in rules_of(OURS[key]).items():
        assert entries(key.split(".")[0])[f"{key}.{name}"].unit == rule.unit


@pytest.mark.requirement("PLAT-11", proof="rule")
@pytest.mark.parametrize("template", EVERY)
@pytest.mark.parametrize("key", sorted(OURS))
def test_every_policy_can_be_built_under_every_template(key, template):
    assert dataclasses.is_dataclass(load_defaults(template).get(OURS[key]))


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_overrides_only_numbers_that_exist(template):
    shipped = {key for room in ROOMS for key in entries(room)}

    assert {key for key in overlay(template) if key.split(".")[0] in ROOMS} <= shipped


@pytest.mark.parametrize("template", EVERY)
def test_numbers_that_belong_together_agree(template):
    policies = load_defaults(template)
    tier, stage = policies.get(segment_policy.TierPolicy), policies.get(segment_policy.LifecyclePolicy)
    health, warning = policies.get(retain_policy.HealthPolicy), policies.get(retain_policy.WarningPolicy)
    risk = policies.get(retain_policy.RiskPolicy)

    assert tier.core_from < tier.high_from
    assert stage.dormant_months < stage.at_risk_months < stage.lost_months
    assert sum(getattr(health, f"{d}_weight") for d in DIMENSIONS) == 100
    assert risk.high_health_below < risk.medium_health_below < warning.health_limit
    assert warning.no_order < warning.warn_from
