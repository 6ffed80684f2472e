"""What happens when people decide: in sequence, any of, all of, no, back, added, passed on, taken back."""

from __future__ import annotations

import datetime as dt

import pytest

from zhike.customers.tests.office import Clock, Office, deliver
from zhike.foundation import approvals, obligations, policies
from zhike.foundation.access.deciding import OwnWork
from zhike.foundation.access.models import Person, PostHolding
from zhike.foundation.access.naming import BeyondReach, PostsLackWork
from zhike.foundation.access.people import person_add
from zhike.foundation.access.staff import person_deactivate
from zhike.foundation.approvals.models import Approval, ApprovalSigner
from zhike.foundation.approvals.refusing import DecidedBefore, NotAuthor, NotOffered, NotYours, SignedBefore
from zhike.foundation.approvals.tests.asking import a_waiting, agree, asked, contracts_go, running, step
from zhike.foundation.audit.models import Entry
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid, NotFound, Stale
from zhike.foundation.messages.models import Notice
from zhike.foundation.obligations.models import Duty, DutyNotice
from zhike.win.models import Contract, Review
from zhike.win.services.contract import contract_cancel
from zhike.win.services.review import contract_submit
from zhike.win.tests.deals import OPINIONS

pytestmark = pytest.mark.django_db
MONDAY_9 = clock.start_of(dt.date(2026, 7, 20)) + dt.timedelta(hours=9)
LARGE = 100_000_000


def names(office: Office, *who: str) -> set[int]:
    return {office.person(one) for one in who}


def told(approval: Approval, code: str) -> set[int]:
    rows = Notice.objects.filter(code=code, link=f"/approvals/{approval.uid}/")
    return set(rows.values_list("person_id", flat=True))


def test_the_last_yes_lets_the_room_act_and_tells_the_author(office: Office) -> None:
    contract, approval = a_waiting(office)
    assert asked(approval) == names(office, "legal")
    assert told(approval, "approval.asked") == names(office, "legal")

    agree(office, "legal", approval, words="条款清楚")

    contract.refresh_from_db()
    approval.refresh_from_db()
    assert (contract.status, approval.state) == ("approved", "approved")
    assert Review.objects.get().by_id == office.person("legal")
    assert told(approval, "approval.ended") == names(office, "seller one")
    actions = set(Entry.objects.filter(kind="approval").values_list("action", flat=True))
    assert actions == {"approval.start", "approval.approved", "approval.end"}


def test_from_a_value_on_the_management_is_asked_after_legal(office: Office) -> None:
    _small, first = a_waiting(office, value=LARGE - 1)
    large, second = a_waiting(office, value=LARGE)
    assert (first.steps.count(), second.steps.count()) == (1, 2)

    agree(office, "legal", second)

    large.refresh_from_db()
    assert (large.status, asked(second)) == ("review", names(office, "boss"))
    approvals.approve(viewer=office.viewer("boss"), uid=second.uid)
    large.refresh_from_db()
    assert (large.status, Review.objects.get(contract=large).by_id) == ("approved", office.person("legal"))


def test_where_all_have_to_agree_one_alone_moves_nothing(office: Office) -> None:
    contracts_go(office, step("会签", "post:management", "post:sales_lead", rule="all"))
    contract, approval = a_waiting(office)
    agree(office, "legal", approval)
    waiting = names(office, "boss", "chief", "lead one")  # the other department's lead does not see the customer
    assert asked(approval) == waiting

    approvals.approve(viewer=office.viewer("chief"), uid=approval.uid)
    with pytest.raises(SignedBefore):
        approvals.approve(viewer=office.viewer("chief"), uid=approval.uid)
    assert asked(approval) == names(office, "boss", "lead one")
    approvals.approve(viewer=office.viewer("boss"), uid=approval.uid)
    contract.refresh_from_db()
    assert contract.status == "review"
    approvals.approve(viewer=office.viewer("lead one"), uid=approval.uid)
    contract.refresh_from_db()
    assert contract.status == "approved"


def test_who_approved_earlier_in_the_round_is_not_asked_again_and_it_stands_written(office: Office) -> None:
    contracts_go(office, step("主管", "post:management"), step("复核", "post:management"))
    contract, approval = a_waiting(office)
    agree(office, "legal", approval)

    approvals.approve(viewer=office.viewer("boss"), uid=approval.uid)

    contract.refresh_from_db()
    assert contract.status == "approved"
    assert approval.signers.filter(person=office.person("boss"), state="approved").count() == 2


def test_a_no_needs_words_goes_back_to_the_author_and_comes_again_as_a_new_round(office: Office) -> None:
    contract, approval = a_waiting(office)
    with pytest.raises(Invalid):
        approvals.send_back(viewer=office.viewer("legal"), uid=approval.uid, words=" ", answers=OPINIONS)
    with pytest.raises(NotOffered):
        approvals.reject(viewer=office.viewer("legal"), uid=approval.uid, words="不行", answers=OPINIONS)

    approvals.send_back(viewer=office.viewer("legal"), uid=approval.uid, words="补充附件", answers=OPINIONS)

    contract.refresh_from_db()
    assert (contract.status, Review.objects.get().reason) == ("returned", "补充附件")
    contract_submit(viewer=office.viewer("seller one"), uid=contract.uid, version=contract.version)
    again = running(contract)
    assert (again.round, again.state) == (2, "running")


def test_what_a_step_asks_for_has_to_be_written(office: Office) -> None:
    _contract, approval = a_waiting(office)

    with pytest.raises(Invalid) as refused:
        approvals.approve(viewer=office.viewer("legal"), uid=approval.uid, answers={"compliance": "符合"})

    assert set(refused.value.data["fields"]) == {"data_security", "intellectual_property"}


def test_who_is_not_asked_does_not_decide_and_who_does_not_see_it_finds_nothing(office: Office) -> None:
    _contract, approval = a_waiting(office)

    with pytest.raises(NotYours):
        agree(office, "boss", approval)
    with pytest.raises(OwnWork):
        agree(office, "seller one", approval)
    with pytest.raises(NotFound):
        agree(office, "lead two", approval)
    with pytest.raises(NotFound):
        approvals.approval_of(office.viewer("lead two"), approval.uid)


def test_a_decision_on_what_was_read_before_somebody_else_acted_is_stale(office: Office) -> None:
    contracts_go(office, step("会签", "post:management", "post:sales_lead", rule="all"))
    _contract, approval = a_waiting(office)
    agree(office, "legal", approval)
    approval.refresh_from_db()
    approvals.approve(viewer=office.viewer("chief"), uid=approval.uid, version=approval.version)

    with pytest.raises(Stale):
        approvals.approve(viewer=office.viewer("boss"), uid=approval.uid, version=approval.version)


def test_who_got_the_post_after_the_step_was_asked_may_decide(office: Office) -> None:
    contract, approval = a_waiting(office)
    PostHolding.objects.create(person_id=office.person("chief"), post="legal", since="2020-01-01")

    agree(office, "chief", approval)

    contract.refresh_from_db()
    assert contract.status == "approved"
    assert not approval.signers.filter(state="open").exists()


def test_who_lost_the_post_may_not_decide_any_more(office: Office) -> None:
    _contract, approval = a_waiting(office)
    PostHolding.objects.filter(person=office.person("legal")).update(post="compliance_specialist")

    with pytest.raises(NotYours):
        agree(office, "legal", approval)


def test_without_anybody_who_may_the_next_superior_decides(office: Office) -> None:
    PostHolding.objects.filter(post="legal").delete()

    contract, approval = a_waiting(office)

    assert asked(approval) == names(office, "lead one")
    assert approval.steps.get().way == "superior"
    agree(office, "lead one", approval)
    contract.refresh_from_db()
    assert contract.status == "approved"


def test_where_nobody_at_all_may_decide_it_waits_loudly_until_somebody_may(office: Office) -> None:
    PostHolding.objects.filter(post__in=["legal", "management", "sales_lead"]).delete()

    contract, approval = a_waiting(office)

    contract.refresh_from_db()
    assert (contract.status, asked(approval)) == ("review", set())
    assert told(approval, "approval.nobody") == names(office, "it", "seller one")
    assert approvals.find_signers() == 0
    PostHolding.objects.create(person_id=office.person("chief"), post="legal", since="2020-01-01")
    assert approvals.find_signers() == 1
    assert asked(approval) == names(office, "chief")


def test_a_signer_is_added_before_and_the_step_waits_for_them(office: Office) -> None:
    contract, approval = a_waiting(office)

    approvals.signer_add(
        viewer=office.viewer("legal"), uid=approval.uid, person=office.person("boss"), where="before", words="金额大"
    )

    assert asked(approval) == names(office, "boss")
    with pytest.raises(NotYours):
        agree(office, "legal", approval)
    approvals.approve(viewer=office.viewer("boss"), uid=approval.uid)
    assert asked(approval) == names(office, "legal")
    agree(office, "legal", approval)
    contract.refresh_from_db()
    assert contract.status == "approved"


def test_a_signer_is_added_after_and_decides_last(office: Office) -> None:
    contract, approval = a_waiting(office)
    approvals.signer_add(
        viewer=office.viewer("legal"), uid=approval.uid, person=office.person("boss"), where="after", words=""
    )
    assert asked(approval) == names(office, "legal")

    agree(office, "legal", approval)

    contract.refresh_from_db()
    assert (contract.status, asked(approval)) == ("review", names(office, "boss"))
    approvals.approve(viewer=office.viewer("boss"), uid=approval.uid)
    contract.refresh_from_db()
    assert contract.status == "approved"


def test_added_is_only_who_sees_it_and_had_no_hand_in_it(office: Office) -> None:
    _contract, approval = a_waiting(office)

    def add(who: str) -> None:
        approvals.signer_add(
            viewer=office.viewer("legal"), uid=approval.uid, person=office.person(who), where="before", words=""
        )

    with pytest.raises(BeyondReach):
        add("seller two")
    with pytest.raises(PostsLackWork):
        add("it")
    with pytest.raises(Invalid):
        add("seller one")


def test_a_place_is_passed_on_with_a_reason_to_somebody_who_may_decide(office: Office) -> None:
    contract, approval = a_waiting(office)
    other = person_add(
        username="legal-2", name="法务二", post_codes=["legal"], department=office.departments["root"],
        superior=office.people["boss"],
    )  # fmt: skip

    def give(person: int, words: str) -> None:
        approvals.delegate(viewer=office.viewer("legal"), uid=approval.uid, person=person, words=words)

    with pytest.raises(Invalid):
        give(other.pk, "")
    with pytest.raises(PostsLackWork):
        give(office.person("boss"), "请代办")
    give(other.pk, "休假")

    assert asked(approval) == {other.pk}
    assert approval.signers.get(person=other.pk).passed_words == "休假"
    with pytest.raises(NotYours):
        give(other.pk, "再转")
    office.people["legal two"] = other
    agree(office, "legal two", approval)
    contract.refresh_from_db()
    assert contract.status == "approved"


def test_the_author_takes_it_back_and_nobody_else_does(office: Office) -> None:
    contract, approval = a_waiting(office)
    with pytest.raises(NotAuthor):
        approvals.withdraw(viewer=office.viewer("lead one"), uid=approval.uid)

    approvals.withdraw(viewer=office.viewer("seller one"), uid=approval.uid, words="金额写错")

    contract.refresh_from_db()
    approval.refresh_from_db()
    assert (contract.status, approval.state, approval.ended_words) == ("draft", "withdrawn", "金额写错")
    assert told(approval, "approval.withdrawn") == names(office, "legal")
    with pytest.raises(DecidedBefore):
        agree(office, "legal", approval)


def test_an_approval_falls_away_with_what_it_is_about(office: Office) -> None:
    contract, approval = a_waiting(office)

    contract_cancel(viewer=office.viewer("seller one"), uid=contract.uid, version=contract.version, reason="客户取消")

    approval.refresh_from_db()
    assert (approval.state, asked(approval)) == ("called_off", set())


def test_copies_go_to_those_who_may_see_it(office: Office) -> None:
    contracts_go(office, copies=("post:sales_lead",))
    _contract, approval = a_waiting(office)
    approvals.copy_to(viewer=office.viewer("legal"), uid=approval.uid, person=office.person("boss"))
    with pytest.raises(BeyondReach):
        approvals.copy_to(viewer=office.viewer("legal"), uid=approval.uid, person=office.person("seller two"))

    agree(office, "legal", approval)

    copied = set(approval.copies.values_list("person_id", flat=True))
    assert copied == names(office, "boss", "chief", "lead one")
    assert told(approval, "approval.ended") == copied | names(office, "seller one")


def test_a_running_approval_keeps_the_flow_it_began_with(office: Office) -> None:
    contract, approval = a_waiting(office)
    contracts_go(office, step("管理层", "post:management"))
    _other, later = a_waiting(office, "other one")

    agree(office, "legal", approval)
    agree(office, "legal", later)

    contract.refresh_from_db()
    assert contract.status == "approved"
    assert (asked(later), later.number) == (names(office, "boss"), 1)


def test_several_are_approved_at_once_each_by_itself(office: Office) -> None:
    contracts_go(office, step("管理层", "post:management"))
    found = [a_waiting(office)[1] for _n in range(3)]
    for approval in found[:2]:
        agree(office, "legal", approval)

    came = approvals.approve_many(viewer=office.viewer("boss"), uids=[one.uid for one in found], words="同意")

    assert came.approved == 2
    assert {uid: type(refusal) for uid, refusal in came.refused.items()} == {found[2].uid: NotYours}
    assert set(Contract.objects.values_list("status", flat=True)) == {"approved", "review"}


def test_a_missed_time_limit_reminds_breaches_and_reaches_the_superior(office: Office, moment: Clock) -> None:
    moment.at(MONDAY_9)
    contracts_go(office, step("销售主管", "post:sales_lead"))
    _contract, approval = a_waiting(office)
    agree(office, "legal", approval)
    deliver()

    duty = Duty.objects.get(code="approval.sign", person=office.person("lead one"))
    assert clock.local(duty.due_at).strftime("%a") == "Wed"
    obligations.tick(duty.remind_at + dt.timedelta(seconds=1))
    obligations.tick(duty.due_at + dt.timedelta(seconds=1))

    told_of = set(DutyNotice.objects.filter(duty=duty).values_list("person_id", "kind"))
    lead, chief = office.person("lead one"), office.person("chief")
    assert told_of == {(lead, "remind"), (lead, "breach"), (chief, "escalation")}
    moment.at(duty.due_at + dt.timedelta(hours=1))
    approvals.approve(viewer=office.viewer("lead one"), uid=approval.uid)
    deliver()
    states = dict(Duty.objects.filter(code="approval.sign").values_list("person_id", "state"))
    assert states == {lead: "fulfilled", chief: "cancelled"}
    assert Duty.objects.get(pk=duty.pk).is_late


def test_what_waited_before_there_was_a_flow_gets_its_approval(office: Office) -> None:
    contract, approval = a_waiting(office)
    approval.delete()

    assert approvals.adopt() == 1
    assert approvals.adopt() == 0
    assert asked(running(contract)) == names(office, "legal")
    assert running(contract).author_id == office.person("seller one")


def test_a_proposed_parameter_is_decided_by_the_management_and_the_policy_follows(office: Office) -> None:
    key = "win.clocks.legal_review_days"
    proposal = policies.change(office.viewer("it"), key, 5, reason="法务人手不足")
    approval = approvals.running("policy_proposal", proposal.pk)
    assert approval is not None
    assert asked(approval) == names(office, "boss")
    with pytest.raises(NotFound):
        approvals.approval_of(office.viewer("seller one"), approval.uid)

    approvals.approve(viewer=office.viewer("boss"), uid=approval.uid, words="试行一季度")

    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by_id, proposal.decision_reason) == (
        "approved", office.person("boss"), "试行一季度",
    )  # fmt: skip
    assert policies.history(key)[0].value == 5


def test_a_parameter_that_is_decided_by_its_own_service_ends_the_approval_with_the_same_word(office: Office) -> None:
    proposal = policies.change(office.viewer("it"), "win.clocks.legal_review_days", 5, reason="法务人手不足")
    approval = Approval.objects.get(subject_id=proposal.pk, flow="parameter")

    policies.proposal_reject(office.viewer("boss"), proposal.uid, reason="暂不调整")

    approval.refresh_from_db()
    assert (approval.state, approval.ended_words, asked(approval)) == ("rejected", "暂不调整", set())


def test_who_leaves_hands_their_decisions_over(office: Office) -> None:
    _contract, approval = a_waiting(office)
    other = person_add(
        username="legal-3", name="法务三", post_codes=["legal"], department=office.departments["root"],
        superior=office.people["boss"],
    )  # fmt: skip
    legal = Person.objects.get(pk=office.person("legal"))

    person_deactivate(viewer=office.viewer("it"), uid=legal.uid, version=legal.version, receiver=other.pk)

    assert asked(approval) == {other.pk}
    assert ApprovalSigner.objects.get(person=legal).state == "delegated"
