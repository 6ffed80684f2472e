"""Tickets and complaints come in as facts, each with its line on the timeline."""

from __future__ import annotations

import datetime as dt

import pytest

from zhike.customers.models import TimelineEntry
from zhike.customers.tests.office import Office, deliver
from zhike.foundation.access.viewer import system
from zhike.foundation.audit.models import Entry
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Forbidden
from zhike.foundation.obligations.models import Duty
from zhike.serve.models import Complaint, Ticket
from zhike.serve.public import ComplaintRow, TicketRow, complaints_load, tickets_load

pytestmark = pytest.mark.django_db
IMPORT = system("test")
AT = dt.datetime(2026, 3, 2, 23, 30, tzinfo=clock.ZONE)


def ticket(customer_id: int, number: int = 1) -> TicketRow:
    return TicketRow(
        f"T{number}", customer_id, f"GD{number}", "登录失败", "无法登录系统", "phone", "technical", AT, None, "", None
    )


def complaint(customer_id: int, number: int = 1) -> ComplaintRow:
    return ComplaintRow(f"K{number}", customer_id, f"TS{number}", "响应太慢", "spoken", AT, None, "slow_response", "")


@pytest.mark.requirement("DATA-12", proof="rule")
def test_tickets_and_complaints_come_in_and_stand_on_the_timeline(office: Office) -> None:
    customer = office.firm("counter")

    tickets = tickets_load(viewer=IMPORT, rows=[ticket(customer.pk, i) for i in range(3)], origin="import")
    complaints = complaints_load(viewer=IMPORT, rows=[complaint(customer.pk)], origin="import")

    assert (tickets, complaints) == (3, 1)
    one, other = Ticket.objects.get(number="GD1"), Complaint.objects.get()
    assert (one.opened_at, one.closed_at, one.satisfaction, one.version, one.origin) == (AT, None, None, 1, "import")
    assert (other.received_at, other.closed_at, other.cause, other.form) == (AT, None, "slow_response", "spoken")
    lines = TimelineEntry.objects.filter(customer=customer, area__in=["tickets", "complaints"]).order_by("id")
    assert [(line.kind, line.at) for line in lines] == [("ticket.opened", AT)] * 3 + [("complaint.received", AT)]
    assert lines.last().words == {"number": "TS1", "cause": "slow_response"}
    entries = Entry.objects.filter(action__endswith=".load")
    assert set(entries.values_list("action", "batch_size")) == {("ticket.load", 3), ("complaint.load", 1)}


def test_history_starts_no_duty_and_needs_the_right_to_edit(office: Office) -> None:
    customer = office.firm("counter")

    tickets_load(viewer=IMPORT, rows=[ticket(customer.pk)], origin="sample")
    complaints_load(viewer=IMPORT, rows=[complaint(customer.pk)], origin="sample")
    deliver()

    assert not Duty.objects.exists()
    for load, row in ((tickets_load, ticket(customer.pk, 2)), (complaints_load, complaint(customer.pk, 2))):
        with pytest.raises(Forbidden):
            load(viewer=office.viewer("seller one"), rows=[row], origin="import")  # type: ignore[operator]
    assert (Ticket.objects.count(), Complaint.objects.count()) == (1, 1)
