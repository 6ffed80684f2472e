"""Lifetime value by tier, and the stage of a customer with cause and date, as people read them."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Avg, Sum

from zhike.customers.models import CustomerState
from zhike.customers.tests.office import Clock
from zhike.events.insight import LifecycleChanged
from zhike.foundation import outbox
from zhike.foundation.access.models import Person
from zhike.foundation.access.viewer import system
from zhike.foundation.kit import clock, money
from zhike.foundation.records.testing import signed_in, text_of
from zhike.insight.public import night_run
from zhike.insight.tests.enterprise import AS_OF, Enterprise, founded

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def enterprise(transactional_db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Enterprise:
    settings.HOME = tmp_path / "home"
    Clock(tmp_path / "clock", monkeypatch).at(clock.start_of(AS_OF + dt.timedelta(days=1)) + dt.timedelta(hours=9))
    written = founded()
    night_run(viewer=system("test night"), as_of=AS_OF)
    Person.objects.update(must_change_password=False)
    return written


def page(enterprise: Enterprise, who: str, address: str) -> str:
    person = enterprise.office.people[who]
    person.refresh_from_db()
    return re.sub(r"\s+", " ", text_of(signed_in(person).get(address)))


@pytest.mark.requirement("MEAS-01", proof="user")
def test_management_reads_lifetime_value_by_tier_and_opens_the_rows(enterprise: Enterprise) -> None:
    shown = page(enterprise, "boss", "/matrix/")
    card = shown.partition("各等级客户生命周期价值")[2].partition("</section>")[0]
    tier = CustomerState.objects.exclude(tier="").exclude(clv_handbook_minor=None).values_list("tier", flat=True)[0]
    there = CustomerState.objects.filter(tier=tier)
    sums = there.aggregate(
        handbook=Avg("clv_handbook_minor"), mean=Avg("clv_fitted_minor"), whole=Sum("clv_fitted_minor")
    )

    link = f"/customers/?tier={tier}&amp;sort=-clv"
    row = card.partition(link)[2].partition("</tr>")[0]
    assert re.match(rf'">{there.count()}</a>', row)
    assert sums["handbook"]
    for value in sums.values():  # a handful of customers is too few to fit anything: then a dash stands there
        assert (money.full(round(value), "CNY") if value else "–") in row
    behind = page(enterprise, "boss", link.replace("&amp;", "&"))
    for state in CustomerState.objects.select_related("customer"):
        assert (state.customer.name in behind) is (state.tier == tier), state.customer.name


def test_lifetime_value_is_not_for_who_reads_no_amounts(enterprise: Enterprise) -> None:
    assert "生命周期价值" not in page(enterprise, "counter", "/matrix/")


@pytest.mark.requirement("SEG-09", proof="user")
def test_the_stage_of_a_customer_says_its_cause_its_day_and_where_it_came_from(enterprise: Enterprise) -> None:
    state = CustomerState.objects.exclude(lifecycle_since=None).filter(lifecycle="lost")[0]
    with transaction.atomic():
        outbox.publish(
            LifecycleChanged(
                customer_id=state.customer_id, before="at_risk", after="lost", cause=state.lifecycle_cause,
                as_of=AS_OF.isoformat(),
            )
        )  # fmt: skip

    shown = page(enterprise, "boss", f"/customers/{state.customer.uid}/")

    assert f"自 {state.lifecycle_since:%Y-%m-%d} 起" in shown
    assert "视为流失" in shown
    assert "生命周期：流失风险 → 流失" in shown
    assert "原因：订单长期中断" in shown
