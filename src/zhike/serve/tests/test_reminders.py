"""Customer and owner are reminded of arrears until they are paid, and of packages that are nearly used up."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from zhike.correspond.models import Message, MessageState
from zhike.correspond.services import sending
from zhike.customers.models import Contact, Customer
from zhike.customers.services.contact import contact_create
from zhike.customers.tests.office import Clock, Office
from zhike.foundation.access.models import Person
from zhike.foundation.access.viewer import system
from zhike.foundation.kit import clock
from zhike.foundation.messages.models import Notice
from zhike.foundation.policies.load import load_defaults
from zhike.foundation.records.testing import signed_in, text_of
from zhike.ledger import public as ledger
from zhike.ledger.models import Bill, PackageUse, Payment
from zhike.serve.models import Complaint
from zhike.serve.policy import ReminderPolicy
from zhike.serve.rules.reminders import arrears_next, arrears_step, arrears_steps, usage_step
from zhike.serve.services.complaint import complaint_receive
from zhike.serve.services.reminding import reminders_send

POLICY = load_defaults().get(ReminderPolicy)
DUE = dt.date(2026, 7, 10)
BILLING = system("billing system")


@pytest.mark.requirement("AUTO-03", proof="rule")
def test_reminders_have_their_days_and_go_on_until_the_last() -> None:
    assert arrears_steps(POLICY) == [1, 7, 15, 30, 45, 60, 75, 90]
    due = [arrears_step(DUE, DUE + dt.timedelta(days=n), POLICY) for n in (0, 1, 6, 7, 15, 29, 30, 90, 91)]
    assert due == [None, 1, 1, 7, 15, 15, 30, 90, None]
    assert arrears_next(DUE, DUE + dt.timedelta(days=7), POLICY) == DUE + dt.timedelta(days=15)
    assert arrears_next(DUE, DUE + dt.timedelta(days=90), POLICY) is None


@pytest.mark.requirement("AUTO-04", proof="rule")
def test_a_package_has_a_reminder_at_80_and_at_100_percent() -> None:
    assert [usage_step(used, 1000, POLICY) for used in (0, 799, 800, 999, 1000, 1400)] == [
        None, None, 80, 80, 100, 100,
    ]  # fmt: skip
    assert usage_step(5, 0, POLICY) is None


@pytest.fixture
def customer(office: Office, moment: Clock) -> Customer:
    moment.at(dt.datetime(2026, 7, 1, 9, tzinfo=clock.ZONE))
    made = office.firm("manager one")
    contact_create(
        viewer=office.viewer("manager one"), customer_uid=made.uid, name="诸葛明", title="财务主管",
        email="zhuge@firm.example",
    )  # fmt: skip
    return made


@pytest.fixture
def bill(customer: Customer) -> Bill:
    row = ledger.BillRow("B1", customer.pk, dt.date(2026, 6, 1), 20_000, DUE, None)
    ledger.bills_load(viewer=BILLING, rows=[row], origin="import")
    return Bill.objects.get()


def on(moment: Clock, days: int, hour: int = 9) -> int:
    moment.at(dt.datetime.combine(DUE + dt.timedelta(days=days), dt.time(hour), tzinfo=clock.ZONE))
    return reminders_send()["arrears"]


def page(office: Office, name: str, address: str) -> str:
    Person.objects.filter(pk=office.person(name)).update(must_change_password=False, language="en")
    return text_of(signed_in(Person.objects.get(pk=office.person(name))).get(address))


@pytest.mark.django_db
@pytest.mark.requirement("AUTO-03", proof="user")
def test_d4_26_bill_in_arrears_then_paid_reminders_stop(office: Office, bill: Bill, moment: Clock) -> None:
    assert [on(moment, day) for day in (0, 1, 1, 7, 15)] == [0, 1, 0, 1, 1]
    mails = list(Message.objects.order_by("id"))
    assert [mail.state for mail in mails] == [MessageState.QUEUED] * 3
    assert [f"已逾期 {days} 天" in mail.body for mail, days in zip(mails, (1, 7, 15), strict=True)] == [True] * 3
    assert "¥200.00" in mails[0].body
    notices = page(office, "manager one", "/notices/")
    assert "Bill of 2026-06 in arrears for 15 days: ¥200.00 open" in notices
    assert "The customer was written to." in notices
    shown = page(office, "manager one", f"/bills/{bill.uid}/")
    assert mails[2].number in shown
    assert "Overdue for 15 days." in shown
    assert "2026-08-09" in shown
    assert "E-mail written by the system" in page(office, "manager one", f"/customers/{bill.customer.uid}/")

    Bill.objects.update(paid_on=clock.today())

    assert [on(moment, day) for day in (30, 45)] == [0, 0]
    assert Message.objects.count() == 3
    assert "Paid. No more reminders leave." in page(office, "manager one", f"/bills/{bill.uid}/")


@pytest.mark.django_db
@pytest.mark.requirement("AUTO-03", proof="rule")
def test_what_waited_for_the_morning_does_not_leave_when_it_is_paid_in_the_night(bill: Bill, moment: Clock) -> None:
    assert on(moment, 1, hour=23) == 1
    message = Message.objects.get()
    assert message.next_at > clock.now()
    Payment.objects.create(bill=bill, customer=bill.customer, paid_on=clock.today(), amount_minor=20_000)

    moment.at(message.next_at + dt.timedelta(minutes=1))
    assert not sending._still_allowed(Message.objects.get())

    message.refresh_from_db()
    assert (message.state, [one["code"] for one in message.reasons]) == (MessageState.REFUSED, ["no_longer_so"])
    assert on(moment, 7) == 0, "part payments that cover the bill settle it"


@pytest.mark.django_db
@pytest.mark.requirement("AUTO-03", proof="rule")
def test_while_a_complaint_is_open_only_the_owner_is_told(office: Office, bill: Bill, moment: Clock) -> None:
    moment.at(dt.datetime.combine(DUE, dt.time(9), tzinfo=clock.ZONE))
    complaint = complaint_receive(viewer=office.viewer("service"), customer=bill.customer.uid, content="账单有误")

    assert [on(moment, 1), on(moment, 2)] == [1, 0]
    assert not Message.objects.exists()
    assert Notice.objects.get(code="bill.arrears").words["reasons"] == [{"code": "complaint_open", "data": {}}]
    assert "A complaint of the customer is open." in page(office, "manager one", f"/bills/{bill.uid}/")
    Complaint.objects.filter(pk=complaint.pk).update(closed_at=clock.now())
    assert on(moment, 3) == 1, "the step is made up for"
    assert Message.objects.count() == 1


@pytest.mark.django_db
def test_who_cannot_be_written_to_still_has_an_owner_who_knows_why(office: Office, bill: Bill, moment: Clock) -> None:
    Contact.objects.update(email="")

    assert [on(moment, 1), on(moment, 1)] == [1, 0]
    assert [one["code"] for one in Message.objects.get().reasons] == ["no_address"]
    assert "There is no address for this channel." in page(office, "manager one", "/notices/")
    Bill.objects.update(origin="sample")
    assert on(moment, 7) == 0, "bills of the sample company remind nobody"
    assert "The customer belongs to the sample company." in page(office, "manager one", f"/bills/{bill.uid}/")


@pytest.mark.django_db
@pytest.mark.requirement("AUTO-04", proof="user")
def test_customer_and_owner_hear_of_a_package_once_at_each_share(
    office: Office, customer: Customer, moment: Clock
) -> None:
    row = ledger.PackageUseRow("U1", customer.pk, "企业专线流量包", "GB", dt.date(2026, 7, 1), 1000, 640)
    ledger.package_uses_load(viewer=BILLING, rows=[row], origin="import")
    use = PackageUse.objects.get()
    moment.at(dt.datetime(2026, 7, 20, 9, tzinfo=clock.ZONE))

    def used(count: int) -> int:
        PackageUse.objects.update(used=count)
        return reminders_send()["package_use"]

    assert [used(799), used(812), used(950), used(1000), used(1200)] == [0, 1, 0, 1, 0]
    subjects = list(Message.objects.order_by("id").values_list("subject", flat=True))
    assert subjects == ["企业专线流量包 本月已使用 81%", "企业专线流量包 本月已使用 100%"]
    assert "企业专线流量包: 100% used in 2026-07" in page(office, "manager one", "/notices/")
    shown = page(office, "manager one", f"/package-uses/{use.uid}/")
    assert "120% of what the package includes is used." in shown
    assert Message.objects.latest("id").number in shown
    assert "企业专线流量包" in page(office, "manager one", f"/customers/{customer.uid}/")
    moment.at(dt.datetime(2026, 8, 1, 9, tzinfo=clock.ZONE))
    assert reminders_send()["package_use"] == 0, "the month is over"


@pytest.mark.django_db
def test_who_looks_after_messages_sees_how_many_reminders_left(office: Office, bill: Bill, moment: Clock) -> None:
    on(moment, 1)

    assert "Arrears 1 0" in " ".join(re.sub(r"<[^>]*>", " ", page(office, "boss", "/service/greetings/")).split())
