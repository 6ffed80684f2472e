"""Quick filters of every kind of records: one click narrows the present question, one click widens it again."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from zhike.acquire.tests.intake import asked
from zhike.foundation import records
from zhike.foundation.access.people import viewer_of
from zhike.foundation.access.viewer import system
from zhike.foundation.records import query, quick
from zhike.foundation.records.testing import signed_in, staff, text_of

pytestmark = pytest.mark.django_db


def chips_of(client: Client, address: str) -> dict[str, dict[str, Any]]:
    return {chip["code"]: chip for chip in client.get(address).context["quick"]}


def needs(client: Client, url: str, *leads: Any) -> list[bool]:
    page = text_of(client.get("/leads/" + url))
    return [lead.need in page for lead in leads]


@pytest.mark.requirement("DATA-01", proof="user")
def test_a_click_narrows_the_list_and_a_second_one_widens_it_again() -> None:
    seller, lead_of_sales = staff("sales_specialist"), staff("management")
    fits = {"industry": "C", "region": "330000", "staff_count": 500}
    hot = asked(viewer_of(seller), owner_id=seller.pk, urgency="month", profile=fits)
    cold = asked(viewer_of(seller), owner_id=seller.pk)
    pool = asked(viewer_of(seller), urgency="month", profile=fits)
    client = signed_in(lead_of_sales)

    first = chips_of(client, "/leads/")
    assert list(first)[:2] == ["mine", "new"]
    assert needs(client, first["intent"]["url"], hot, cold, pool) == [True, False, True]
    assert 'z-quick" aria-label="快捷筛选"' in text_of(client.get("/leads/"))

    seller_client = signed_in(seller)
    both = chips_of(seller_client, "/leads/" + chips_of(seller_client, "/leads/?urgency=month")["mine"]["url"])
    assert both["mine"]["is_on"]
    assert "urgency=month" in both["mine"]["url"], "what was asked before stays"
    assert needs(seller_client, both["intent"]["url"], hot, cold, pool) == [True, False, False]
    assert "where" not in both["mine"]["url"], "taken off again"


def test_what_was_not_touched_for_thirty_days_is_found() -> None:
    seller = staff("sales_specialist")
    old, fresh = (asked(viewer_of(seller), owner_id=seller.pk) for _ in range(2))
    type(old).objects.filter(pk=old.pk).update(touched_at="2020-01-02T00:00:00Z")
    client = signed_in(seller)

    assert needs(client, chips_of(client, "/leads/")["untouched"]["url"], old, fresh) == [True, False]


def test_every_quick_filter_that_is_declared_is_understood() -> None:
    viewer = system("test")
    for record_type in records.every():
        declared = [one.code for one in quick.offered(record_type)]
        asked_now = query.parse(viewer, record_type, QueryDict())

        shown = quick.chips(viewer, record_type, asked_now)

        assert [chip["code"] for chip in shown] == declared, record_type.code
        for chip in shown:
            assert not query.parse(viewer, record_type, QueryDict(chip["url"][1:])).problems, (record_type.code, chip)


def test_who_does_not_read_the_field_is_not_offered_its_filter() -> None:
    assert "risk" in chips_of(signed_in(staff("customer_manager")), "/customers/")
    assert "risk" not in chips_of(signed_in(staff("compliance_specialist")), "/customers/")
