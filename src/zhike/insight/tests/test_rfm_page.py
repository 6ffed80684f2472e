"""A band of RFM is moved, and the analyst reads on a customer's page what the next night makes of it (SEG-04)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from zhike.customers.models import Customer
from zhike.customers.tests.office import Clock
from zhike.foundation.access.viewer import system
from zhike.foundation.kit import clock
from zhike.foundation.records.testing import signed_in, staff, text_of
from zhike.insight.public import night_run
from zhike.insight.tests.enterprise import AS_OF, founded

pytestmark = pytest.mark.django_db(transaction=True)


def marks_on(client: Client, customer: Customer) -> str:
    """The three marks as the page of the customer shows them."""
    page = text_of(client.get(f"/customers/{customer.uid}/"))
    return page.partition("<dt>RFM</dt>")[2].partition(">")[2].partition("<")[0]


@pytest.mark.slow
@pytest.mark.requirement("SEG-04", proof="user")
def test_the_analyst_reads_other_marks_the_night_after_a_band_was_moved(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.HOME = tmp_path / "home"
    hands = Clock(tmp_path / "clock", monkeypatch)
    hands.at(clock.start_of(AS_OF) + dt.timedelta(hours=9))
    enterprise = founded()
    well, new = (Customer.objects.get(pk=enterprise.ids[name]) for name in ("well", "new"))
    analyst, boss = signed_in(staff("customer_analyst")), signed_in(staff("management"))

    def moved(field: str, value: str) -> None:
        form = {"act": "save", "value": value, "reason": "分档按本行业调整"}
        assert boss.post(f"/policies/segment.rfm.{field}/", form).status_code == 302

    moved("mode", "bands")
    hands.at(clock.start_of(AS_OF + dt.timedelta(days=1)) + dt.timedelta(hours=9))
    night_run(viewer=system("test night"), as_of=AS_OF)
    assert marks_on(analyst, well)[:2] == "55", "an order each month for two years, the last one this month"
    assert marks_on(analyst, new)[1] == "2", "two orders"

    moved("orders_3", "2")
    hands.at(clock.start_of(AS_OF + dt.timedelta(days=2)) + dt.timedelta(hours=9))
    night_run(viewer=system("test night"), as_of=AS_OF + dt.timedelta(days=1))

    assert marks_on(analyst, well)[:2] == "55"
    assert marks_on(analyst, new)[1] == "3"
