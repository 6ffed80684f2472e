"""An industry template against the values in force: what it changes, and what happens to numbers set by hand."""

from __future__ import annotations

import datetime as dt

import pytest

from zhike.foundation import policies
from zhike.foundation.access.matrix import Level
from zhike.foundation.audit.models import Entry
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid
from zhike.foundation.policies.load import load_defaults, overlay
from zhike.foundation.policies.models import PolicyProposal, PolicyVersion
from zhike.foundation.policies.tests.test_versions import viewer_with
from zhike.segment.policy import TierPolicy

HIGH = "segment.tiers.high_from"
pytestmark = [pytest.mark.django_db, pytest.mark.requirement("PLAT-11", proof="rule")]


def high_from(moment: dt.datetime | None = None) -> int:
    return policies.current(moment).get(TierPolicy).high_from


def line_of(key: str, template: str, **more):
    return next((line for line in policies.compare(template, **more) if line.key == key), None)


def test_a_template_is_compared_number_by_number_with_what_is_in_force() -> None:
    line = line_of(HIGH, "retail")

    assert (line.now, line.then) == (load_defaults().get(TierPolicy).high_from, overlay("retail")[HIGH])
    assert line.changes
    assert not line.is_by_hand
    assert {found.key for found in policies.compare("retail")} <= set(overlay("retail"))


def test_a_template_that_is_in_force_already_changes_nothing() -> None:
    policies.template_select(viewer_with(Level.APPROVE, "m"), "retail", reason="shops")

    assert policies.compare("retail") == []


def test_leaving_a_template_shows_what_goes_back() -> None:
    policies.template_select(viewer_with(Level.APPROVE, "m"), "retail", reason="shops")

    assert line_of(HIGH, "b2b").then == load_defaults().get(TierPolicy).high_from


def test_a_number_set_by_hand_is_kept_and_said_to_be_kept() -> None:
    boss = viewer_with(Level.APPROVE, "m")
    policies.change(boss, HIGH, 777_700, reason="our own")

    line = line_of(HIGH, "retail")
    policies.template_select(boss, "retail", reason="shops")

    assert (line.is_kept, line.now, line.then, line.says) == (True, 777_700, 777_700, overlay("retail")[HIGH])
    assert high_from() == 777_700


def test_a_number_that_is_to_be_replaced_goes_to_what_the_template_says_from_the_same_moment() -> None:
    boss = viewer_with(Level.APPROVE, "m")
    policies.change(boss, HIGH, 777_700, reason="our own")
    start = clock.now() + dt.timedelta(days=1)

    assert line_of(HIGH, "retail", replacing=[HIGH]).then == overlay("retail")[HIGH]
    policies.template_select(boss, "retail", reason="shops", effective_from=start, replacing=[HIGH])

    assert high_from() == 777_700
    assert high_from(start) == overlay("retail")[HIGH]
    assert policies.current(start).template == "retail"
    assert policies.history(HIGH)[0].reason == "shops"


def test_a_proposal_keeps_what_is_to_be_replaced_until_it_is_decided() -> None:
    it, boss = viewer_with(Level.EDIT, "it"), viewer_with(Level.APPROVE, "m")
    policies.change(boss, HIGH, 777_700, reason="our own")

    proposal = policies.template_select(it, "retail", reason="shops", replacing=[HIGH])
    assert isinstance(proposal, PolicyProposal)
    assert high_from() == 777_700
    policies.proposal_approve(boss, proposal.uid)

    assert high_from() == overlay("retail")[HIGH]
    assert PolicyVersion.objects.filter(proposal=proposal).count() == 2
    assert Entry.objects.filter(action="policies.restore").count() == 1


def test_an_unknown_number_cannot_be_replaced() -> None:
    with pytest.raises(Invalid):
        policies.template_select(viewer_with(Level.APPROVE, "m"), "retail", reason="x", replacing=["no.such.number"])
