"""The customer's own data, packages and marks in the portal: confirmed, told to staff, nobody else's."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from zhike.customers.models import Contact, TimelineEntry
from zhike.customers.public import own_values
from zhike.customers.services.contact import contact_create
from zhike.customers.tests.office import Office, deliver, opened
from zhike.foundation.access.models import Person
from zhike.foundation.audit.models import Entry
from zhike.foundation.kit import clock
from zhike.foundation.messages.models import Notice
from zhike.foundation.obligations.models import Duty
from zhike.foundation.records.testing import signed_in, text_of
from zhike.interfaces.portal import services
from zhike.interfaces.portal.models import PortalAccount
from zhike.interfaces.portal.tests.test_requests import PASSWORD, asked, entered
from zhike.ledger.models import Product, Subscription, UsageDay
from zhike.serve.models import Complaint, Ticket
from zhike.serve.services import complaint as complaints
from zhike.serve.services import complaint_end

pytestmark = pytest.mark.django_db
NEW = {"name": "贺知秋", "phone": "13900002222", "email": "he@example.com", "title": "采购总监"}


@pytest.fixture
def office() -> Office:
    made = opened()
    Person.objects.update(must_change_password=False)
    return made


@pytest.fixture
def inside(office: Office) -> tuple[Contact, Client]:
    """A contact of a firm of "manager one", signed in to the portal."""
    viewer, firm = office.viewer("manager one"), office.firm("manager one")
    contact = contact_create(
        viewer=viewer, customer_uid=firm.uid, name="贺知秋", phone="13800001234", email="he@example.com",
        title="采购经理",
    )  # fmt: skip
    account = services.account_invite(viewer=viewer, customer=firm.uid, contact=contact.uid)
    client = Client()
    token = services.link_make(viewer=viewer, uid=account.uid)
    client.post(f"/portal/welcome/{token}/", {"password": PASSWORD, "again": PASSWORD})
    return contact, client


@pytest.mark.requirement("SERV-09", proof="user")
def test_a_contact_changes_the_own_data_after_reading_the_new_values_and_staff_are_told(
    office: Office, inside: tuple[Contact, Client]
) -> None:
    contact, client = inside
    assert "13800001234" in text_of(client.get("/portal/me/change/"))

    shown = text_of(client.post("/portal/me/change/", NEW))
    contact.refresh_from_db()
    assert "<strong>13900002222</strong>" in shown
    assert "<strong>采购总监</strong>" in shown
    assert "<strong>he@example.com</strong>" not in shown, "what stays is not confirmed"
    assert contact.title == "采购经理", "nothing is changed before it is confirmed"
    assert client.post("/portal/me/change/", NEW | {"confirmed": "1", "password": "x"}).status_code == 422
    sent = client.post("/portal/me/change/", NEW | {"confirmed": "1", "password": PASSWORD})

    contact.refresh_from_db()
    assert sent["Location"] == "/portal/me/"
    assert (contact.title, contact.phone) == ("采购总监", "139****2222"), "the row holds the masked form"
    assert own_values(contact.uid)["phone"] == "13900002222"
    notice = Notice.objects.get(code="portal.data_changed")
    assert (notice.person_id, notice.link) == (office.person("manager one"), f"/contacts/{contact.uid}/")
    assert notice.words == {"name": "贺**", "fields": ["phone", "title"]}
    line = TimelineEntry.objects.get(kind="portal.data_changed")
    assert (line.customer_id, line.words["fields"]) == (contact.customer_id, ["phone", "title"])
    page = text_of(signed_in(office.people["manager one"]).get(f"/customers/{contact.customer.uid}/"))
    assert "13900002222" not in page
    entry = Entry.objects.filter(action="contact.update").latest("id")
    assert "13900002222" not in str(entry.after)
    opened_again = Client().post("/portal/sign-in/", {"login": "13900002222", "password": PASSWORD})
    assert opened_again["Location"] == "/portal/", "the login follows the phone"
    assert Client().post("/portal/sign-in/", {"login": "13800001234", "password": PASSWORD}).status_code == 422


@pytest.mark.requirement("SERV-09", proof="user")
def test_a_customer_who_is_a_person_changes_the_own_data_and_signs_in_with_it(office: Office) -> None:
    client = entered(office)

    values = {"name": "王磊石", "phone": "13900002222", "email": "", "confirmed": "1", "password": PASSWORD}
    assert client.post("/portal/me/change/", values)["Location"] == "/portal/me/"

    assert "13900002222" in text_of(client.get("/portal/me/"))
    again = Client().post("/portal/sign-in/", {"login": "13900002222", "password": PASSWORD})
    assert again["Location"] == "/portal/"


@pytest.mark.requirement("SERV-09", proof="user")
@pytest.mark.parametrize(
    "wrong", [{"phone": "12"}, {"email": "nobody"}, {"name": ""}, {"phone": "", "email": ""}, {"phone": "13700003333"}]
)
def test_what_cannot_be_signed_in_with_is_refused_before_it_is_confirmed(
    office: Office, inside: tuple[Contact, Client], wrong: dict[str, str]
) -> None:
    entered(office, "李静好", "13700003333")  # somebody else's login
    contact, client = inside

    refused = client.post("/portal/me/change/", NEW | wrong)

    assert refused.status_code == 422
    assert 'role="alert"' in text_of(refused)
    assert 'name="confirmed"' not in text_of(refused)
    contact.refresh_from_db()
    assert contact.version == 1


def test_wrong_passwords_while_changing_the_own_data_let_the_login_rest(inside: tuple[Contact, Client]) -> None:
    _contact, client = inside
    values = NEW | {"confirmed": "1", "password": "x"}

    codes = [client.post("/portal/me/change/", values).status_code for _ in range(9)]

    assert codes[0] == 422
    assert codes[-1] == 429


@pytest.mark.requirement("SERV-09", proof="user")
def test_a_customer_reads_the_running_packages_and_the_use_of_this_month(office: Office) -> None:
    client = entered(office)
    customer = PortalAccount.objects.get().customer
    other = office.firm("manager one")
    today = clock.today()
    for owner, name, days in ((customer, "基础版", 30), (customer, "旧版", -1), (other, "企业版", 30)):
        product = Product.objects.create(code=name, name=name)
        Subscription.objects.create(
            customer=owner, product=product, starts_on=today - dt.timedelta(days=90), monthly_minor=19_900,
            ends_on=today + dt.timedelta(days=days),
        )  # fmt: skip
    UsageDay.objects.create(customer=customer, day=today, feature_uses=1234, logins=5)
    UsageDay.objects.create(customer=other, day=today, feature_uses=77, logins=7)

    page = text_of(client.get("/portal/packages/"))

    assert "基础版" in page
    assert "1,234" in page
    assert "旧版" not in page, "what has ended does not run"
    assert "企业版" not in page, "nor is another customer's shown"


@pytest.mark.requirement("SAT-01", proof="user")
@pytest.mark.requirement("SERV-09", proof="user")
def test_a_solved_request_asks_for_a_mark_on_the_first_page_until_it_has_one(office: Office) -> None:
    client = entered(office)
    ticket = asked(client)
    assert "#mark" not in text_of(client.get("/portal/"))
    Ticket.objects.filter(pk=ticket.pk).update(state="closed", closed_at=clock.now())

    assert f"/portal/requests/{ticket.uid}/#mark" in text_of(client.get("/portal/"))
    client.post(f"/portal/requests/{ticket.uid}/rate/", {"satisfaction": "4"})

    ticket.refresh_from_db()
    assert ticket.satisfaction == 4
    assert "#mark" not in text_of(client.get("/portal/"))


@pytest.mark.requirement("COMP-05", proof="user")
@pytest.mark.requirement("SERV-09", proof="user")
def test_the_customer_answers_the_callback_of_a_closed_complaint_and_staff_read_it(office: Office) -> None:
    client, stranger = entered(office), entered(office, "李静好", "13900001111")
    client.post("/portal/requests/new/", {"kind": "complaint", "content": "两天没有人回电话"})
    complaint, viewer = Complaint.objects.get(), office.viewer("manager one")
    found = {"finding": "排班漏岗", "responsible_party": "客服一组", "effect_scope": "仅此客户"}
    for step, values in (
        (complaints.complaint_dispatch, {"handler": office.person("manager one")}),
        (complaints.complaint_investigate, found),
        (complaints.complaint_resolve, {"solution": "指定专人跟进", "basis": "服务承诺第三条"}),
        (complaints.complaint_answer, {}),
        (complaint_end.complaint_opinion_give, {"opinion": "accepted"}),
        (complaint_end.complaint_close, {}),
    ):
        complaint.refresh_from_db()
        step(viewer=viewer, uid=complaint.uid, version=complaint.version, **values)  # type: ignore[operator]
    deliver()
    address = f"/portal/complaints/{complaint.uid}/rate/"
    assert f"/portal/complaints/{complaint.uid}/#mark" in text_of(client.get("/portal/"))
    assert stranger.post(address, {"satisfaction": "1"}).status_code == 404
    assert client.post(address, {"satisfaction": "9"}).status_code == 422

    assert client.post(address, {"satisfaction": "2", "note": "还是慢"}).status_code == 302

    deliver()
    complaint.refresh_from_db()
    assert (complaint.state, complaint.satisfaction, complaint.callback_note) == ("called_back", 2, "还是慢")
    assert "还是慢" in text_of(signed_in(office.people["manager one"]).get(f"/complaints/{complaint.uid}/"))
    assert Duty.objects.filter(subject_kind="complaint", state="open").count() == 0
    assert client.post(address, {"satisfaction": "5"}).status_code in (409, 422), "once"


@pytest.mark.requirement("SERV-09", proof="user")
def test_the_portal_greets_somebody_by_the_own_name_in_full_and_staff_see_it_masked(
    office: Office, inside: tuple[Contact, Client]
) -> None:
    contact, client = inside

    assert "您好，贺知秋" in text_of(client.get("/portal/"))
    account = PortalAccount.objects.get(contact=contact)
    shown = text_of(
        signed_in(Person.objects.get(pk=office.person("manager one"))).get(f"/portal_accounts/{account.uid}/")
    )
    assert "贺知秋" not in shown
    assert "贺**" in shown
