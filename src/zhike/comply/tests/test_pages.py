"""What people see of notice and consent, at the customer and in the lists."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from zhike.comply.models import Consent, ConsentText
from zhike.comply.public import consent_record, may_use
from zhike.customers.models import Customer
from zhike.customers.services.customer import customer_create
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import viewer_of
from zhike.foundation.records.testing import cases, signed_in, staff, text_of

_numbers = itertools.count(1)


def a_firm(owner: Person) -> Customer:
    return customer_create(viewer=viewer_of(owner), kind="firm", name=f"北方第{next(_numbers)}号厂")


def a_consent(owner: Person) -> Consent:
    return consent_record(viewer=viewer_of(owner), customer_uid=a_firm(owner).uid, channel="visit", how="signed")


def a_text(_owner: Person) -> ConsentText:
    return ConsentText.objects.create(
        channel="visit", language="en", edition=next(_numbers), notice="why", promise="secret", for_service=True
    )


TestConsents = cases("consents", make=a_consent, allowed="customer_manager", denied="data_specialist")
TestConsentTexts = cases(
    "consent-texts", make=a_text, allowed="customer_manager", denied="data_specialist", owned=False
)


@pytest.mark.requirement("SEC-03", proof="user")
@pytest.mark.django_db
def test_a_salesperson_tells_the_customer_records_consent_and_stops_a_use() -> None:
    person = staff("sales_specialist", language="en")
    customer = a_firm(person)
    browser = signed_in(person)
    home = f"/customers/{customer.uid}/"

    told = text_of(browser.get(f"{home}consent/?channel=phone&language=en"))
    assert "Read this to the customer" in told
    assert "keep your information confidential" in told
    text = ConsentText.objects.get(channel="phone", language="en")
    form: dict[str, Any] = {"channel": "phone", "how": "spoken", "purposes": ["service", "marketing"],
                            "text": str(text.uid)}  # fmt: skip
    refused = browser.post(f"{home}consent/record/", form)
    assert refused.status_code == 422
    assert "Please fill this in" in text_of(refused)  # who is the witness?
    done = browser.post(
        f"{home}consent/record/", form | {"witness": str(staff("counter_staff", language="en").pk)}, follow=True
    )
    page = text_of(done)
    assert "Consent recorded." in page
    assert "Consent given: contract and service, marketing messages" in page  # the timeline

    page = text_of(
        browser.post(
            f"{home}consent/withdraw/",
            {"channel": "phone", "how": "form", "purposes": ["marketing"], "reason": "too many"},
            follow=True,
        )
    )
    assert "These uses stop at once" in page
    assert "Consent withdrawn: marketing messages" in page
    assert not may_use([customer.pk], "marketing")[customer.pk].is_allowed
    listed = text_of(browser.get("/consents/"))
    assert customer.name in listed


@pytest.mark.requirement("SEC-03", proof="user")
@pytest.mark.django_db
def test_compliance_publishes_a_new_version_and_the_next_customer_is_told_it() -> None:
    compliance = signed_in(staff("compliance_specialist", language="en"))
    form = compliance.get("/comply/texts/new/?channel=counter&language=en")
    assert "We collect your name" in text_of(form)  # begins with the text in force

    published = compliance.post(
        "/comply/texts/new/",
        {"channel": "counter", "language": "en", "notice": "Only to serve you.", "promise": "We keep it secret.",
         "purposes": ["service"]},
        follow=True,
    )  # fmt: skip

    assert "Published." in text_of(published)
    counter = staff("counter_staff", language="en")
    customer = a_firm(counter)
    told = text_of(signed_in(counter).get(f"/customers/{customer.uid}/consent/?channel=counter&language=en"))
    assert "Only to serve you." in told
    assert 'value="sharing"' not in told.split("Withdraw consent")[0]  # the new text does not ask for it


@pytest.mark.django_db
def test_a_post_that_only_reads_sees_no_forms_and_a_text_stays_with_compliance() -> None:
    person = staff("sales_specialist", language="en")
    customer = a_firm(person)
    lead = signed_in(staff("management", language="en"))

    page = text_of(lead.get(f"/customers/{customer.uid}/consent/"))

    assert "Uses now" in page
    assert "Stop these uses" not in page
    assert lead.post(f"/customers/{customer.uid}/consent/record/", {}).status_code == 403
    assert signed_in(person).get("/comply/texts/new/").status_code == 403


@pytest.mark.parametrize("field", ["text", "contact", "witness"])
@pytest.mark.django_db
def test_a_form_with_nonsense_comes_back(field: str) -> None:
    person = staff("sales_specialist", language="en")
    customer = a_firm(person)

    form = {"channel": "visit", "how": "form", "purposes": ["service"], field: "nonsense"}
    answer = signed_in(person).post(f"/customers/{customer.uid}/consent/record/", form)

    assert answer.status_code == 422
    assert not Consent.objects.exists()


@pytest.mark.requirement("SEC-03", proof="user")
@pytest.mark.django_db
def test_a_file_stays_provisional_until_consent_is_recorded_and_identity_is_verified() -> None:
    person = staff("sales_specialist", language="en")
    customer = a_firm(person)
    browser, home = signed_in(person), f"/customers/{customer.uid}/"

    page = text_of(browser.get(home))
    assert "Notice given and consent recorded" in page
    assert "Make the file formal" not in page
    closed = text_of(browser.post(f"{home}formal/", {"verified_by": "licence"}, follow=True))
    assert "Something has to be done first" in closed
    customer.refresh_from_db()
    assert customer.standing == "provisional"

    consent_record(viewer=viewer_of(person), customer_uid=customer.uid, channel="visit", how="signed")
    assert "Make the file formal" in text_of(browser.get(home))
    unverified = text_of(browser.post(f"{home}formal/", {"verified_by": ""}, follow=True))
    assert "Identity verified" in unverified
    customer.refresh_from_db()
    assert customer.standing == "provisional"

    done = text_of(browser.post(f"{home}formal/", {"verified_by": "licence"}, follow=True))
    assert "The file is formal now." in done
    assert "business licence seen" in done  # the timeline
    customer.refresh_from_db()
    assert (customer.standing, customer.version) == ("formal", 2)
    again = text_of(browser.post(f"{home}formal/", {"verified_by": "licence"}, follow=True))
    assert "formal already" in again
