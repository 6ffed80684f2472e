"""Every policy has its words on the page, so that nobody reads a code of the program."""

from __future__ import annotations

import pytest
from django.utils import translation

from zhike.foundation.policies.declare import declared, rules_of
from zhike.foundation.records.testing import signed_in, staff, text_of
from zhike.interfaces.web.views.policies import CHOICE_WORDS, POLICY_WORDS, ROOM_WORDS, unit_words


def test_every_room_and_every_policy_is_named_in_words() -> None:
    ours = {key for key, made in declared().items() if ".tests." not in made.__module__}

    assert {key.partition(".")[0] for key in ours} - set(ROOM_WORDS) == set()
    assert ours - set(POLICY_WORDS) == set()


_SAY_THEMSELVES = {"minor", "ratio", "count", "flag", "choice"}


def test_every_unit_and_every_choice_is_said_in_words() -> None:
    rules = [rule for cls in declared().values() if ".tests." not in cls.__module__ for rule in rules_of(cls).values()]

    assert {rule.unit for rule in rules if not unit_words(rule)} <= _SAY_THEMSELVES
    assert {option for rule in rules for option in rule.options} - set(CHOICE_WORDS) == set()


@pytest.mark.django_db
def test_people_are_no_times_percents_no_points_and_choices_no_codes() -> None:
    client = signed_in(staff("it_team", language="zh-hans"))

    with translation.override("zh-hans"):
        staff_from = text_of(client.get("/policies/acquire.grading.staff_from/"))
        target = text_of(client.get("/policies/segment.strategy.repurchase_percent/"))
        lead = text_of(client.get("/policies/retain.route.other_lead/"))
        flag = text_of(client.get("/policies/obligations.standard.escalates/"))

    assert "100 人" in staff_from
    assert "80 %" in target
    assert '<option value="sales_lead">销售负责人</option>' in lead
    assert '<option value="true" selected>是</option>' in flag
