"""一事一录: each event with a customer is its own entry, made at the time, and is not written over (DATA-07)."""

from __future__ import annotations

import pytest

from zhike.customers.models import Interaction
from zhike.customers.tests.office import Office, deliver
from zhike.foundation.access.models import Person
from zhike.foundation.kit import clock
from zhike.foundation.records.testing import signed_in, staff, text_of

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("DATA-07", proof="user")
def test_two_calls_of_a_day_are_two_entries_that_nobody_writes_over(office: Office) -> None:
    firm = office.firm("manager one")
    clerk = staff("customer_specialist")
    department = office.people["manager one"].department_id
    Person.objects.filter(pk=clerk.pk).update(must_change_password=False, department_id=department)
    desk = signed_in(Person.objects.get(pk=clerk.pk))
    if desk.get(f"/customers/{firm.uid}/").status_code == 404:  # they keep the files of their own customers
        firm.owner_id = clerk.pk
        firm.save()
    page = f"/customers/{firm.uid}/follow-up/"

    for said in ("上午：要求报价", "下午：报价偏高"):
        assert desk.post(page, {"kind": "call", "feedback": said}).status_code in (200, 302), said
    deliver()

    rows = list(Interaction.objects.filter(customer=firm).order_by("id"))
    assert [row.feedback for row in rows] == ["上午：要求报价", "下午：报价偏高"]
    assert all(abs((clock.now() - row.created_at).total_seconds()) < 60 for row in rows), "at the time"
    assert [row.created_by_id for row in rows] == [clerk.pk, clerk.pk]
    shown = text_of(desk.get(f"/customers/{firm.uid}/"))
    assert "上午：要求报价" in shown
    assert "下午：报价偏高" in shown
    for address in (f"/interactions/{rows[0].uid}/edit/", f"/interactions/{rows[0].uid}/delete/"):
        assert desk.post(address, {"version": rows[0].version, "feedback": "改写"}).status_code in (404, 405)
    program = f"/api/v1/interactions/{rows[0].uid}"
    written = desk.patch(program, {"feedback": "改写"}, content_type="application/json")
    assert written.status_code in (404, 405)
    rows[0].refresh_from_db()
    assert rows[0].feedback == "上午：要求报价"
