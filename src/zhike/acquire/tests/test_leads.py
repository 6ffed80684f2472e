"""Leads as the posts work on them: through pages and API, seeing what these show."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.test import Client

from zhike.acquire.models import Lead
from zhike.acquire.policy import PoolPolicy, ProgressPolicy
from zhike.acquire.services.quiet import leads_flag_quiet
from zhike.acquire.tests.intake import FITS, asked
from zhike.customers.models import Customer, TimelineEntry
from zhike.customers.services.customer import customer_update
from zhike.customers.services.interaction import interaction_log
from zhike.customers.tests.office import Clock, Office, deliver
from zhike.foundation.access.models import Person
from zhike.foundation.access.viewer import system
from zhike.foundation.audit.models import Entry
from zhike.foundation.kit import clock
from zhike.foundation.outbox.models import EventRow
from zhike.foundation.policies.load import load_defaults
from zhike.foundation.records.testing import counters_in, signed_in, text_of

pytestmark = pytest.mark.django_db
POLICIES = load_defaults()
CONTACT = {
    "contact_channel": "call", "message": "介绍了基础版与交付周期", "interests": "交付周期", "doubts": "价格",
    "decision": "go", "reason": "需求明确，预算已批",
}  # fmt: skip


def browser(office: Office, name: str) -> Client:
    person = office.people[name]
    Person.objects.filter(pk=person.pk).update(must_change_password=False)
    person.refresh_from_db()
    return signed_in(person)


def do(client: Client, lead: Lead, act: str, **answers: Any) -> Any:
    """The act by a program, from the version it read."""
    version = client.get(f"/api/v1/leads/{lead.uid}").json().get("version", lead.version)
    body = {"version": version, **answers}
    return client.post(f"/api/v1/leads/{lead.uid}/{act}", body, content_type="application/json")


def pooled(office: Office, **more: Any) -> Lead:
    return asked(office.viewer("market"), **more)


# --- taking in ----------------------------------------------------------------------------------------------------


@pytest.mark.requirement("ACQ-04", proof="user")
def test_a_specialist_enters_a_lead_and_the_customer_is_there_as_potential_with_a_line(office: Office) -> None:
    client = browser(office, "seller one")
    typed = {
        "kind": "firm", "name": "无锡康盛电子有限公司", "contact_name": "章建国", "contact_title": "采购经理",
        "phone": "13800139876", "need": "需要40套席位", "urgency": "month", "source": "exhibition", **FITS,
    }  # fmt: skip

    assert client.post("/leads/new/", typed).status_code == 302

    customer = Customer.objects.get(name="无锡康盛电子有限公司")
    assert (customer.standing, customer.owner_id) == ("provisional", office.person("seller one"))
    assert customer.source == "展会或论坛"
    page = text_of(client.get(f"/customers/{customer.uid}/"))
    assert "咨询（人工录入）" in page
    assert "需要40套席位 · 分级：A 高意向" in page
    listed = client.get("/api/v1/customers", {"lifecycle": "potential"}).json()["items"]
    assert [row["uid"] for row in listed] == [str(customer.uid)]
    lead = client.get("/api/v1/leads").json()["items"][0]
    assert (lead["grade"], lead["contact_title"], lead["phone"]) == ("A", "采购经理", "138****9876")
    assert "章建国" not in text_of(client.get("/leads/")) + page


@pytest.mark.requirement("ACQ-04", proof="user")
def test_who_asks_again_joins_the_same_customer_and_lead(office: Office) -> None:
    client = browser(office, "market")
    typed = {
        "kind": "firm", "name": "常州恒远（集团）有限公司", "contact_name": "陆敏", "phone": "13900131111",
        "need": "询价", "urgency": "later", "source": "search",
    }  # fmt: skip

    client.post("/leads/new/", typed)
    client.post("/leads/new/", {**typed, "name": "常州恒远有限公司", "need": "再次询价", "urgency": "quarter"})

    lead = Lead.objects.get()
    assert (Customer.objects.count(), lead.inquiries, lead.urgency) == (1, 2, "quarter")
    assert lead.customer.contacts.count() == 1
    page = text_of(client.get(f"/leads/{lead.uid}/"))
    assert "再次询价" in page
    assert "已咨询 2 次" in page


def test_a_person_is_known_by_telephone_and_by_mail_and_a_firm_by_its_code(office: Office) -> None:
    person = {"kind": "person", "contact": None}
    one = pooled(office, **person, values={"name": "欧阳静宜", "phone": "13911112222", "email": "oy@example.com"})
    same_phone = pooled(office, **person, values={"name": "欧阳", "phone": "139 1111 2222"})
    same_mail = pooled(office, **person, values={"name": "欧阳静宜", "email": "OY@example.com"})
    firm = asked(office.viewer("market"), name="宁波华联", profile={"credit_code": "91110000600037341L"})
    renamed = asked(office.viewer("market"), name="宁波华联 有限公司")

    assert one.customer_id == same_phone.customer_id == same_mail.customer_id
    assert firm.customer_id == renamed.customer_id != one.customer_id


def test_the_owner_of_a_customer_who_handles_leads_gets_its_lead_and_no_file_is_taken_away(office: Office) -> None:
    mine = office.firm("seller two", name="绍兴大成纺织")
    managed = office.firm("manager one", name="湖州永信木业")

    to_owner = asked(office.viewer("seller one"), name="绍兴大成纺织", owner_id=office.person("seller one"))
    to_seller = asked(office.viewer("seller one"), name="湖州永信木业", owner_id=office.person("seller one"))

    assert (to_owner.customer_id, to_owner.owner_id) == (mine.pk, office.person("seller two"))
    assert (to_seller.customer_id, to_seller.owner_id) == (managed.pk, office.person("seller one"))
    managed.refresh_from_db()
    assert managed.owner_id == office.person("manager one")
    client = browser(office, "seller one")
    assert do(client, to_seller, "first_contact", **CONTACT).status_code == 200
    assert managed.interactions.get().owner_id == office.person("seller one")


def test_a_dropped_lead_opens_anew_and_after_a_conversion_there_is_another(office: Office) -> None:
    client = browser(office, "seller one")
    lead = asked(office.viewer("seller one"), name="台州新光阀门", owner_id=office.person("seller one"))
    assert do(client, lead, "drop", drop_reason="not_reached").status_code == 200

    again = asked(office.viewer("seller one"), name="台州新光阀门", owner_id=office.person("seller one"))
    assert (again.pk, again.state, again.inquiries) == (lead.pk, "new", 2)
    do(client, lead, "first_contact", **CONTACT)
    do(client, lead, "convert")
    third = asked(office.viewer("seller one"), name="台州新光阀门", owner_id=office.person("seller one"))

    assert third.pk != lead.pk
    assert third.customer_id == lead.customer_id


# --- grades and the queue -----------------------------------------------------------------------------------------


@pytest.mark.requirement("ACQ-05", proof="user")
def test_leads_c_a_b_in_one_queue_stand_in_the_order_a_b_c(office: Office) -> None:
    """D4-18, word for word."""
    seller = office.viewer("seller one")
    c = asked(seller, owner_id=seller.person_id)
    a = asked(seller, owner_id=seller.person_id, profile=FITS, urgency="month")
    b = asked(seller, owner_id=seller.person_id, profile=FITS)
    older_is_first = asked(seller, owner_id=seller.person_id, profile=FITS, urgency="month")
    assert [c.grade, a.grade, b.grade] == ["C", "A", "B"]
    client = browser(office, "seller one")

    rows = client.get("/api/v1/leads", {"owner": "me", "closed_at": "none"}).json()["items"]
    page, home = text_of(client.get("/leads/")), text_of(client.get("/"))

    wanted = [str(lead.uid) for lead in (a, older_is_first, b, c)]
    assert [row["uid"] for row in rows] == wanted
    for shown in (page, home):
        places = [shown.index(uid) for uid in wanted]
        assert places == sorted(places)


@pytest.mark.requirement("ACQ-05", proof="user")
def test_the_reasons_of_a_grade_stand_beside_the_lead_in_words(office: Office) -> None:
    lead = asked(office.viewer("seller one"), owner_id=office.person("seller one"), profile=FITS, urgency="month")

    page = text_of(browser(office, "seller one").get(f"/leads/{lead.uid}/"))

    for words in ("属于目标行业：制造业", "达到目标规模：500 人", "属于目标地区：浙江", "一个月内需要"):
        assert words in page


def test_a_lead_is_graded_anew_when_facts_change_unless_somebody_graded_it_by_hand(office: Office) -> None:
    client = browser(office, "seller one")
    lead = asked(office.viewer("seller one"), owner_id=office.person("seller one"), urgency="month")
    by_hand = asked(office.viewer("seller one"), owner_id=office.person("seller one"))
    assert lead.grade == "B"
    assert do(client, by_hand, "grade", grade="A", reason="老客户介绍").status_code == 200

    for one in (lead, by_hand):
        customer = one.customer
        customer_update(viewer=office.viewer("seller one"), uid=customer.uid, version=customer.version, **FITS)
    deliver()
    lead.refresh_from_db()
    by_hand.refresh_from_db()

    assert (lead.grade, by_hand.grade) == ("A", "A")
    assert "老客户介绍" in text_of(client.get(f"/leads/{by_hand.uid}/"))
    assert do(client, by_hand, "grade", grade="rule", reason="按规则").status_code == 200
    version = client.get(f"/api/v1/leads/{by_hand.uid}").json()
    assert (version["grade"], version["is_graded_by_hand"]) == ("B", False)
    lines = TimelineEntry.objects.filter(customer=lead.customer, kind="lead.graded")
    assert [line.words["after"] for line in lines] == ["A"]


# --- pool ---------------------------------------------------------------------------------------------------------


def test_the_pool_shows_a_lead_to_its_department_and_without_one_to_all_sales(office: Office) -> None:
    everybodys = pooled(office)
    of_one = pooled(office, department_id=office.departments["one"].pk)
    claimed = pooled(office, owner_id=office.person("seller one"))

    def seen(name: str) -> set[str]:
        rows = browser(office, name).get("/api/v1/leads").json()["items"]
        return {row["uid"] for row in rows}

    all_three = {str(everybodys.uid), str(of_one.uid), str(claimed.uid)}
    assert seen("seller one") == all_three
    assert seen("other one") == {str(everybodys.uid), str(of_one.uid)}
    assert seen("seller two") == {str(everybodys.uid)}
    assert seen("chief") == all_three
    assert browser(office, "seller two").get(f"/leads/{of_one.uid}/").status_code == 404
    assert do(browser(office, "seller two"), of_one, "claim").status_code == 404


def test_claiming_makes_the_claimer_owner_of_lead_and_provisional_customer(office: Office) -> None:
    lead = pooled(office)
    one, other = browser(office, "seller one"), browser(office, "other one")
    assert "/do/claim/" in text_of(other.get(f"/leads/{lead.uid}/"))
    before = lead.version

    taken = one.post(f"/leads/{lead.uid}/do/claim/", {"version": before})
    second = other.post(f"/api/v1/leads/{lead.uid}/claim", {"version": before}, content_type="application/json")

    assert taken.status_code == 302
    assert second.status_code == 404, "it belongs to somebody now"
    chief = browser(office, "chief")
    third = chief.post(f"/api/v1/leads/{lead.uid}/claim", {"version": before}, content_type="application/json")
    assert (third.status_code, third.json()["code"]) == (409, "lead_taken")
    lead.refresh_from_db()
    assert lead.owner_id == lead.customer.owner_id == office.person("seller one")
    assert "线索由员工seller one负责" in text_of(one.get(f"/customers/{lead.customer.uid}/"))


def test_a_lead_is_given_back_with_a_reason_and_assigned_by_the_sales_lead(office: Office) -> None:
    one = browser(office, "seller one")
    lead = pooled(office)
    do(one, lead, "claim")

    assert do(one, lead, "give_back", reason="").status_code == 422
    assert do(one, lead, "give_back", reason="不在我的行业").status_code == 200
    lead.refresh_from_db()
    assert (lead.owner_id, lead.department_id) == (None, office.departments["one"].pk)
    assert lead.customer.owner_id is None
    assert do(one, lead, "assign", owner=str(office.people["other one"].uid)).status_code == 403
    assigned = do(browser(office, "lead one"), lead, "assign", owner=str(office.people["other one"].uid))
    assert assigned.status_code == 200, text_of(assigned)
    wrong = do(browser(office, "lead one"), lead, "assign", owner=str(office.people["it"].uid))
    assert (wrong.status_code, wrong.json()["code"]) == (409, "posts_lack_work")
    lead.refresh_from_db()
    assert lead.owner_id == lead.customer.owner_id == office.person("other one")


def test_claims_of_a_day_have_a_limit_that_giving_back_does_not_lift(office: Office, moment: Clock) -> None:
    limit = POLICIES.get(PoolPolicy).claims_per_day
    moment.at(dt.datetime(2026, 7, 13, 9, 0, tzinfo=clock.ZONE))
    one = browser(office, "seller one")
    first, *others = [pooled(office) for _ in range(limit + 1)]
    assert do(one, first, "claim").status_code == 200
    do(one, first, "give_back", reason="误领")
    for lead in others[:-1]:
        assert do(one, lead, "claim").status_code == 200

    refused = do(one, others[-1], "claim")
    assert (refused.status_code, refused.json()["code"]) == (409, "claim_limit")
    assert str(limit) in text_of(one.post(f"/leads/{others[-1].uid}/do/claim/", {"version": 1}))
    moment.at(dt.datetime(2026, 7, 14, 0, 0, 1, tzinfo=clock.ZONE))
    assert do(browser(office, "seller one"), others[-1], "claim").status_code == 200


# --- first contact and what follows -------------------------------------------------------------------------------


@pytest.fixture
def lead(office: Office) -> Lead:
    return asked(office.viewer("seller one"), owner_id=office.person("seller one"))


@pytest.mark.requirement("ACQ-07", proof="user")
@pytest.mark.requirement("ACQ-08", proof="user")
def test_the_first_contact_is_logged_with_go_and_stands_on_the_timeline_at_once(office: Office, lead: Lead) -> None:
    client = browser(office, "seller one")

    response = client.post(f"/leads/{lead.uid}/do/first_contact/", {**CONTACT, "version": lead.version})

    assert response.status_code == 302
    page = text_of(client.get(f"/leads/{lead.uid}/"))
    for words in ("介绍了基础版与交付周期", "交付周期", "价格", "需求明确，预算已批"):
        assert words in page
    timeline = text_of(client.get(f"/customers/{lead.customer.uid}/"))
    assert "初次接触：继续跟进" in timeline
    talk = lead.customer.interactions.get()
    assert (talk.kind, talk.contact_id, talk.owner_id) == ("call", lead.contact_id, office.person("seller one"))
    board = text_of(client.get("/leads/", {"as": "board"}))
    assert "已接触" in board
    again = do(client, lead, "first_contact", **CONTACT)
    assert (again.status_code, again.json()["code"]) == (409, "already_contacted")


@pytest.mark.requirement("ACQ-07", proof="user")
def test_words_that_promise_too_much_are_pointed_out_and_confirmed_never_silently(office: Office, lead: Lead) -> None:
    client = browser(office, "seller one")
    typed = {**CONTACT, "message": "我们保证一周上线，绝对没有问题", "version": lead.version}
    address = f"/leads/{lead.uid}/do/first_contact/"

    warned = client.post(address, typed)
    said = text_of(warned)
    assert warned.status_code == 422
    assert "绝对、保证" in said
    assert "promises_can_be_kept" in said
    assert "我们保证一周上线" in said, "what was typed is kept"
    assert Lead.objects.get().contacted_at is None
    assert do(client, lead, "first_contact", **{**CONTACT, "message": "guaranteed"}).json()["code"] == "overpromise"

    assert client.post(address, {**typed, "promises_can_be_kept": "1"}).status_code == 302
    assert "初次接触中已确认的用语" in text_of(client.get(f"/leads/{lead.uid}/"))
    noted = Entry.objects.filter(action="lead.first_contact").latest("id")
    assert json.loads(noted.after)["promises"] == ["绝对", "保证"]


@pytest.mark.requirement("ACQ-07", proof="user")
def test_no_go_needs_a_reason_and_ends_the_lead(office: Office, lead: Lead) -> None:
    client = browser(office, "seller one")

    without = do(client, lead, "first_contact", **{**CONTACT, "decision": "no_go", "reason": ""})
    assert without.status_code == 422
    assert do(client, lead, "convert").json()["code"] == "not_yet_contacted"
    answer = do(client, lead, "first_contact", **{**CONTACT, "decision": "no_go", "reason": "没有预算"})

    assert (answer.json()["state"], answer.json()["drop_reason"]) == ("dropped", "no_go")
    assert do(client, lead, "follow_up", contact_channel="call", feedback="再问").json()["code"] == "lead_closed"


def test_a_talk_on_the_customer_page_is_progress_and_follows_up(office: Office, lead: Lead) -> None:
    client = browser(office, "seller one")
    do(client, lead, "first_contact", **CONTACT)
    assert client.get(f"/api/v1/leads/{lead.uid}").json()["state"] == "contacted"

    interaction_log(
        viewer=office.viewer("seller one"), customer_uid=lead.customer.uid, kind="visit", feedback="看了现场"
    )

    assert client.get(f"/api/v1/leads/{lead.uid}").json()["state"] == "followed"


@pytest.mark.requirement("ACQ-07", proof="user")
def test_a_lead_is_handed_on_to_sales_with_its_need_as_title(office: Office, lead: Lead) -> None:
    client = browser(office, "seller one")
    do(client, lead, "first_contact", **CONTACT)
    do(client, lead, "follow_up", contact_channel="visit", feedback="确认需求")

    moved = do(client, lead, "move", state="converted")

    assert moved.json()["state"] == "converted"
    news = EventRow.objects.get(name="acquire.LeadConverted").payload
    assert (news["title"], news["customer_id"], news["owner_id"]) == (
        lead.need, lead.customer_id, office.person("seller one"),
    )  # fmt: skip
    assert "线索已转为商机" in text_of(client.get(f"/customers/{lead.customer.uid}/"))
    assert do(client, lead, "convert").json()["code"] == "lead_closed"


def test_on_the_board_a_card_moves_only_where_a_decision_leads(office: Office, lead: Lead) -> None:
    client = browser(office, "seller one")

    assert do(client, lead, "move", state="followed").json()["code"] == "lead_moves_by_deeds"
    asks = client.post(f"/leads/{lead.uid}/do/move/", {"state": "dropped", "version": lead.version})
    assert asks.status_code == 422
    assert do(client, lead, "move", state="dropped", drop_reason="no_need").json()["state"] == "dropped"


def test_the_second_of_two_who_act_on_what_they_read_is_told(office: Office, lead: Lead) -> None:
    one, chief = browser(office, "seller one"), browser(office, "lead one")
    read = lead.version
    assert do(one, lead, "grade", grade="A", reason="急").status_code == 200

    body = {"version": read, "drop_reason": "no_need"}
    late = chief.post(f"/api/v1/leads/{lead.uid}/drop", body, content_type="application/json")

    assert (late.status_code, late.json()["code"]) == (409, "stale")


def test_the_lead_of_somebody_else_of_the_department_is_not_worked_on(office: Office) -> None:
    lead = pooled(office)

    refused = do(browser(office, "seller one"), lead, "first_contact", **CONTACT)
    do(browser(office, "other one"), lead, "claim")

    assert refused.json()["code"] == "lead_unclaimed"
    assert do(browser(office, "seller one"), lead, "first_contact", **CONTACT).status_code == 404


# --- without an update --------------------------------------------------------------------------------------------


@pytest.mark.requirement("ACQ-08", proof="user")
def test_a_lead_without_an_update_is_flagged_shown_at_home_and_cleared_by_an_update(
    office: Office, moment: Clock
) -> None:
    monday = dt.datetime(2026, 7, 13, 9, 0, tzinfo=clock.ZONE)
    days = POLICIES.get(ProgressPolicy).quiet_days
    moment.at(monday)
    lead = asked(office.viewer("seller one"), owner_id=office.person("seller one"))
    moment.at(monday + dt.timedelta(days=days) - dt.timedelta(minutes=1))
    assert leads_flag_quiet(viewer=system("test")) == 0

    moment.at(monday + dt.timedelta(days=days, minutes=1))
    assert leads_flag_quiet(viewer=system("test")) == 1
    assert leads_flag_quiet(viewer=system("test")) == 0
    client = browser(office, "seller one")
    quiet = client.get("/api/v1/leads", {"is_quiet": "1"}).json()["items"]
    assert [row["uid"] for row in quiet] == [str(lead.uid)]
    assert counters_in(text_of(client.get("/")))["久未更新"] == (1, "/leads/?owner=me&is_quiet=1")

    do(client, lead, "first_contact", **CONTACT)
    assert client.get("/api/v1/leads", {"is_quiet": "1"}).json()["items"] == []
    assert counters_in(text_of(client.get("/")))["久未更新"][0] == 0


# --- home ---------------------------------------------------------------------------------------------------------


def test_home_counts_open_the_exact_lists(office: Office) -> None:
    pooled(office)
    pooled(office, source="exhibition", profile=FITS, urgency="month")
    asked(office.viewer("seller one"), owner_id=office.person("seller one"))

    seller, market = text_of(browser(office, "seller one").get("/")), text_of(browser(office, "market").get("/"))

    counted = counters_in(seller)
    assert (counted["我的线索"][0], counted["公海线索"][0]) == (1, 2)
    listed = browser(office, "seller one").get(counted["公海线索"][1], headers={"accept": "text/html"})
    assert text_of(listed).count("<tr data-url") == 2
    monday = clock.today() - dt.timedelta(days=clock.today().weekday())
    link = f"/leads/?created_at__from={monday}&amp;source=exhibition&amp;grade=A"
    assert link in market
    rows = browser(office, "market").get("/leads/", {"created_at__from": str(monday), "source": "exhibition"})
    assert "A 高意向" in text_of(rows)
