"""What was written down wrong of a ticket or complaint is corrected; an enterprise notes more than we thought of."""

from __future__ import annotations

import pytest

from zhike.customers.tests.office import Office
from zhike.foundation.access.models import Person
from zhike.foundation.audit.models import Entry
from zhike.foundation.outbox.models import EventRow
from zhike.foundation.records.declare import Kind
from zhike.foundation.records.testing import signed_in, text_of
from zhike.foundation.records.testing.custom import CHOICES, add
from zhike.serve.services.complaint import complaint_receive
from zhike.serve.services.ticket import ticket_receive

pytestmark = pytest.mark.django_db


def at_work(office: Office, name: str):  # type: ignore[no-untyped-def]
    Person.objects.filter(pk=office.person(name)).update(must_change_password=False)
    return signed_in(Person.objects.get(pk=office.person(name)))


@pytest.mark.requirement("SERV-01", proof="user")
def test_a_ticket_is_corrected_its_customer_and_its_time_stay(office: Office) -> None:
    firm, other = office.firm("manager one"), office.firm("manager one")
    ticket = ticket_receive(viewer=office.viewer("service"), customer=firm.uid, subject="报表导不出", content="报错")
    desk, opened = at_work(office, "service"), ticket.opened_at
    form = text_of(desk.get(f"/tickets/{ticket.uid}/edit/"))
    assert 'name="subject"' in form
    assert 'name="opened_at"' not in form

    sent = {"version": ticket.version, "subject": "报表无法导出", "content": "点击后报错", "channel": "email",
            "customer": str(other.uid)}  # fmt: skip
    assert desk.post(f"/tickets/{ticket.uid}/edit/", sent).status_code == 302

    ticket.refresh_from_db()
    assert (ticket.subject, ticket.channel, ticket.customer_id) == ("报表无法导出", "email", firm.pk)
    assert ticket.opened_at == opened
    entry = Entry.objects.get(action="ticket.update")
    assert "报表" not in str(entry.before) + str(entry.after), "of free text the log keeps a digest"
    told = EventRow.objects.get(name="serve.MatterCorrected")
    assert set(told.payload["fields"]) == {"subject", "content", "channel"}
    late = sent | {"subject": "另一个说法"}
    assert desk.post(f"/tickets/{ticket.uid}/edit/", late).status_code == 409, "somebody was faster"
    empty = sent | {"version": ticket.version, "subject": " "}
    assert desk.post(f"/tickets/{ticket.uid}/edit/", empty).status_code == 422


@pytest.mark.requirement("COMP-01", proof="user")
@pytest.mark.requirement("DATA-01", proof="user")
@pytest.mark.parametrize("code", ["tickets", "complaints"])
def test_a_field_added_on_a_page_is_filled_in_filtered_and_listed(office: Office, code: str) -> None:
    firm = office.firm("manager one")
    if code == "tickets":
        row = ticket_receive(viewer=office.viewer("service"), customer=firm.uid, subject="报表导不出")
        sent = {"subject": "报表导不出", "channel": "phone"}
    else:
        row = complaint_receive(viewer=office.viewer("service"), customer=firm.uid, content="两天没人回电")
        sent = {"content": "两天没人回电", "channel": "phone", "form": "spoken", "cause": "other"}
    line = add(code, Kind.CHOICE, "产品线", "Product line", choices=CHOICES)
    seats = add(code, Kind.NUMBER, "受影响席位", "Seats affected")
    desk = at_work(office, "service")
    assert "产品线" in text_of(desk.get(f"/{code}/{row.uid}/edit/"))
    choice = line.choices[1]["code"]

    more = {"version": row.version, line.key: choice, seats.key: "12"}
    assert desk.post(f"/{code}/{row.uid}/edit/", sent | more).status_code == 302

    page = text_of(desk.get(f"/{code}/{row.uid}/"))
    assert "季付" in page
    assert "受影响席位" in page
    assert row.number in text_of(desk.get(f"/{code}/?{line.key}={choice}"))
    assert row.number not in text_of(desk.get(f"/{code}/?{line.key}={line.choices[0]['code']}"))
