"""The public form: what a prospect sees and sends, and what keeps spam out."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client

from zhike.acquire.models import FormEntry, Lead
from zhike.acquire.policy import FormPolicy
from zhike.acquire.tests.intake import FITS, asked
from zhike.acquire.tests.test_leads import browser
from zhike.comply.models import Consent, ConsentText
from zhike.comply.public import Purpose, consent_withdraw, may_use, text_in_force
from zhike.comply.services.text import seed_defaults
from zhike.customers.models import Customer, TimelineEntry
from zhike.customers.tests.office import Clock, Office
from zhike.foundation.access.viewer import system
from zhike.foundation.kit import clock
from zhike.foundation.policies.load import load_defaults
from zhike.foundation.records.testing import text_of

pytestmark = pytest.mark.django_db
POLICY = load_defaults().get(FormPolicy)
NOON = dt.datetime(2026, 7, 13, 12, 0, tzinfo=clock.ZONE)
FIRM = {
    "kind": "firm", "company": "嘉兴同辉玻璃有限公司", "name": "沈雨桐", "title": "信息部主任", "phone": "13700137001",
    "email": "", "need": "想了解30人的方案", "urgency": "month", "source": "search",
    "consent": ["service", "marketing"],
}  # fmt: skip
PERSON = {**FIRM, "kind": "person", "company": "", "title": ""}


class Visitor:
    """Somebody who opens the form, fills it in like a person, and sends it."""

    def __init__(self, moment: Clock, address: str = "203.0.113.7", language: str = "zh-hans") -> None:
        self.client = Client(enforce_csrf_checks=True, REMOTE_ADDR=address, headers={"accept-language": language})
        self._moment, self.now = moment, NOON

    def opens(self) -> str:
        self._moment.at(self.now)
        page = text_of(self.client.get("/hello/"))
        self.token = re.search(r'name="token" value="([^"]+)"', page)[1]  # type: ignore[index]
        self.csrf = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]  # type: ignore[index]
        return page

    def sends(self, typed: dict[str, Any], *, after: float = 30) -> Any:
        self.now += dt.timedelta(seconds=after)
        self._moment.at(self.now)
        return self.client.post("/hello/", {**typed, "token": self.token, "csrfmiddlewaretoken": self.csrf})

    def asks(self, typed: dict[str, Any], **more: Any) -> Any:
        self.opens()
        return self.sends(typed, **more)


@pytest.fixture
def visitor(db: None, moment: Clock) -> Visitor:
    seed_defaults()
    return Visitor(moment)


@pytest.mark.requirement("ACQ-04", proof="user")
@pytest.mark.requirement("SEC-03", proof="user")
def test_a_prospect_sends_the_form_and_file_lead_and_consent_are_there(visitor: Visitor) -> None:
    page = visitor.opens()
    notice = text_in_force("form", "zh")
    assert notice is not None
    assert notice.notice[:20] in page
    assert notice.promise[:20] in page
    assert all(f'value="{purpose}"' in page for purpose in notice.purposes)

    answer = visitor.sends({**FIRM, **FITS})

    assert (answer.status_code, answer["Location"]) == (302, "/hello/thanks/")
    assert "我们已收到您的咨询" in text_of(visitor.client.get("/hello/thanks/"))
    lead = Lead.objects.get()
    assert (lead.grade, lead.channel, lead.owner_id, lead.need) == ("A", "form", None, "想了解30人的方案")
    customer = lead.customer
    assert (customer.name, customer.standing, customer.state.lifecycle) == (
        "嘉兴同辉玻璃有限公司", "provisional", "potential",
    )  # fmt: skip
    assert (lead.contact.name, lead.contact.phone) == ("沈**", "137****7001")  # type: ignore[union-attr]
    consent = Consent.objects.get()
    assert (consent.customer_id, consent.contact_id, consent.channel) == (customer.pk, lead.contact_id, "form")
    assert consent.text.uid == notice.uid  # type: ignore[union-attr]
    assert consent.purposes == {"service", "marketing"}
    assert TimelineEntry.objects.filter(customer=customer, kind="lead.taken").exists()


@pytest.mark.requirement("SEC-03", proof="user")
def test_who_joins_an_open_lead_consents_for_himself_and_the_firm_shows_who_consented_to_what(
    visitor: Visitor, office: Office
) -> None:
    visitor.asks(FIRM)
    second = {**FIRM, "name": "顾一帆", "phone": "13700137002", "consent": ["service"]}

    visitor.asks(second, after=90)

    lead = Lead.objects.get()
    assert lead.inquiries == 2
    said = [(c.contact.phone, c.purposes) for c in Consent.objects.order_by("id").select_related("contact")]  # type: ignore[union-attr]
    assert said == [("137****7001", {"service", "marketing"}), ("137****7002", {"service"})]
    page = text_of(browser(office, "counter").get(f"/customers/{lead.customer.uid}/consent/"))
    lines = {
        name: re.search(rf"<dt>{name}</dt><dd>(.*?)</dd>", page, re.DOTALL)[1]  # type: ignore[index]
        for name in ("履约与服务", "营销信息")
    }
    assert [lines["履约与服务"].count(one) for one in ("沈**", "顾**", "已同意", "未告知")] == [1, 1, 2, 0]
    assert [lines["营销信息"].count(one) for one in ("沈**", "顾**", "已同意", "未告知")] == [1, 0, 1, 0]


def test_a_person_asks_in_english_without_a_company(moment: Clock, db: None) -> None:
    seed_defaults()
    visitor = Visitor(moment, language="en")
    assert "Tell us what you need" in visitor.opens()

    answer = visitor.sends({**PERSON, "phone": "", "email": "shen@example.com"})

    assert answer.status_code == 302
    customer = Lead.objects.get().customer
    assert (customer.kind, customer.name, customer.email) == ("person", "沈**", "sh****@example.com")
    assert Consent.objects.get().text.language == "en"  # type: ignore[union-attr]


def test_who_is_known_gets_the_same_answer_as_who_is_not(visitor: Visitor, office: Office) -> None:
    known = office.firm("seller one", name="嘉兴同辉玻璃")
    held = office.human("seller two", name="沈雨桐", phone="13700137001")

    answers = [visitor.asks(FIRM), visitor.asks(PERSON), visitor.asks({**FIRM, "company": "平湖远洋包装"})]

    assert len({(a.status_code, a["Location"], a.content) for a in answers}) == 1
    leads = {lead.customer_id: lead.owner_id for lead in Lead.objects.all()}
    assert leads.pop(known.pk) == office.person("seller one")
    assert leads.pop(held.pk) == office.person("seller two")
    assert list(leads.values()) == [None]
    held.refresh_from_db()
    assert held.owner_id == office.person("seller two")


@pytest.mark.requirement("SEC-03", proof="user")
def test_nobody_is_taken_in_without_consent_and_a_withdrawal_is_not_undone_by_a_form(visitor: Visitor) -> None:
    refused = visitor.asks({**PERSON, "consent": ["marketing"]})
    assert refused.status_code == 422
    assert "未经此项同意" in text_of(refused)
    assert not Lead.objects.exists()
    assert visitor.sends(PERSON).status_code == 302
    held = Lead.objects.get().customer
    assert may_use([held.pk], Purpose.MARKETING)[held.pk].is_allowed
    consent_withdraw(viewer=system("test"), customer_uid=held.uid, channel="phone", purposes=["marketing"])

    assert visitor.asks(PERSON).status_code == 302

    assert may_use([held.pk], Purpose.SERVICE)[held.pk].is_allowed
    assert not may_use([held.pk], Purpose.MARKETING)[held.pk].is_allowed


@pytest.mark.requirement("SEC-03", proof="user")
def test_a_stranger_writes_neither_a_contact_nor_a_consent_into_a_customers_file(
    visitor: Visitor, office: Office
) -> None:
    firm = office.firm("seller one", name=FIRM["company"])
    person = office.human("seller one", name="沈雨桐", phone="13700137001")
    Customer.objects.update(standing="formal")

    visitor.asks(FIRM)
    visitor.asks(PERSON)

    assert not firm.contacts.exists()
    assert not Consent.objects.exists()
    for held in (firm, person):
        lead = Lead.objects.get(customer=held)
        assert (lead.need, lead.contact_id) == (FIRM["need"], None)
        page = text_of(browser(office, "seller one").get(f"/leads/{lead.uid}/"))
        assert "请先核实咨询人身份" in page
        assert "沈雨桐" not in lead.details
        assert "13700137001" not in lead.details


def test_the_form_speaks_for_nobody_in_a_file_that_staff_opened(visitor: Visitor, office: Office) -> None:
    office.human("seller two", name="沈雨桐", phone="13700137001")

    assert visitor.asks(PERSON).status_code == 302

    assert Lead.objects.exists()
    assert not Consent.objects.exists()


def test_without_a_text_in_force_the_inquiry_is_taken_without_consent(visitor: Visitor) -> None:
    ConsentText.objects.all().delete()

    assert visitor.asks({**FIRM, "consent": []}).status_code == 302
    assert not Consent.objects.exists()
    assert Lead.objects.get().customer.standing == "provisional"


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ({"phone": "", "email": ""}, "请留下电话或邮箱"),
        ({"company": ""}, "请填写公司名称"),
        ({"need": ""}, "invalid-feedback"),
        ({"phone": "12"}, "invalid-feedback"),
    ],
)
def test_what_is_missing_is_named_and_what_was_typed_is_kept(visitor: Visitor, missing: Any, words: str) -> None:
    refused = visitor.asks({**FIRM, **missing})

    assert refused.status_code == 422
    assert words in text_of(refused)
    assert "沈雨桐" in text_of(refused)
    assert not Customer.objects.exists()
    assert visitor.sends(FIRM).status_code == 302, "the form can be sent again"


# --- spam ---------------------------------------------------------------------------------------------------------


def test_what_fills_in_the_hidden_field_is_thanked_and_forgotten(visitor: Visitor) -> None:
    answer = visitor.asks({**FIRM, "website": "https://example.com"})

    assert (answer.status_code, answer["Location"]) == (302, "/hello/thanks/")
    assert not Customer.objects.exists()


def test_nobody_sends_without_the_browsers_token(visitor: Visitor) -> None:
    visitor.opens()

    assert visitor.client.post("/hello/", {**FIRM, "token": visitor.token}).status_code == 403


def test_sent_too_fast_it_is_asked_again_and_then_taken(visitor: Visitor) -> None:
    early = visitor.asks(FIRM, after=POLICY.seconds_min - 1)
    assert early.status_code == 422
    assert "提交得有点快" in text_of(early)
    assert not Lead.objects.exists()

    assert visitor.sends(FIRM, after=5).status_code == 302


@pytest.mark.parametrize("token", ["", "nonsense", None])
def test_a_token_that_is_missing_foreign_or_old_is_refused_and_renewed(visitor: Visitor, token: str | None) -> None:
    visitor.opens()
    visitor.token = visitor.token if token is None else token

    refused = visitor.sends(FIRM, after=POLICY.token_hours * 3600 + 1 if token is None else 30)

    assert refused.status_code == 422
    assert "请再次提交" in text_of(refused)
    visitor.token = re.search(r'name="token" value="([^"]+)"', text_of(refused))[1]  # type: ignore[index]
    assert visitor.sends(FIRM).status_code == 302


def test_a_form_is_taken_once(visitor: Visitor) -> None:
    visitor.asks(FIRM)

    assert visitor.sends(FIRM).status_code == 422
    assert Lead.objects.get().inquiries == 1


def test_one_address_sends_so_often_in_the_window_and_others_go_on(visitor: Visitor, moment: Clock) -> None:
    for _ in range(POLICY.per_address):
        assert visitor.asks(FIRM).status_code == 302

    refused = visitor.asks(FIRM)
    assert refused.status_code == 429
    assert "请稍后再试" in text_of(refused)
    other = Visitor(moment, "203.0.113.8")
    other.now = visitor.now
    assert other.asks(FIRM).status_code == 302
    visitor.now += dt.timedelta(minutes=POLICY.window_minutes, seconds=1)
    assert visitor.asks(FIRM).status_code == 302
    assert Lead.objects.get().inquiries == POLICY.per_address + 2


def test_all_addresses_together_have_a_limit(visitor: Visitor) -> None:
    visitor.opens()
    FormEntry.objects.bulk_create(
        FormEntry(nonce=f"n{i}", address_blind=str(i).encode(), at=clock.now()) for i in range(POLICY.in_all)
    )

    assert visitor.sends(FIRM).status_code == 429
    visitor.now += dt.timedelta(minutes=POLICY.window_minutes)
    assert visitor.asks(FIRM).status_code == 302


def test_the_network_address_is_kept_as_a_hash_and_not_for_long(visitor: Visitor) -> None:
    visitor.asks(FIRM)
    assert b"203.0.113.7" not in bytes(FormEntry.objects.get().address_blind)
    visitor.now += dt.timedelta(days=1, hours=POLICY.token_hours, minutes=1)

    visitor.asks(FIRM)

    assert FormEntry.objects.count() == 1


def test_a_lead_by_form_joins_the_lead_by_hand(visitor: Visitor, office: Office) -> None:
    by_hand = asked(office.viewer("seller one"), name=FIRM["company"], owner_id=office.person("seller one"))

    visitor.asks(FIRM)

    lead = Lead.objects.get()
    assert (lead.pk, lead.inquiries, lead.owner_id) == (by_hand.pk, 2, office.person("seller one"))
    assert lead.customer.contacts.count() == 2
