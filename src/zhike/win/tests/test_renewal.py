"""Customer and owner are reminded of a renewal on its days, once each."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from zhike.correspond.models import Message, MessageState
from zhike.customers.models import Contact, Customer
from zhike.customers.services.contact import contact_update
from zhike.customers.tests.office import Clock, Office
from zhike.foundation.access.models import Person
from zhike.foundation.kit import clock
from zhike.foundation.policies.load import load_defaults
from zhike.foundation.records.testing import signed_in, text_of
from zhike.win.models import Contract
from zhike.win.policy import RenewalPolicy
from zhike.win.rules.renewal import step_due, steps_of
from zhike.win.services.renewal import renewals_remind
from zhike.win.tests.deals import a_draft, approved, signed

POLICY = load_defaults().get(RenewalPolicy)
END = dt.date(2026, 12, 31)


def before(days: int) -> dt.date:
    return END - dt.timedelta(days=days)


@pytest.mark.requirement("AUTO-02", proof="rule")
def test_d4_10_renewal_on_31_december_reminder_on_1_december() -> None:
    assert step_due(END, dt.date(2026, 11, 30), POLICY) is None
    assert step_due(END, dt.date(2026, 12, 1), POLICY) == 30


def test_each_reminder_has_its_day_and_a_day_on_which_nothing_ran_is_made_up_for() -> None:
    for step in steps_of(POLICY):
        assert step_due(END, before(step), POLICY) == step
    assert step_due(END, before(POLICY.first_days - 1), POLICY) == POLICY.first_days
    assert step_due(END, before(0), POLICY) == POLICY.last_days
    assert step_due(END, before(-1), POLICY) is None


@pytest.fixture
def contract(office: Office, moment: Clock) -> Contract:
    moment.at(dt.datetime(2026, 6, 1, 9, tzinfo=clock.ZONE))
    made = signed(office, approved(office, a_draft(office.people["manager one"])))
    contact = Contact.objects.get(customer=made.customer)
    contact_update(
        viewer=office.viewer("manager one"), uid=contact.uid, version=contact.version, email="zhuge@firm.example"
    )
    Contract.objects.filter(pk=made.pk).update(ends_on=END)
    return made


def on(moment: Clock, days: int) -> int:
    moment.at(dt.datetime.combine(before(days), dt.time(9), tzinfo=clock.ZONE))
    return renewals_remind()


@pytest.mark.django_db
@pytest.mark.requirement("AUTO-02", proof="user")
def test_the_customer_gets_a_mail_and_the_owner_a_notice_on_each_of_the_days(
    office: Office, contract: Contract, moment: Clock
) -> None:
    assert on(moment, POLICY.first_days + 1) == 0
    assert on(moment, POLICY.first_days) == 1
    assert on(moment, POLICY.first_days) == 0  # once
    assert [on(moment, step) for step in steps_of(POLICY)[1:]] == [1, 1, 1]

    mails = list(Message.objects.order_by("id"))
    assert {mail.state for mail in mails} == {MessageState.QUEUED}
    assert [f"将在 {step} 天后到期" in mail.body for mail, step in zip(mails, steps_of(POLICY), strict=True)] == [
        True
    ] * 4
    assert {mail.address for mail in mails} == {"zh****@firm.example"}
    Person.objects.filter(pk=office.person("manager one")).update(must_change_password=False, language="en")
    browser = signed_in(Person.objects.get(pk=office.person("manager one")))
    notices = text_of(browser.get("/notices/"))
    assert f"Contract {contract.number} is to be renewed in {POLICY.first_days} days" in notices
    assert f"Contract {contract.number} is to be renewed in {POLICY.last_days} day" in notices
    assert mails[0].subject in text_of(browser.get(f"/contracts/{contract.uid}/"))
    assert "E-mail written by the system" in text_of(browser.get(f"/customers/{contract.customer.uid}/"))


@pytest.mark.django_db
@pytest.mark.requirement("AUTO-02", proof="rule")
@pytest.mark.parametrize(
    ("customers", "own", "subject"),
    [("", "", "合同 {} 即将到期"), ("en", "", "Contract {} ends soon"), ("en", "zh", "合同 {} 即将到期")],
)
def test_the_reminder_speaks_the_language_of_the_contact_else_of_the_customer(
    office: Office, contract: Contract, moment: Clock, customers: str, own: str, subject: str
) -> None:
    Customer.objects.filter(pk=contract.customer_id).update(language=customers)
    Contact.objects.filter(customer=contract.customer).update(language=own)

    assert on(moment, POLICY.first_days) == 1
    assert Message.objects.get().subject == subject.format(contract.number)


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"status": "ended"}, {"origin": "sample"}, {"ends_on": None}])
def test_what_is_over_or_made_up_or_without_an_end_reminds_nobody(
    office: Office, contract: Contract, moment: Clock, change: dict[str, Any]
) -> None:
    Contract.objects.filter(pk=contract.pk).update(**change)

    assert on(moment, POLICY.first_days) == 0


@pytest.mark.django_db
def test_the_date_agreed_for_the_renewal_counts_before_the_end(
    office: Office, contract: Contract, moment: Clock
) -> None:
    Contract.objects.filter(pk=contract.pk).update(renewal_on=before(60))

    assert on(moment, 60 + POLICY.first_days) == 1


@pytest.mark.django_db
def test_a_customer_nobody_can_reach_still_has_an_owner_who_knows(
    office: Office, contract: Contract, moment: Clock
) -> None:
    Contact.objects.update(email="")

    assert on(moment, POLICY.first_days) == 1
    assert on(moment, POLICY.first_days) == 0
    message = Message.objects.get()
    assert [reason["code"] for reason in message.reasons] == ["no_address"]
