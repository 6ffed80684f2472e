"""Customers are greeted on their days: once, in their language, through the gate, or by their owner."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import signal
from typing import Any

import pytest

from zhike.comply.public import consent_record, consent_withdraw
from zhike.correspond.models import Message, MessageState
from zhike.customers.models import Contact, Customer, CustomerState, TimelineEntry
from zhike.customers.public import birthdays_at
from zhike.customers.services.birthdays import birthdays_index
from zhike.customers.services.contact import contact_create, contact_update
from zhike.customers.services.customer import customer_delete, customer_update
from zhike.customers.tests.office import Clock, Office, deliver, opened
from zhike.foundation import obligations
from zhike.foundation.access.models import Person, PostHolding
from zhike.foundation.access.people import person_add
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Forbidden, Invalid, Stale
from zhike.foundation.messages.models import Notice
from zhike.foundation.obligations.models import Duty, DutyNotice
from zhike.foundation.outbox.tests.processes import spawn
from zhike.foundation.policies.load import load_defaults
from zhike.foundation.records.testing import text_of
from zhike.serve.models import Greeting, GreetingDay
from zhike.serve.policy import GreetingPolicy
from zhike.serve.refusals import GreetingDayOver, GreetingNotPlanned, GreetingNotTakenOut, GreetingNotToGive
from zhike.serve.services.complaint import complaint_receive
from zhike.serve.services.greeting import greeting_drop, greeting_give, greeting_put_back, greeting_take_out
from zhike.serve.services.greeting_planning import greetings_plan
from zhike.serve.services.greeting_sending import greetings_send
from zhike.serve.tests.conftest import with_service

POLICY = load_defaults().get(GreetingPolicy)
DAY = dt.date(2026, 5, 12)
BORN = "1980-05-12"
OWNER = "manager one"


def with_operations(office: Office) -> Office:
    people = dict(office.people)
    people["ops"] = person_add(
        username="ops of greetings", name="员工运营", post_codes=["operations_specialist"],
        department=office.departments["root"], superior=people["boss"],
    )  # fmt: skip
    PostHolding.objects.update(since="2020-01-01")
    return dataclasses.replace(office, people=people)


@pytest.fixture
def office(db: None, moment: Clock) -> Office:
    """The small enterprise with somebody who runs operations, on the eve of the day."""
    at(moment, DAY - dt.timedelta(days=1), 12)
    return with_operations(with_service(opened()))


def at(moment: Clock, day: dt.date, hour: float) -> None:
    moment.at(clock.start_of(day) + dt.timedelta(hours=hour))


def a_person(office: Office, *, agrees: bool = True, tier: str = "core", **values: Any) -> Customer:
    given = {"birthday": BORN, "email": "ouyang@person.example"} | values
    customer = office.human(OWNER, **given)
    CustomerState.objects.filter(pk=customer.pk).update(tier=tier)
    if agrees:
        consent(office, customer)
    return customer


def consent(office: Office, customer: Customer) -> None:
    consent_record(viewer=office.viewer(OWNER), customer_uid=customer.uid, channel="visit", how="signed")


def the_day(moment: Clock, day: dt.date = DAY, hour: float = 9.1) -> dict[str, int]:
    """Plan what is to come, then let the hour come."""
    greetings_plan(day)
    at(moment, day, hour)
    return greetings_send()


def words_of(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", text_of(answer)).split())


def reasons() -> list[str]:
    return [one["code"] for one in Greeting.objects.get().reasons]


@pytest.mark.requirement("AUTO-01", proof="rule")
def test_a_person_is_greeted_on_the_birthday_in_the_morning_and_once(office: Office, moment: Clock) -> None:
    customer = a_person(office, cooperation_since="2020-01-01")

    assert the_day(moment, hour=POLICY.send_hour - 0.5) == {}
    assert the_day(moment) == {"sent": 1}
    assert the_day(moment, hour=12) == {}
    assert the_day(moment, DAY + dt.timedelta(days=1)) == {}

    message = Message.objects.get()
    assert (message.customer_id, message.state, message.is_automatic) == (customer.pk, MessageState.QUEUED, True)
    assert message.subject == "生日快乐"
    assert "感谢您 6 年来的信任与支持" in message.body
    assert "{name}，您好" in message.body  # the name is filled in when it leaves


@pytest.mark.requirement("CARE-06", proof="rule")
@pytest.mark.parametrize(("customers", "own", "subject"), [("en", "", "Happy birthday"), ("en", "zh", "生日快乐")])
def test_a_contact_is_greeted_in_the_own_language_else_in_the_firms(
    office: Office, moment: Clock, customers: str, own: str, subject: str
) -> None:
    firm = office.firm(OWNER, language=customers)
    contact = contact_create(
        viewer=office.viewer(OWNER), customer_uid=firm.uid, name="王建国", email="wang@firm.example", birthday=BORN,
        language=own,
    )  # fmt: skip
    consent(office, firm)

    assert the_day(moment) == {"sent": 1}
    message = Message.objects.get()
    assert (message.contact_id, message.subject) == (contact.pk, subject)


@pytest.mark.requirement("AUTO-08", proof="rule")
@pytest.mark.requirement("SEC-03", proof="rule")
def test_d4_23_consent_withdrawn_birthday_comes_nothing_is_sent_reason_logged(
    office: Office, moment: Clock, page_of: Any
) -> None:
    customer = a_person(office)
    consent_withdraw(viewer=office.viewer(OWNER), customer_uid=customer.uid, channel="phone", purposes=["marketing"])

    assert the_day(moment) == {"refused": 1}
    deliver()

    assert reasons() == ["consent_withdrawn"]
    assert Message.objects.get().state == MessageState.REFUSED
    browser = page_of("ops")
    assert f"The customer withdrew consent on {clock.today() - dt.timedelta(days=1)}" in text_of(
        browser.get(f"/greetings/{Greeting.objects.get().uid}/")
    )
    assert "Consent was withdrawn." in text_of(browser.get("/service/greetings/"))
    assert "E-mail not allowed out" in text_of(page_of(OWNER).get(f"/customers/{customer.uid}/"))


def test_who_never_agreed_is_not_greeted_by_mail_and_not_by_phone(office: Office, moment: Clock) -> None:
    a_person(office, agrees=False)
    a_person(office, agrees=False, tier="high", name="司马清如", phone="13900001111")

    assert the_day(moment) == {"refused": 2}
    assert {one["code"] for row in Greeting.objects.all() for one in row.reasons} == {"consent_not_asked"}


def test_who_has_an_open_complaint_is_not_wished_well(office: Office, moment: Clock) -> None:
    customer = a_person(office)
    complaint_receive(viewer=office.viewer("service"), customer=customer.uid, content="两天没人回电")

    assert the_day(moment) == {"refused": 1}
    deliver()

    assert reasons() == ["complaint_open"]
    assert not Message.objects.exists()
    line = TimelineEntry.objects.get(kind="greeting.refused")
    assert line.words == {"occasion": "birthday", "reasons": ["complaint_open"]}


@pytest.mark.requirement("AUTO-01", proof="user")
def test_customers_of_high_value_are_called_by_their_owner_who_has_a_clock(
    office: Office, moment: Clock, page_of: Any
) -> None:
    customer = a_person(office, tier="high")

    assert the_day(moment) == {"call": 1}
    deliver()

    row = Greeting.objects.get()
    duty = Duty.objects.get(code="B-26")
    assert (duty.person_id, duty.due_at) == (office.person(OWNER), clock.start_of(DAY) + dt.timedelta(hours=18))
    assert Notice.objects.get(code="greeting.call").person_id == office.person(OWNER)
    assert not Message.objects.exists()
    browser = page_of(OWNER)
    page = text_of(browser.get(f"/greetings/{row.uid}/"))
    assert "To be given by phone" in page
    assert "祝您生日快乐" in page
    assert "欧阳静宜" not in page
    answer = browser.post(f"/greetings/{row.uid}/do/give/", {"version": row.version, "note": "很高兴"}, follow=True)
    assert "The clock has stopped" in text_of(answer)
    deliver()
    assert Duty.objects.get(code="B-26").state == "fulfilled"
    assert "Greeted: birthday" in text_of(browser.get(f"/customers/{customer.uid}/"))


@pytest.mark.requirement("AUTO-01", proof="rule")
def test_a_call_that_is_not_made_reminds_and_reaches_the_superior(office: Office, moment: Clock) -> None:
    a_person(office, tier="high")
    the_day(moment)
    deliver()
    duty = Duty.objects.get(code="B-26")

    obligations.tick(duty.remind_at + dt.timedelta(seconds=1))
    obligations.tick(duty.due_at)
    assert Duty.objects.get(pk=duty.pk).state == "open", "the last second counts"
    obligations.tick(duty.due_at + dt.timedelta(seconds=1))

    assert Duty.objects.get(pk=duty.pk).state == "breached"
    told = set(DutyNotice.objects.filter(duty=duty).values_list("person_id", "kind"))
    superior = Person.objects.get(pk=office.person(OWNER)).superior_id
    assert {(office.person(OWNER), "remind"), (office.person(OWNER), "breach"), (superior, "escalation")} <= told


def test_a_day_that_is_over_is_not_made_up_for(office: Office, moment: Clock) -> None:
    a_person(office)

    assert the_day(moment, hour=POLICY.last_hour) == {}
    at(moment, DAY + dt.timedelta(days=1), 0.1)
    assert greetings_send() == {"refused": 1}
    assert reasons() == ["day_over"]


@pytest.mark.parametrize(("change", "reason"), [("birthday", "changed"), ("delete", "gone"), ("sample", "sample")])
def test_what_changed_since_it_was_planned_counts(office: Office, moment: Clock, change: str, reason: str) -> None:
    customer = a_person(office)
    greetings_plan(DAY)
    if change == "birthday":
        customer_update(viewer=office.viewer(OWNER), uid=customer.uid, version=customer.version, birthday="1980-05-13")
    elif change == "delete":
        customer_delete(viewer=office.viewer(OWNER), uid=customer.uid)
    else:
        Customer.objects.filter(pk=customer.pk).update(origin="sample")

    at(moment, DAY, 10)
    assert greetings_send() == {"refused": 1}
    assert reasons() == [reason]


def test_lunar_birthdays_are_found_by_the_lunar_day(office: Office) -> None:
    customer = a_person(office, birthday="1980-09-23", birthday_is_lunar=True)  # the 15th of the 8th month
    mid_autumn = dt.date(2026, 9, 25)

    assert birthdays_at(mid_autumn, "feb_28") == [(customer.pk, None)]
    assert birthdays_at(dt.date(2026, 9, 23), "feb_28") == []
    changed = customer_update(
        viewer=office.viewer(OWNER), uid=customer.uid, version=customer.version, birthday_is_lunar=False
    )
    assert birthdays_at(mid_autumn, "feb_28") == []
    assert birthdays_at(dt.date(2026, 9, 23), "feb_28") == [(customer.pk, None)]
    customer_update(viewer=office.viewer(OWNER), uid=customer.uid, version=changed.version, birthday="")
    assert birthdays_at(dt.date(2026, 9, 23), "feb_28") == []


def test_the_index_is_not_the_day_and_a_change_of_something_else_keeps_it(office: Office) -> None:
    firm = office.firm(OWNER)
    contact = contact_create(viewer=office.viewer(OWNER), customer_uid=firm.uid, name="王建国", birthday=BORN)
    mark = bytes(Contact.objects.get(pk=contact.pk).birthday_blind or b"")
    assert len(mark) == 16

    contact_update(viewer=office.viewer(OWNER), uid=contact.uid, version=contact.version, title="总监")

    assert bytes(Contact.objects.get(pk=contact.pk).birthday_blind or b"") == mark
    assert birthdays_at(DAY, "feb_28") == [(firm.pk, contact.pk)]


def test_rows_from_before_the_index_get_theirs_in_pieces(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    people = [a_person(office, agrees=False, name=f"欧阳静{n}", phone=f"1390000111{n}") for n in range(3)]
    Customer.objects.update(birthday_blind=None)
    monkeypatch.setattr("zhike.customers.services.birthdays._PIECE", 2)

    first = birthdays_index(Customer, 0)
    assert (first.after, first.marked) == (people[1].pk, 2)
    second = birthdays_index(Customer, first.after or 0)
    assert (second.after, second.marked) == (people[2].pk, 1)
    assert birthdays_index(Customer, second.after or 0).after is None
    assert birthdays_index(Customer, 0).marked == 0
    assert birthdays_at(DAY, "feb_28") == [(one.pk, None) for one in people]


@pytest.mark.requirement("AUTO-01", proof="rule")
def test_on_a_holiday_the_primary_contact_is_greeted_and_low_value_is_left_alone(office: Office, moment: Clock) -> None:
    firm, low = office.firm(OWNER), office.firm(OWNER, email="low@firm.example")
    CustomerState.objects.filter(pk=firm.pk).update(tier="high")
    CustomerState.objects.filter(pk=low.pk).update(tier="low")
    for name in ("王建国", "李文静"):
        contact = contact_create(
            viewer=office.viewer(OWNER), customer_uid=firm.uid, name=name, email="all@firm.example",
            is_primary=name == "李文静",
        )  # fmt: skip
    consent(office, firm)
    mid_autumn = dt.date(2026, 9, 25)

    assert the_day(moment, mid_autumn) == {"sent": 1}

    message = Message.objects.get()
    assert (message.contact_id, message.subject) == (contact.pk, "中秋节问候")
    assert "值此中秋节" in message.body


def test_who_has_a_birthday_on_a_holiday_is_greeted_once_for_the_birthday(office: Office, moment: Clock) -> None:
    a_person(office, birthday="1980-10-01")

    assert the_day(moment, dt.date(2026, 10, 1)) == {"sent": 1}
    assert Greeting.objects.get().occasion == "birthday"


def test_a_holiday_that_is_switched_off_greets_nobody(office: Office, moment: Clock) -> None:
    a_person(office)
    GreetingDay.objects.filter(title="国庆节").update(is_on=False)

    assert greetings_plan(dt.date(2026, 10, 1)) == 0


@pytest.mark.requirement("CARE-06", proof="user")
def test_operations_looks_at_what_leaves_next_takes_one_out_and_puts_it_back(
    office: Office, moment: Clock, page_of: Any
) -> None:
    a_person(office)
    greetings_plan(DAY)
    row = Greeting.objects.get()
    browser = page_of("ops")
    ahead = words_of(browser.get("/service/greetings/"))
    assert "2026-05-12 Birthday 1 0" in ahead
    page = text_of(browser.get(f"/greetings/{row.uid}/"))
    assert "祝您生日快乐" in page
    assert "欧阳静宜" not in page

    answer = browser.post(
        f"/greetings/{row.uid}/do/take_out/", {"version": row.version, "reason": "刚办丧事"}, follow=True
    )
    assert "刚办丧事" in text_of(answer)
    assert "2026-05-12 Birthday 0 1" in words_of(browser.get("/service/greetings/"))
    at(moment, DAY, 10)
    assert greetings_send() == {}

    version = Greeting.objects.get().version
    browser.post(f"/greetings/{row.uid}/do/put_back/", {"version": version})
    assert greetings_send() == {"sent": 1}
    assert "2026-05-12 Birthday 1 0 0" in words_of(browser.get("/service/greetings/"))


def test_who_comes_second_or_too_late_is_told(office: Office, moment: Clock) -> None:
    a_person(office)
    greetings_plan(DAY)
    row, ops = Greeting.objects.get(), office.viewer("ops")

    with pytest.raises(Invalid):
        greeting_take_out(viewer=ops, uid=row.uid, version=row.version, reason=" ")
    greeting_take_out(viewer=ops, uid=row.uid, version=row.version, reason="暂缓")
    with pytest.raises(Stale):
        greeting_put_back(viewer=ops, uid=row.uid, version=row.version)
    with pytest.raises(GreetingNotPlanned):
        greeting_take_out(viewer=ops, uid=row.uid, reason="暂缓")
    with pytest.raises(GreetingNotToGive):
        greeting_drop(viewer=ops, uid=row.uid, reason="不需要")
    at(moment, DAY + dt.timedelta(days=1), 1)
    with pytest.raises(GreetingDayOver):
        greeting_put_back(viewer=ops, uid=row.uid)


def test_only_the_owner_and_who_looks_after_greetings_give_one(office: Office, moment: Clock) -> None:
    a_person(office, tier="high")
    the_day(moment)
    row = Greeting.objects.get()

    with pytest.raises(Forbidden):
        greeting_give(viewer=office.viewer("service"), uid=row.uid)
    with pytest.raises(GreetingNotTakenOut):
        greeting_put_back(viewer=office.viewer("ops"), uid=row.uid)
    assert greeting_give(viewer=office.viewer(OWNER), uid=row.uid).state == "greeted"


CHILD = """
import os, signal
from zhike.serve.services import greeting_sending
saved = greeting_sending.saved
count = []

def dying(*given, **values):
    count.append(1)
    if len(count) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    saved(*given, **values)

greeting_sending.saved = dying
greeting_sending.greetings_send()
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("AUTO-01", proof="rule")
def test_a_worker_killed_in_the_middle_greets_nobody_twice(moment: Clock) -> None:
    at(moment, DAY - dt.timedelta(days=1), 12)
    office = with_operations(with_service(opened()))
    for n in range(3):
        a_person(office, name=f"欧阳静{n}", phone=f"1390000111{n}", email=f"o{n}@person.example")
    greetings_plan(DAY)
    at(moment, DAY, 9.5)

    child = spawn(CHILD)
    child.communicate()
    assert child.returncode == -signal.SIGKILL
    # The second was written when the worker died, with its message; neither stands.
    assert Message.objects.count() == Greeting.objects.filter(state="sent").count() == 1

    assert greetings_send() == {"sent": 2}
    assert greetings_send() == {}
    assert Message.objects.count() == Message.objects.values("customer").distinct().count() == 3
