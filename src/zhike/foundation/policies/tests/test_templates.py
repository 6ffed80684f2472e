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
from zhike.foundation.policies.models import TEMPLATE_KEY, PolicyProposal, PolicyVersion
from zhike.foundation.policies.services import NotTheNewest
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
    policies.change(boss, HIGH, 777_700_00, reason="our own")

    line = line_of(HIGH, "retail")
    policies.template_select(boss, "retail", reason="shops")

    assert (line.is_kept, line.now, line.then, line.says) == (True, 777_700_00, 777_700_00, overlay("retail")[HIGH])
    assert high_from() == 777_700_00


def test_a_number_that_is_to_be_replaced_goes_to_what_the_template_says_from_the_same_moment() -> None:
    boss = viewer_with(Level.APPROVE, "m")
    policies.change(boss, HIGH, 777_700_00, reason="our own")
    start = clock.now() + dt.timedelta(days=1)

    assert line_of(HIGH, "retail", replacing=[HIGH]).then == overlay("retail")[HIGH]
    policies.template_select(boss, "retail", reason="shops", effective_from=start, replacing=[HIGH])

    assert high_from() == 777_700_00
    assert high_from(start) == overlay("retail")[HIGH]
    assert policies.current(start).template == "retail"
    assert policies.history(HIGH)[0].reason == "shops"


def test_a_proposal_keeps_what_is_to_be_replaced_until_it_is_decided() -> None:
    it, boss = viewer_with(Level.EDIT, "it"), viewer_with(Level.APPROVE, "m")
    policies.change(boss, HIGH, 777_700_00, reason="our own")

    proposal = policies.template_select(it, "retail", reason="shops", replacing=[HIGH])
    assert isinstance(proposal, PolicyProposal)
    assert high_from() == 777_700_00
    policies.proposal_approve(boss, proposal.uid)

    assert high_from() == overlay("retail")[HIGH]
    assert PolicyVersion.objects.filter(proposal=proposal).count() == 2
    assert Entry.objects.filter(action="policies.restore").count() == 1


def test_an_unknown_number_cannot_be_replaced() -> None:
    with pytest.raises(Invalid):
        policies.template_select(viewer_with(Level.APPROVE, "m"), "retail", reason="x", replacing=["no.such.number"])


def test_a_template_is_taken_back_as_one_with_the_numbers_it_had_replaced() -> None:
    boss = viewer_with(Level.APPROVE, "m")
    policies.template_select(boss, "saas", reason="rented")
    policies.change(boss, HIGH, 777_700_00, reason="our own")
    chosen = policies.template_select(boss, "retail", reason="shops", replacing=[HIGH])

    policies.template_take_back(boss, chosen.uid, reason="no shops after all")

    assert (policies.current().template, high_from()) == ("saas", 777_700_00)
    assert {row.reason for row in PolicyVersion.objects.order_by("-id")[:2]} == {"no shops after all"}


def test_what_was_set_since_stays_when_a_template_is_taken_back() -> None:
    boss = viewer_with(Level.APPROVE, "m")
    policies.change(boss, HIGH, 777_700_00, reason="our own")
    chosen = policies.template_select(boss, "retail", reason="shops", replacing=[HIGH])
    policies.change(boss, HIGH, 888_800_00, reason="newer")

    policies.template_take_back(boss, chosen.uid, reason="back")

    assert (policies.current().template, high_from()) == (None, 888_800_00)


def test_taking_back_is_taken_back_as_well() -> None:
    boss = viewer_with(Level.APPROVE, "m")
    policies.change(boss, HIGH, 777_700_00, reason="our own")
    chosen = policies.template_select(boss, "retail", reason="shops", replacing=[HIGH])
    undone = policies.template_take_back(boss, chosen.uid, reason="back")

    policies.template_take_back(boss, undone.uid, reason="forth")

    assert (policies.current().template, high_from()) == ("retail", overlay("retail")[HIGH])
    with pytest.raises(NotTheNewest):
        policies.template_take_back(boss, chosen.uid, reason="again")


def test_a_planned_template_is_called_off_with_all_that_goes_with_it() -> None:
    boss, start = viewer_with(Level.APPROVE, "m"), clock.now() + dt.timedelta(days=1)
    policies.change(boss, HIGH, 777_700_00, reason="our own")
    chosen = policies.template_select(boss, "retail", reason="shops", replacing=[HIGH], effective_from=start)

    policies.template_take_back(boss, chosen.uid, reason="not yet")

    assert (policies.current(start).template, high_from(start)) == (None, 777_700_00)
    assert policies.upcoming() == []


def test_who_only_proposes_proposes_to_take_back_and_somebody_else_decides() -> None:
    it, boss = viewer_with(Level.EDIT, "it"), viewer_with(Level.APPROVE, "m")
    policies.change(boss, HIGH, 777_700_00, reason="our own")
    chosen = policies.template_select(boss, "retail", reason="shops", replacing=[HIGH])

    proposal = policies.template_take_back(it, chosen.uid, reason="back")
    assert high_from() == overlay("retail")[HIGH]
    policies.proposal_approve(boss, proposal.uid)

    assert (policies.current().template, high_from()) == (None, 777_700_00)


def test_templates_stand_side_by_side() -> None:
    rows = {row.key: row for row in policies.side_by_side()}

    assert dict(rows[HIGH].says) == {
        name: overlay(name).get(HIGH, rows[HIGH].entry.value) for name in ("b2b", "saas", "telecom", "retail")
    }
    assert rows[HIGH].differs
    assert set(rows) == {key for name in ("b2b", "saas", "telecom", "retail") for key in overlay(name)}


@pytest.mark.parametrize(
    "value", [None, "bakery", [1], {"template": "saas", "replacing": 5}, {"template": "saas", "setting": {HIGH: []}}]
)
def test_what_is_no_template_is_refused_or_left_out(value: object) -> None:
    if value is None or (isinstance(value, dict) and "replacing" in value):
        policies.check(TEMPLATE_KEY, value)
    else:
        with pytest.raises(Invalid):
            policies.check(TEMPLATE_KEY, value)
