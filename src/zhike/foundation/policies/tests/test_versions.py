import datetime as dt
from typing import Any

import pytest
from django.db import transaction

from zhike.foundation import policies
from zhike.foundation.access.deciding import OwnWork
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.people import person_add
from zhike.foundation.access.viewer import Viewer, system
from zhike.foundation.audit.models import Entry
from zhike.foundation.jobs.policy import WorkerPolicy
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Forbidden, Invalid, NotFound
from zhike.foundation.outbox.models import EventRow
from zhike.foundation.outbox.policy import DeliveryPolicy
from zhike.foundation.policies.declare import rules_of
from zhike.foundation.policies.load import load_defaults
from zhike.foundation.policies.models import PolicyProposal, PolicyVersion
from zhike.foundation.policies.previews import Effect
from zhike.foundation.policies.services import AlreadyDecided, AlreadyInForce

KEY = "outbox.delivery.tries_max"
SHIPPED = load_defaults().get(DeliveryPolicy).tries_max
RULE = rules_of(DeliveryPolicy)["tries_max"]
pytestmark = [pytest.mark.django_db, pytest.mark.requirement("PLAT-10", proof="rule")]


def viewer_with(level: Level, username: str) -> Viewer:
    person = person_add(username=username, name=username, post_codes=[])
    return Viewer(person.pk, person.name, levels={Area.SETTINGS: frozenset({level})})


@pytest.fixture
def it() -> Viewer:
    return viewer_with(Level.EDIT, "it")


@pytest.fixture
def management() -> Viewer:
    return viewer_with(Level.APPROVE, "management")


def tries_at(moment: dt.datetime | None = None) -> int:
    return policies.current(moment).get(DeliveryPolicy).tries_max


def test_without_changes_the_shipped_values_count() -> None:
    assert tries_at() == SHIPPED
    assert policies.current().version_of(DeliveryPolicy) == "outbox.delivery@0"


def test_who_approves_settings_changes_at_once_with_a_reason(management: Viewer) -> None:
    version = policies.change(management, KEY, SHIPPED + 1, reason="slow network", source="minutes of 3 May")

    assert isinstance(version, PolicyVersion)
    assert tries_at() == SHIPPED + 1
    assert policies.current().version_of(DeliveryPolicy) == f"outbox.delivery@{version.pk}"
    newest = policies.history(KEY)[0]
    assert (newest.reason, newest.source, newest.changed_by_id) == (
        "slow network",
        "minutes of 3 May",
        management.person_id,
    )


def test_a_change_is_audited_and_told(management: Viewer) -> None:
    policies.change(management, KEY, SHIPPED + 1, reason="slow network")

    entry = Entry.objects.get(action="policies.set")
    assert (entry.actor_id, entry.reason) == (management.person_id, "slow network")
    told = EventRow.objects.get(name="policies.PolicyChanged")
    assert told.payload["policy_key"] == KEY


def test_who_edits_settings_proposes_and_somebody_else_approves(it: Viewer, management: Viewer) -> None:
    proposal = policies.change(it, KEY, SHIPPED + 1, reason="slow network")
    assert isinstance(proposal, PolicyProposal)
    assert tries_at() == SHIPPED
    assert [open_one.pk for open_one in policies.proposals_open()] == [proposal.pk]

    version = policies.proposal_approve(management, proposal.uid)

    assert tries_at() == SHIPPED + 1
    assert version.proposal == proposal
    assert not policies.proposals_open().exists()


def test_a_rejected_proposal_changes_nothing_and_keeps_its_reason(it: Viewer, management: Viewer) -> None:
    proposal = policies.change(it, KEY, SHIPPED + 1, reason="slow network")
    assert isinstance(proposal, PolicyProposal)

    policies.proposal_reject(management, proposal.uid, reason="the network is fine")

    assert tries_at() == SHIPPED
    assert PolicyProposal.objects.get().decision_reason == "the network is fine"
    with pytest.raises(AlreadyDecided):
        policies.proposal_approve(management, proposal.uid)


def test_a_proposal_whose_day_has_passed_counts_from_its_approval(it: Viewer, management: Viewer) -> None:
    proposal = policies.change(it, KEY, SHIPPED + 1, reason="slow network", effective_from=clock.now())
    assert isinstance(proposal, PolicyProposal)
    PolicyProposal.objects.update(effective_from=clock.now() - dt.timedelta(days=3))

    before = clock.now()
    version = policies.proposal_approve(management, proposal.uid)

    assert version.effective_from >= before


def test_nobody_approves_their_own_proposal(it: Viewer) -> None:
    proposal = policies.change(it, KEY, SHIPPED + 1, reason="slow network")
    assert isinstance(proposal, PolicyProposal)
    promoted = Viewer(it.person_id, it.name, levels={Area.SETTINGS: frozenset({Level.APPROVE})})

    with pytest.raises(OwnWork):
        policies.proposal_approve(promoted, proposal.uid)


@pytest.mark.parametrize("levels", [frozenset(), frozenset({Level.BASIC}), frozenset({Level.FULL})])
def test_who_may_only_look_may_not_change(levels: frozenset[Level]) -> None:
    looker = Viewer(None, "looker", levels={Area.SETTINGS: levels})

    with pytest.raises(Forbidden):
        policies.change(looker, KEY, SHIPPED + 1, reason="because")


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (RULE.minimum, None),
        (RULE.maximum, None),
        ((RULE.minimum or 0) - 1, "too_small"),
        ((RULE.maximum or 0) + 1, "too_large"),
        ("five", "not_a_number"),
        (True, "not_a_number"),
        (None, "not_a_number"),
    ],
)
def test_the_bounds_of_the_declaration_hold(management: Viewer, value: Any, problem: str | None) -> None:
    if problem is None:
        policies.change(management, KEY, value, reason="try")
        assert tries_at() == value
        return

    with pytest.raises(Invalid) as refused:
        policies.change(management, KEY, value, reason="try")
    assert refused.value.data["fields"] == {"value": problem}


@pytest.mark.parametrize(
    ("key", "reason", "fields"),
    [
        ("outbox.delivery.nothing", "because", {"key": "unknown"}),
        ("nowhere", "because", {"key": "unknown"}),
        (KEY, "  ", {"reason": "required"}),
    ],
)
def test_an_unknown_key_or_no_reason_is_refused(
    management: Viewer, key: str, reason: str, fields: dict[str, str]
) -> None:
    with pytest.raises(Invalid) as refused:
        policies.change(management, key, 3, reason=reason)

    assert refused.value.data["fields"] == fields


def test_a_planned_change_takes_effect_on_its_day_and_not_before(management: Viewer) -> None:
    start = clock.now() + dt.timedelta(days=10)

    policies.change(management, KEY, SHIPPED + 2, reason="next quarter", effective_from=start)

    assert tries_at() == SHIPPED
    assert tries_at(start - dt.timedelta(seconds=1)) == SHIPPED
    assert tries_at(start) == SHIPPED + 2
    assert [planned.key for planned in policies.upcoming()] == [KEY]


def test_a_change_for_the_past_is_refused(management: Viewer) -> None:
    yesterday = clock.now() - dt.timedelta(days=1)

    with pytest.raises(Invalid) as refused:
        policies.change(management, KEY, SHIPPED + 2, reason="oops", effective_from=yesterday)

    assert refused.value.data["fields"] == {"effective_from": "in_the_past"}


def test_a_planned_change_can_be_withdrawn_until_it_is_in_force(management: Viewer) -> None:
    start = clock.now() + dt.timedelta(days=10)
    planned = policies.change(management, KEY, SHIPPED + 2, reason="next quarter", effective_from=start)
    in_force = policies.change(management, KEY, SHIPPED + 1, reason="now")

    policies.withdraw(management, planned.uid, reason="not needed")

    assert tries_at(start) == SHIPPED + 1
    assert policies.upcoming() == []
    with pytest.raises(AlreadyDecided):
        policies.withdraw(management, planned.uid, reason="again")
    with pytest.raises(AlreadyInForce):
        policies.withdraw(management, in_force.uid, reason="too late")
    with pytest.raises(NotFound):
        policies.withdraw(management, policies.history(KEY)[0].uid.__class__(int=0), reason="what")


def test_restoring_brings_back_the_shipped_value_and_keeps_the_history(management: Viewer) -> None:
    policies.change(management, KEY, SHIPPED + 1, reason="try")

    policies.restore(management, KEY, reason="did not help")

    assert tries_at() == SHIPPED
    assert policies.history(KEY).count() == 2


def test_history_is_only_ever_added_to(management: Viewer) -> None:
    version = policies.change(management, KEY, SHIPPED + 1, reason="try")
    assert isinstance(version, PolicyVersion)

    version.reason = "another reason"
    with pytest.raises(TypeError):
        version.save()
    with pytest.raises(TypeError):
        version.delete()


def test_a_decision_of_the_past_keeps_the_policy_of_its_time(management: Viewer) -> None:
    moment = clock.now()
    policies.change(management, KEY, SHIPPED + 1, reason="try")

    assert tries_at(moment) == SHIPPED
    assert tries_at() == SHIPPED + 1


@pytest.mark.requirement("PLAT-11", proof="rule")
def test_a_template_is_chosen_like_any_other_value_and_changes_stay_on_top(management: Viewer) -> None:
    policies.change(management, KEY, SHIPPED + 1, reason="try")

    policies.template_select(management, "telecom", reason="we sell lines")

    assert policies.current().template == "telecom"
    assert tries_at() == SHIPPED + 1
    assert policies.current().version_of(DeliveryPolicy).endswith("+telecom")

    policies.template_select(management, None, reason="no")
    assert policies.current().template is None

    with pytest.raises(Invalid):
        policies.template_select(management, "bakery", reason="bread")


def test_a_preview_asks_the_rooms_with_both_policies(management: Viewer) -> None:
    @policies.preview("outbox.delivery")
    def foresee(viewer: Viewer, before: Any, after: Any) -> list[Effect]:
        change = after.get(DeliveryPolicy).tries_max - before.get(DeliveryPolicy).tries_max
        return [Effect("more_tries", change, f"{change} more tries")]

    assert [effect.count for effect in policies.preview_of(management, KEY, SHIPPED + 3)] == [3]
    assert policies.preview_of(management, "insight.churn_rate.periods", 4) == []
    assert tries_at() == SHIPPED


def test_what_takes_long_is_begun_by_asking_and_by_proposing_but_not_by_looking(management: Viewer, it: Viewer) -> None:
    begun = []

    def kept(viewer: Viewer, before: Any, after: Any) -> list[Effect]:
        return [Effect("running", 0, "at it", share=0.5)] if begun else []

    @policies.preview("jobs.worker", kept=kept)
    def foresee(viewer: Viewer, before: Any, after: Any) -> list[Effect]:
        begun.append(after.get(WorkerPolicy).tries_max)
        return kept(viewer, before, after)

    key = "jobs.worker.tries_max"
    assert policies.preview_kept(management, key, 9) == []
    assert begun == []
    assert [effect.share for effect in policies.preview_of(management, key, 9)] == [0.5]
    policies.change(it, key, 8, reason="fewer")
    assert begun == [9, 8]


def test_a_change_that_is_rolled_back_is_not_remembered(management: Viewer) -> None:
    with transaction.atomic():
        policies.change(management, KEY, SHIPPED + 1, reason="try")
        assert tries_at() == SHIPPED + 1
        transaction.set_rollback(True)

    assert tries_at() == SHIPPED


def test_the_policies_in_force_cost_no_query_when_they_are_known(django_assert_num_queries: Any) -> None:
    policies.current()

    with django_assert_num_queries(0):
        for _ in range(10):
            policies.current().get(DeliveryPolicy)


def test_the_system_may_set_up_an_installation() -> None:
    policies.template_select(system("zhike init"), "b2b", reason="chosen at set-up")

    assert policies.current().template == "b2b"
