"""Tickets and complaints are found by the name of their customer and by their own number."""

from __future__ import annotations

from typing import Any

import pytest

from zhike.customers.tests.office import Office
from zhike.serve.services.complaint import complaint_receive
from zhike.serve.services.ticket import ticket_receive

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("DATA-01", proof="user")
def test_tickets_and_complaints_are_found_by_their_customer_or_number(office: Office, page_of: Any) -> None:
    viewer = office.viewer("service")
    firms = [office.firm("manager one", name) for name in ("杭州岚山精密", "宁波海澜贸易")]
    tickets = [ticket_receive(viewer=viewer, customer=one.uid, subject=f"导出失败{one.pk}") for one in firms]
    complaints = [complaint_receive(viewer=viewer, customer=one.uid, content="两天无人回电") for one in firms]
    client = page_of("service")

    for code, (first, second) in (("tickets", tickets), ("complaints", complaints)):
        for words in ("岚山", "lanshan", first.number):
            page = client.get(f"/{code}/", {"q": words}).content.decode()
            assert f"/{code}/{first.uid}/" in page, (code, words)
            assert f"/{code}/{second.uid}/" not in page, (code, words)
            assert f'value="{words}"' in page
            found = client.get(f"/api/v1/{code}", {"q": words}).json()["items"]
            assert [one["uid"] for one in found] == [str(first.uid)]
        assert "宁波海澜" not in client.get(f"/{code}/", {"q": "没有这家"}).content.decode()


@pytest.mark.requirement("PLAT-01", proof="user")
def test_who_passes_a_ticket_on_sees_posts_and_departments_of_those_who_can_take_it(
    office: Office, page_of: Any
) -> None:
    ticket = ticket_receive(
        viewer=office.viewer("service"), customer=office.firm("manager one").uid, subject="导出失败"
    )

    page = page_of("service").get(f"/tickets/{ticket.uid}/do/pass_on/").content.decode()

    assert "员工manager one · Customer manager · 销售一部" in page
    assert "员工it" not in page
