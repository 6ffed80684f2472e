"""Requests and complaints in the portal: asked, followed, answered; and nobody sees those of others."""

from __future__ import annotations

import pytest
from django.test import Client

from zhike.comply import public as comply
from zhike.customers.tests.office import Office, opened
from zhike.foundation.access.models import Person
from zhike.foundation.records.testing import text_of
from zhike.interfaces.portal import services
from zhike.interfaces.portal.models import PortalAccount
from zhike.serve import public as serve
from zhike.serve.models import Complaint, Ticket
from zhike.serve.services import complaint as complaints
from zhike.serve.services import conversation

pytestmark = pytest.mark.django_db
PASSWORD = "eine lange Reise 7"


@pytest.fixture
def office() -> Office:
    made = opened()
    Person.objects.update(must_change_password=False)
    return made


def entered(office: Office, name: str = "王磊石", phone: str = "13812345678") -> Client:
    """A customer of "manager one" in front of the portal."""
    customer = office.human("manager one", name=name, phone=phone)
    viewer = office.viewer("manager one")
    account = services.account_invite(viewer=viewer, customer=customer.uid)
    client = Client()
    token = services.link_make(viewer=viewer, uid=account.uid)
    client.post(f"/portal/welcome/{token}/", {"password": PASSWORD, "again": PASSWORD})
    return client


def asked(client: Client, subject: str = "报表导不出来") -> Ticket:
    client.post("/portal/requests/new/", {"subject": subject, "content": "点导出没有反应。"})
    return Ticket.objects.latest("id")


@pytest.mark.requirement("SERV-09", proof="user")
@pytest.mark.requirement("SERV-01", proof="user")
def test_a_customer_asks_and_sees_the_number_and_by_when_there_is_an_answer(office: Office) -> None:
    client = entered(office)

    sent = client.post("/portal/requests/new/", {"subject": "报表导不出来", "content": "点导出没有反应。"}, follow=True)

    ticket = Ticket.objects.get()
    assert (ticket.channel, ticket.customer.owner_id) == ("web", office.person("manager one"))
    assert ticket.number in text_of(sent)
    assert "z-portal-promise" in text_of(sent)
    assert "报表导不出来" in text_of(client.get("/portal/"))


@pytest.mark.requirement("SERV-09", proof="user")
def test_who_finds_an_error_in_their_data_asks_for_its_correction_from_there(office: Office) -> None:
    client = entered(office)

    page = text_of(client.get("/portal/me/"))

    assert "/portal/requests/new/?about=data" in page
    form = text_of(client.get("/portal/requests/new/?about=data"))
    assert 'value="Please correct my data"' in form or 'value="请更正我的资料"' in form


@pytest.mark.requirement("SERV-09", proof="user")
def test_an_answer_of_staff_is_read_and_answered_again_and_a_note_is_not(office: Office) -> None:
    client = entered(office)
    ticket = asked(client)
    viewer = office.viewer("manager one")
    conversation.ticket_answer(viewer=viewer, uid=ticket.uid, version=None, text="请升级到最新版本。")
    conversation.ticket_note(viewer=viewer, uid=ticket.uid, version=None, text="内部：这是老问题")

    page = text_of(client.get(f"/portal/requests/{ticket.uid}/"))
    client.post(f"/portal/requests/{ticket.uid}/say/", {"text": "升级后还是不行 <script>alert(1)</script>"})

    assert "请升级到最新版本" in page
    assert "内部" not in page
    again = text_of(client.get(f"/portal/requests/{ticket.uid}/"))
    assert "升级后还是不行" in again
    assert "<script>alert(1)" not in again


@pytest.mark.requirement("COMP-04", proof="user")
def test_a_complaint_is_promised_answered_with_its_basis_and_opened_again_when_not_accepted(office: Office) -> None:
    client = entered(office)
    sent = client.post("/portal/requests/new/", {"kind": "complaint", "content": "两天没有人回电话"}, follow=True)
    complaint = Complaint.objects.get()
    assert complaint.number in text_of(sent)
    assert "z-portal-promise" in text_of(sent), "the promised limit is told at once"

    viewer = office.viewer("manager one")
    found = {"finding": "排班漏岗", "responsible_party": "客服一组", "effect_scope": "仅此客户"}
    for step, values in (
        (complaints.complaint_dispatch, {"handler": office.person("manager one")}),
        (complaints.complaint_investigate, found),
        (complaints.complaint_resolve, {"solution": "指定专人跟进", "basis": "服务承诺第三条"}),
        (complaints.complaint_answer, {}),
    ):
        complaint.refresh_from_db()
        step(viewer=viewer, uid=complaint.uid, version=complaint.version, **values)  # type: ignore[operator]
    told = text_of(client.get(f"/portal/complaints/{complaint.uid}/"))
    assert "指定专人跟进" in told
    assert "服务承诺第三条" in told

    silent = client.post(f"/portal/complaints/{complaint.uid}/opinion/", {"accepted": "0", "text": ""})
    assert silent.status_code == 422
    client.post(f"/portal/complaints/{complaint.uid}/opinion/", {"accepted": "0", "text": "还是没有人联系我"})
    complaint.refresh_from_db()
    assert complaint.is_open
    assert complaint.state not in ("answered", "accepted", "closed")


def test_nobody_reads_or_writes_in_the_requests_of_another_customer(office: Office) -> None:
    mine, other = entered(office), entered(office, "李静好", "13900001111")
    ticket = asked(other, "别人的事情")
    other.post("/portal/requests/new/", {"kind": "complaint", "content": "别人的投诉"})
    complaint = Complaint.objects.get()

    assert "别人" not in text_of(mine.get("/portal/requests/"))
    for method, address in (
        (mine.get, f"/portal/requests/{ticket.uid}/"),
        (mine.get, f"/portal/complaints/{complaint.uid}/"),
    ):
        assert method(address).status_code == 404, address
    for address, body in (
        (f"/portal/requests/{ticket.uid}/say/", {"text": "hi"}),
        (f"/portal/requests/{ticket.uid}/rate/", {"satisfaction": "1"}),
        (f"/portal/complaints/{complaint.uid}/opinion/", {"accepted": "1"}),
    ):
        assert mine.post(address, body).status_code == 404, address
    assert len(serve.tickets_for_portal(ticket.customer_id)[0].messages) == 1, "only what its customer wrote"


def test_every_address_of_the_portal_sends_a_stranger_to_its_door(office: Office) -> None:
    client = entered(office)
    ticket = asked(client)

    for address in ("", "requests/", "requests/new/", f"requests/{ticket.uid}/", "answers/", "me/"):
        assert Client().get(f"/portal/{address}")["Location"].startswith("/portal/sign-in/"), address
        assert client.get(f"/portal/{address}").status_code == 200, address


def test_what_is_missing_is_named_and_what_was_typed_stays(office: Office) -> None:
    client = entered(office)

    response = client.post("/portal/requests/new/", {"subject": "", "content": "点导出没有反应"})

    assert response.status_code == 422
    assert "点导出没有反应" in text_of(response)
    assert Ticket.objects.count() == 0


@pytest.mark.requirement("SEC-03", proof="user")
def test_a_customer_withdraws_a_use_and_it_is_refused_from_that_moment_on(office: Office) -> None:
    client = entered(office)
    customer_id = PortalAccount.objects.get().customer_id

    client.post("/portal/me/consent/", {"purpose": "marketing", "given": "1"})
    assert comply.may_use([customer_id], "marketing")[customer_id].is_allowed
    client.post("/portal/me/consent/", {"purpose": "marketing", "given": "0"})

    assert not comply.may_use([customer_id], "marketing")[customer_id].is_allowed
    assert "z-portal-uses" in text_of(client.get("/portal/me/"))
    assert client.post("/portal/me/consent/", {"purpose": "nonsense", "given": "1"}).status_code == 422
