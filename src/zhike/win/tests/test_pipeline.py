"""The way of a deal, by the people who sell: gates, follow-ups, clocks, and who sees what."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import transaction

from zhike.customers.models import Interaction, TimelineEntry
from zhike.customers.services.customer import customer_reassign
from zhike.customers.tests.office import Clock, Office, deliver
from zhike.events.acquire import LeadConverted
from zhike.foundation import obligations, outbox
from zhike.foundation.access.models import Person
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Forbidden, Invalid, NotFound, Stale
from zhike.foundation.messages.models import Notice
from zhike.foundation.obligations.models import Duty, DutyNotice
from zhike.foundation.policies import current
from zhike.foundation.records.testing import text_of
from zhike.win.models import Opportunity
from zhike.win.policy import PipelinePolicy
from zhike.win.services.follow_up import opportunity_follow_up
from zhike.win.services.opportunity import deal_of, opportunity_move, opportunity_update
from zhike.win.tests.deals import a_deal, a_signer
from zhike.win.tests.pages import JSON, at_work, do, page

pytestmark = pytest.mark.django_db
MONDAY_9 = clock.start_of(dt.date(2026, 7, 20)) + dt.timedelta(hours=9)


def deal(office: Office, who: str = "seller one", **values: Any) -> Opportunity:
    return a_deal(Person.objects.get(pk=office.person(who)), **values)


def said(**more: Any) -> dict[str, Any]:
    day = (clock.today() + dt.timedelta(days=3)).isoformat()
    return {"kind": "call", "feedback": "认可方案", "change_in_needs": "增加十个席位", "next_action": "发报价",
            "next_on": day, **more}  # fmt: skip


@pytest.mark.requirement("WIN-01", proof="user")
def test_a_deal_goes_through_its_gates_and_a_refused_step_says_what_is_missing(office: Office) -> None:
    seller, row = at_work(office, "seller one"), deal(office)

    refused = do(seller, "opportunities", row, "move", stage="intent")
    assert refused.status_code == 422
    assert "Log the first talk with the customer." in text_of(refused)
    assert do(seller, "opportunities", row, "follow-up", **said()).status_code == 302
    assert do(seller, "opportunities", row, "move", stage="intent").status_code == 302

    refused = do(seller, "opportunities", row, "move", stage="negotiation")
    for words in ("Write down the explicit needs.", "Name the contact at the customer.", "Enter the amount.",
                  "Enter the expected date."):  # fmt: skip
        assert words in text_of(refused)
    assert "Log the first talk" not in text_of(refused)

    row.refresh_from_db()
    assert row.stage == "intent"
    board = page(seller, "/opportunities/?as=board")
    assert str(row.uid) in board
    assert "Negotiation" in board


@pytest.mark.requirement("WIN-01", proof="user")
def test_a_program_that_drags_gets_the_missing_items_by_name(office: Office) -> None:
    seller, row = at_work(office, "seller one"), deal(office)

    answer = seller.post(
        f"/api/v1/opportunities/{row.uid}/move", {"version": row.version, "stage": "solution"}, content_type=JSON
    )

    assert answer.status_code == 409
    assert answer.json()["code"] == "gate_closed"
    assert "Write down the explicit needs." in answer.json()["data"]["missing"]


@pytest.mark.requirement("WIN-01", proof="user")
def test_back_needs_a_reason_and_lost_its_cause(office: Office) -> None:
    seller, row = at_work(office, "seller one"), deal(office)
    do(seller, "opportunities", row, "follow-up", **said())
    do(seller, "opportunities", row, "move", stage="intent")

    assert do(seller, "opportunities", row, "move", stage="potential").status_code == 422
    assert do(seller, "opportunities", row, "move", stage="potential", reason="客户暂缓").status_code == 302
    assert do(seller, "opportunities", row, "move", stage="lost").status_code == 422
    assert do(seller, "opportunities", row, "move", stage="lost", loss_reason="other").status_code == 422
    assert do(seller, "opportunities", row, "move", stage="lost", loss_reason="price").status_code == 302

    row.refresh_from_db()
    assert (row.stage, row.loss_reason, row.is_open) == ("lost", "price", False)
    assert row.closed_at is not None
    assert do(seller, "opportunities", row, "follow-up", **said()).status_code == 422, "a closed deal is over"
    timeline = page(seller, f"/customers/{row.customer.uid}/")
    assert "客户暂缓" in timeline
    assert "Opportunity “五十个席位” not won" in timeline
    assert do(seller, "opportunities", row, "move", stage="potential", reason="预算恢复").status_code == 302
    row.refresh_from_db()
    assert (row.is_open, row.loss_reason, row.closed_at) == (True, "", None)


@pytest.mark.requirement("WIN-01", proof="user")
def test_only_a_signed_contract_closes_a_deal_as_won(office: Office) -> None:
    seller, row = at_work(office, "seller one"), deal(office)

    refused = do(seller, "opportunities", row, "move", stage="won")

    assert refused.status_code == 422
    assert "Have a contract of this opportunity signed" in text_of(refused)


@pytest.mark.parametrize(("days", "counts"), [(0, True), (1, False)])
def test_a_talk_before_the_deal_counts_as_long_as_the_policy_says(
    office: Office, moment: Clock, days: int, counts: bool
) -> None:
    customer = office.firm("seller one")
    most = current().get(PipelinePolicy).first_talk_days
    row = deal(office, customer=customer)
    at = row.opened_at - dt.timedelta(days=most + days)
    Interaction.objects.create(customer=customer, kind="call", at=at, feedback="首次联系")

    assert deal_of(row).has_talk is counts


@pytest.mark.requirement("WIN-07", proof="user")
@pytest.mark.parametrize("left_out", ["feedback", "change_in_needs", "next_action", "next_on"])
def test_a_follow_up_needs_feedback_change_and_the_next_action_with_its_date(office: Office, left_out: str) -> None:
    seller, row = at_work(office, "seller one"), deal(office)

    answer = do(seller, "opportunities", row, "follow-up", **said(**{left_out: ""}))

    assert answer.status_code == 422
    assert not Interaction.objects.exists()
    row.refresh_from_db()
    whole = {"version": row.version, **said(), left_out: None}
    by_program = seller.post(f"/api/v1/opportunities/{row.uid}/follow-up", whole, content_type=JSON)
    assert by_program.status_code == 422
    assert left_out in by_program.json()["fields"]


@pytest.mark.requirement("WIN-07", proof="rule")
@pytest.mark.parametrize("left_out", ["feedback", "change_in_needs", "next_action"])
def test_whoever_calls_the_service_names_feedback_change_and_next_action(office: Office, left_out: str) -> None:
    row, whole = deal(office), {**said(), "next_on": clock.today(), left_out: " "}

    with pytest.raises(Invalid) as refused:
        opportunity_follow_up(viewer=office.viewer("seller one"), uid=row.uid, version=row.version, **whole)

    assert refused.value.data["fields"] == {left_out: "required"}
    assert not Interaction.objects.exists()


@pytest.mark.requirement("WIN-07", proof="user")
def test_the_team_is_told_of_a_follow_up_at_once_and_it_stands_on_the_timeline(office: Office) -> None:
    seller, row = at_work(office, "seller one"), deal(office)

    assert do(seller, "opportunities", row, "follow-up", **said()).status_code == 302

    told = page(at_work(office, "lead one"), "/notices/")
    assert "followed up “五十个席位”" in told
    assert "发报价" in told
    assert "认可方案" not in told
    assert f"/opportunities/{row.uid}/" in told
    assert set(Notice.objects.values_list("person_id", flat=True)) == {office.person("lead one")}
    assert "认可方案" not in str(Notice.objects.get().words), "what the customer said stands behind the link"
    chinese = page(at_work(office, "lead one", "zh-hans"), "/notices/")
    assert "跟进了“五十个席位”" in chinese
    timeline = page(seller, f"/customers/{row.customer.uid}/")
    assert "认可方案" in timeline
    assert "增加十个席位" in timeline
    made = Interaction.objects.get()
    assert (made.kind, made.next_action, made.customer_id) == ("call", "发报价", row.customer_id)


@pytest.mark.requirement("WIN-07", proof="rule")
def test_b_14_the_agreed_day_is_recorded_on_that_day(office: Office, moment: Clock) -> None:
    moment.at(MONDAY_9)
    seller, row = at_work(office, "seller one"), deal(office)
    do(seller, "opportunities", row, "follow-up", **said())
    deliver()

    (duty,) = Duty.objects.filter(code="B-14")
    assert (duty.person_id, duty.subject_id) == (office.person("seller one"), row.pk)
    assert clock.local(duty.due_at).strftime("%m-%d %H:%M") == "07-24 00:00", "the end of the agreed Thursday"

    moment.at(duty.due_at - dt.timedelta(hours=4))
    do(seller, "opportunities", row, "follow-up", **said())
    deliver()
    duty.refresh_from_db()
    assert (duty.state, duty.is_late) == ("fulfilled", False)
    assert Duty.objects.filter(code="B-14", state="open").count() == 1, "the next agreed day runs"


@pytest.mark.requirement("WIN-07", proof="rule")
def test_b_14_missed_reminds_breaches_and_reaches_the_superior(office: Office, moment: Clock) -> None:
    moment.at(MONDAY_9)
    seller, row = at_work(office, "seller one"), deal(office)
    do(seller, "opportunities", row, "follow-up", **said())
    deliver()
    duty = Duty.objects.get(code="B-14")

    obligations.tick(duty.remind_at + dt.timedelta(seconds=1))
    obligations.tick(duty.due_at + dt.timedelta(seconds=1))

    told = set(DutyNotice.objects.values_list("person_id", "kind"))
    assert {(office.person("seller one"), "remind"), (office.person("seller one"), "breach"),
            (office.person("lead one"), "escalation")} <= told  # fmt: skip
    moment.at(duty.due_at + dt.timedelta(hours=1))
    assert "Record the agreed follow-up" in page(seller, f"/opportunities/{row.uid}/")
    do(seller, "opportunities", row, "move", stage="lost", loss_reason="no_answer")
    deliver()
    duty.refresh_from_db()
    assert duty.state == "cancelled", "what is lost is not followed up"


@pytest.mark.requirement("WIN-01", proof="rule")
def test_a_converted_lead_opens_its_deal_once_at_once_and_only_live(office: Office) -> None:
    customer = office.firm("seller one")
    news = {
        "customer_id": customer.pk, "lead_id": 7, "lead_uid": str(customer.uid), "title": "五十个席位",
        "person_id": office.person("lead one"), "owner_id": office.person("seller one"),
    }  # fmt: skip

    with transaction.atomic():
        outbox.publish(LeadConverted(**news, origin="import"))
    assert not Opportunity.objects.exists()
    for _twice in range(2):
        with transaction.atomic():
            outbox.publish(LeadConverted(**news))

    deal = Opportunity.objects.get()
    assert (deal.owner_id, deal.stage, deal.title) == (office.person("seller one"), "potential", "五十个席位")
    assert TimelineEntry.objects.get(kind="opportunity.opened").words["from_lead"] is True


def test_open_deals_go_along_with_the_customer_and_won_ones_stay(office: Office) -> None:
    customer = office.firm("seller one")
    goes, stays = deal(office, customer=customer), deal(office, customer=customer)
    Opportunity.objects.filter(pk=stays.pk).update(stage="won", closed_at=clock.now())

    customer_reassign(viewer=office.viewer("chief"), uid=customer.uid, owner_id=office.person("seller two"))

    goes.refresh_from_db()
    stays.refresh_from_db()
    assert (goes.owner_id, stays.owner_id) == (office.person("seller two"), office.person("seller one"))
    assert goes.department_id == office.departments["two"].pk
    assert page(at_work(office, "seller one"), f"/opportunities/{stays.uid}/"), "who won it goes on seeing it"


@pytest.mark.requirement("SEC-04", proof="user")
def test_the_other_department_and_other_posts_see_and_move_nothing(office: Office) -> None:
    row = deal(office)

    assert at_work(office, "seller two").get(f"/opportunities/{row.uid}/").status_code == 404
    assert do(at_work(office, "lead two"), "opportunities", row, "move", stage="lost").status_code == 404
    assert at_work(office, "counter").get("/opportunities/").status_code == 403
    with pytest.raises(NotFound):
        opportunity_update(viewer=office.viewer("seller two"), uid=row.uid, version=1, title="x")
    with pytest.raises(Forbidden):
        opportunity_move(viewer=office.viewer("legal"), uid=row.uid, version=1, stage="lost", loss_reason="price")


def test_of_two_people_on_one_deal_the_second_is_told(office: Office) -> None:
    row = deal(office)
    opportunity_update(viewer=office.viewer("lead one"), uid=row.uid, version=row.version, title="六十个席位")

    with pytest.raises(Stale):
        opportunity_move(viewer=office.viewer("seller one"), uid=row.uid, version=row.version, stage="lost",
                         loss_reason="price")  # fmt: skip
    answer = at_work(office, "seller one").post(
        f"/opportunities/{row.uid}/do/move/", {"version": row.version, "stage": "lost", "loss_reason": "price"}
    )
    assert answer.status_code == 409
    assert "Somebody changed this record" in text_of(answer)


def test_a_contact_of_another_customer_is_refused(office: Office) -> None:
    row, other = deal(office), office.firm("seller one")
    stranger = a_signer(office.viewer("seller one"), other)
    own = a_signer(office.viewer("seller one"), row.customer)
    seller = at_work(office, "seller one")
    address = f"/api/v1/opportunities/{row.uid}"

    wrong = seller.patch(address, {"version": 1, "contact": str(stranger.uid)}, content_type=JSON)
    right = seller.patch(address, {"version": 1, "contact": str(own.uid)}, content_type=JSON)

    assert (wrong.status_code, right.status_code) == (422, 200)
    assert "contact" in wrong.json()["fields"]
