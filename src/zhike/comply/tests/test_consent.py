"""Consent given and withdrawn: what is kept, what is refused, and what may be used afterwards."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest

from zhike.comply.models import Consent, ConsentText, Purpose
from zhike.comply.public import (
    consent_record,
    consent_text_publish,
    consent_withdraw,
    contacts_may_use,
    may_use,
    text_in_force,
)
from zhike.comply.rules.use import Use
from zhike.customers.models import TimelineEntry
from zhike.customers.services.contact import contact_create
from zhike.customers.tests.office import Office
from zhike.foundation.access.people import person_add, viewer_of
from zhike.foundation.access.viewer import Viewer, system
from zhike.foundation.audit.models import Entry
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Forbidden, Invalid, NotFound
from zhike.foundation.outbox.models import EventRow

pytestmark = pytest.mark.django_db
ALL = set(Purpose.values)


def allowed(customer: Any) -> set[str]:
    return {p for p in Purpose.values if may_use([customer.pk], p)[customer.pk].is_allowed}


def compliance() -> Viewer:
    return viewer_of(person_add(username="comply", name="合规", post_codes=["compliance_specialist"]))


@pytest.mark.requirement("SEC-03", proof="rule")
def test_a_record_keeps_text_version_time_channel_scope_form_and_who_wrote_it_down(office: Office) -> None:
    customer = office.firm("seller one")

    made = consent_record(
        viewer=office.viewer("seller one"), customer_uid=customer.uid, channel="visit", how="signed",
        purposes=["service", "analysis"],
    )  # fmt: skip

    kept = Consent.objects.select_related("text").get(pk=made.pk)
    assert (kept.act, kept.channel, kept.how, kept.purposes) == ("given", "visit", "signed", {"service", "analysis"})
    assert kept.text is not None
    assert (kept.text.channel, kept.text.edition) == ("any", 1)
    assert "保密" in kept.text.promise
    assert kept.created_by_id == office.person("seller one")
    assert abs(kept.said_at - clock.now()) < dt.timedelta(minutes=1)
    assert allowed(customer) == {"service", "analysis"}
    assert may_use([customer.pk], "marketing") == {customer.pk: Use(False, "not_asked")}
    assert Entry.objects.filter(action="consent.given", object_id=kept.pk).count() == 1
    assert EventRow.objects.filter(name="comply.ConsentGiven").count() == 1
    assert TimelineEntry.objects.get(kind="consent.given").words["purposes"] == ["analysis", "service"]


@pytest.mark.requirement("SEC-03", proof="rule")
def test_withdrawal_stops_the_use_at_once_and_leaves_the_others(office: Office) -> None:
    customer, viewer = office.firm("seller one"), office.viewer("seller one")
    consent_record(viewer=viewer, customer_uid=customer.uid, channel="visit", how="signed")
    assert allowed(customer) == ALL

    consent_withdraw(viewer=viewer, customer_uid=customer.uid, channel="phone", purposes=["marketing"], reason="太多")

    assert allowed(customer) == ALL - {"marketing"}
    assert may_use([customer.pk], "marketing")[customer.pk].reason == "withdrawn"
    assert Consent.objects.count() == 2  # the consent is kept as it was given
    consent_withdraw(viewer=viewer, customer_uid=customer.uid, channel="phone")
    assert allowed(customer) == set()


def test_who_was_never_asked_may_forbid_a_use_and_may_change_his_mind(office: Office) -> None:
    customer, viewer = office.firm("seller one"), office.viewer("seller one")

    consent_withdraw(viewer=viewer, customer_uid=customer.uid, channel="phone", purposes=["marketing"])
    assert may_use([customer.pk], "marketing")[customer.pk].reason == "withdrawn"

    consent_record(viewer=viewer, customer_uid=customer.uid, channel="visit", how="form", purposes=["marketing"])
    assert allowed(customer) == {"marketing"}


def test_a_consent_written_down_late_does_not_undo_a_withdrawal(office: Office) -> None:
    customer, viewer = office.firm("seller one"), office.viewer("seller one")
    consent_withdraw(viewer=viewer, customer_uid=customer.uid, channel="phone")

    yesterday = clock.now() - dt.timedelta(days=1)
    consent_record(viewer=viewer, customer_uid=customer.uid, channel="visit", how="signed", said_at=yesterday)

    assert allowed(customer) == set()
    assert Entry.objects.filter(action="consent.given").count() == 1


def test_a_contacts_own_word_counts_for_the_contact_only(office: Office) -> None:
    customer, viewer = office.firm("seller one"), office.viewer("seller one")
    contact = contact_create(viewer=viewer, customer_uid=customer.uid, name="王磊")
    other = contact_create(viewer=viewer, customer_uid=customer.uid, name="李四")
    consent_record(viewer=viewer, customer_uid=customer.uid, channel="visit", how="signed")

    consent_withdraw(
        viewer=viewer, customer_uid=customer.uid, channel="email", purposes=["marketing"], contact_uid=contact.uid
    )

    assert allowed(customer) == ALL
    uses = contacts_may_use({contact.pk: customer.pk, other.pk: customer.pk}, "marketing")
    assert (uses[contact.pk].is_allowed, uses[other.pk].is_allowed) == (False, True)


@pytest.mark.parametrize(
    ("values", "problems"),
    [
        ({"channel": "pigeon"}, {"channel": "not_an_option"}),
        ({"channel": "any"}, {"channel": "not_an_option"}),
        ({"how": "hinted"}, {"how": "not_an_option"}),
        ({"purposes": []}, {"purposes": "required"}),
        ({"purposes": ["world"]}, {"purposes": "not_an_option"}),
        ({"how": "spoken"}, {"witness": "required"}),
        ({"witness_id": 10**9}, {"witness": "no_such_person"}),
        ({"text_uid": uuid.uuid4()}, {"text": "not_an_option"}),
        ({"said_at": clock.now() + dt.timedelta(days=1)}, {"said_at": "in_future"}),
        ({"said_at": dt.datetime(2019, 1, 1, tzinfo=dt.UTC)}, {"text": "not_an_option"}),
    ],
)
def test_each_thing_that_is_wrong_is_named(office: Office, values: dict[str, Any], problems: dict[str, str]) -> None:
    customer = office.firm("seller one")
    good: dict[str, Any] = {"channel": "visit", "how": "form", "purposes": ["service"]}

    with pytest.raises(Invalid) as refused:
        consent_record(viewer=office.viewer("seller one"), customer_uid=customer.uid, **(good | values))

    assert refused.value.data["fields"] == problems
    assert not Consent.objects.exists()


def test_a_spoken_consent_needs_a_witness_who_is_somebody_else(office: Office) -> None:
    customer, viewer = office.firm("seller one"), office.viewer("seller one")
    spoken: dict[str, Any] = {"viewer": viewer, "customer_uid": customer.uid, "channel": "phone", "how": "spoken"}

    with pytest.raises(Invalid):
        consent_record(**spoken, witness_id=office.person("seller one"))
    made = consent_record(**spoken, witness_id=office.person("other one"))

    assert made.witness_id == office.person("other one")
    assert made.text is not None
    assert made.text.channel == "phone"


def test_who_may_not_see_the_customer_or_edit_consents_is_refused(office: Office) -> None:
    customer = office.firm("seller one")
    contact = contact_create(
        viewer=office.viewer("seller two"), customer_uid=office.firm("seller two").uid, name="王磊"
    )
    act: dict[str, Any] = {"customer_uid": customer.uid, "channel": "visit"}

    for service, more in ((consent_record, {"how": "form"}), (consent_withdraw, {})):
        with pytest.raises(NotFound):
            service(viewer=office.viewer("seller two"), **act, **more)
        with pytest.raises(Forbidden):
            service(viewer=office.viewer("boss"), **act, **more)
        with pytest.raises(NotFound):
            service(viewer=system("t"), **act, **more, contact_uid=contact.uid)


def test_the_system_records_for_a_public_form(office: Office) -> None:
    customer = office.firm("seller one")
    shown = text_in_force("form", "en")
    assert shown is not None

    made = consent_record(
        viewer=system("public form"), customer_uid=customer.uid, channel="form", how="form", text_uid=shown.uid,
        purposes=shown.purposes,
    )  # fmt: skip

    assert made.created_by_id is None
    assert allowed(customer) == ALL


@pytest.mark.requirement("SEC-03", proof="rule")
def test_a_new_edition_takes_the_place_of_the_old_one_from_its_day_and_old_consents_keep_theirs(
    office: Office,
) -> None:
    customer, viewer = office.firm("seller one"), office.viewer("seller one")
    before = consent_record(viewer=viewer, customer_uid=customer.uid, channel="visit", how="signed")
    begins = clock.now() + dt.timedelta(days=10)
    new: dict[str, Any] = {"channel": "visit", "language": "zh", "notice": "新用途", "promise": "保密"}

    made = consent_text_publish(viewer=compliance(), **new, purposes=["service"], in_force_from=begins)
    again = consent_text_publish(viewer=system("t"), **new, purposes=["service"], in_force_from=begins)

    now, later = text_in_force("visit", "zh"), text_in_force("visit", "zh", begins)
    assert now is not None
    assert later is not None
    assert (now.channel, later.channel, later.edition, later.purposes) == ("any", "visit", 2, ("service",))
    assert (made.edition, again.edition) == (1, 2)
    before.refresh_from_db()
    assert before.text is not None
    assert before.text.channel == "any"


def test_only_who_approves_publishes_a_text_and_each_fault_is_named(office: Office) -> None:
    text: dict[str, Any] = {"channel": "visit", "language": "zh", "notice": "用途", "promise": "保密"}
    standing = ConsentText.objects.count()

    with pytest.raises(Forbidden):
        consent_text_publish(viewer=office.viewer("seller one"), **text, purposes=["service"])
    with pytest.raises(Invalid) as refused:
        consent_text_publish(
            viewer=compliance(), channel="x", language="fr", notice=" ", promise="x" * 8001, purposes=[],
            in_force_from=clock.now() - dt.timedelta(days=1),
        )  # fmt: skip

    assert refused.value.data["fields"] == {
        "channel": "not_an_option", "language": "not_an_option", "notice": "required", "promise": "too_long",
        "purposes": "required", "in_force_from": "in_past",
    }  # fmt: skip
    assert ConsentText.objects.count() == standing


@pytest.mark.parametrize(
    ("channel", "language", "expected"),
    [
        ("form", "zh", ("form", "zh")),
        ("form", "en", ("form", "en")),
        ("visit", "en", ("any", "en")),
        ("visit", "fr", ("any", "zh")),
        ("form", "fr", ("form", "zh")),
    ],
)
@pytest.mark.django_db
def test_a_text_of_the_channel_comes_first_and_any_language_finds_one(
    channel: str, language: str, expected: tuple[str, str]
) -> None:
    found = text_in_force(channel, language)

    assert found is not None
    assert (found.channel, found.language) == expected
    assert set(found.purposes) == ALL
