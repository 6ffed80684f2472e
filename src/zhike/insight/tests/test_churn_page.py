"""The churn rate as people see it: the figures, the rows behind them, whose customers they are, and the formula."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from zhike.customers.tests.office import Clock, Office
from zhike.foundation.access.models import Person
from zhike.foundation.access.viewer import system
from zhike.foundation.kit import clock
from zhike.foundation.policies import current
from zhike.foundation.records.testing import signed_in, text_of
from zhike.insight.churn import churn, present_at, relations_behind
from zhike.insight.models import Relation
from zhike.insight.public import churn_rate, night_run
from zhike.insight.tests.enterprise import AS_OF, NAMES, Enterprise, founded
from zhike.ledger import public as ledger
from zhike.retain.public import Proposal, warnings_propose

pytestmark = pytest.mark.django_db(transaction=True)
NIGHT = system("test night")
# Its last order was on 15 June 2025, so a year without an order is over on this day.
LOST_ON = dt.date(2026, 6, 15)
# Everybody has ordered before June 2026 but the prospect.
AT_START = len(NAMES) - 1


@pytest.fixture(autouse=True)
def moment(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clock:
    settings.HOME = tmp_path / "home"
    made = Clock(tmp_path / "clock", monkeypatch)
    made.at(clock.start_of(AS_OF + dt.timedelta(days=1)) + dt.timedelta(hours=9))
    return made


@pytest.fixture
def enterprise(transactional_db: None) -> Enterprise:
    written = founded()
    night_run(viewer=NIGHT, as_of=AS_OF)
    return written


def at_work(office: Office, name: str) -> Client:
    person = office.people[name]
    Person.objects.filter(pk=person.pk).update(must_change_password=False)
    person.refresh_from_db()
    return signed_in(person)


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code)
    return re.sub(r"\s+", " ", text_of(response))


@pytest.mark.requirement("MEAS-02", proof="user")
def test_management_reads_rate_formula_and_definition_and_opens_exactly_the_rows(
    enterprise: Enterprise, settings: Any
) -> None:
    boss = at_work(enterprise.office, "boss")

    shown = page(boss, "/churn/?period=month&start=2026-06-01")

    assert "流失率 = 流失客户数 ÷ 期初客户总数" in shown
    assert f"1 ÷ {AT_START} = {100 / AT_START:.2f}%" in shown
    assert f"{100 - 100 / AT_START:.1f}%" in shown, "the retention rate stands beside it"
    assert "连续 12 个月没有订单即为流失" in shown
    assert "仅供参考" in shown
    assert "001 4.3" in shown

    lost_link = "/churn/customers/?period=month&amp;start=2026-06-01&amp;who=lost"
    assert f'href="{lost_link}"' in shown
    behind = page(boss, lost_link.replace("&amp;", "&"))
    assert re.findall(r"/customers/[0-9a-f-]{36}/\">([^<]+)<", behind) == ["lost有限公司"]
    assert LOST_ON.isoformat() in behind
    whole = page(boss, "/churn/customers/?period=month&start=2026-06-01&who=start")
    assert len(re.findall(r"/customers/[0-9a-f-]{36}/\">", whole)) == AT_START


@pytest.mark.requirement("MEAS-02", proof="user")
def test_the_api_says_what_the_page_says_and_agrees_with_the_computation_of_try(
    enterprise: Enterprise, settings: Any
) -> None:
    analyst = at_work(enterprise.office, "data")
    folder = settings.HOME / "snapshots" / AS_OF.isoformat()

    for period in ("month", "quarter", "year"):
        policies = current().with_values({"insight.churn_rate.period": period})
        computed = churn_rate(folder, policies, AS_OF)
        assert computed is not None
        said = analyst.get(f"/api/v1/insight/churn?period={period}").json()

        known = [row for row in computed.rows if computed.known_from is None or row.end > computed.known_from]
        assert [(r["start"], r["at_start"], r["lost"], r["churn_rate"]) for r in said["periods"]] == [
            (row.start.isoformat(), row.at_start, row.lost, row.rate) for row in known
        ]
        assert known, "there is something to agree on"
        chosen = said["chosen"]
        for name in ("tier", "department", "owner"):
            assert sum(part["at_start"] for part in said["by"][name]) == chosen["at_start"], name
            assert sum(part["lost"] for part in said["by"][name]) == chosen["lost"], name
        assert sum(part["lost"] for part in said["by"]["cause"]) == chosen["lost"]
    assert analyst.get("/api/v1/insight/churn?period=week").status_code == 422
    assert analyst.get("/api/v1/insight/churn?start=then").status_code == 422


@pytest.mark.requirement("MEAS-02", proof="user")
def test_a_department_manager_sees_her_department_and_no_other(enterprise: Enterprise) -> None:
    hers = at_work(enterprise.office, "lead one").get("/api/v1/insight/churn?period=month&start=2026-06-01").json()
    others = at_work(enterprise.office, "lead two")

    assert (hers["chosen"]["at_start"], hers["chosen"]["lost"]) == (AT_START, 1)
    strange = others.get("/api/v1/insight/churn?period=month&start=2026-06-01").json()
    assert (strange["chosen"]["at_start"], strange["chosen"]["churn_rate"]) == (0, None)
    assert "lost有限公司" not in page(others, "/churn/customers/?period=month&start=2026-06-01&who=lost")
    assert at_work(enterprise.office, "it").get("/churn/").status_code == 403


@pytest.mark.requirement("MEAS-02", proof="user")
def test_the_cause_is_that_of_the_last_warning_before_the_loss(enterprise: Enterprise) -> None:
    lost = enterprise.ids["lost"]
    boss = at_work(enterprise.office, "boss")
    assert "流失前没有预警" in page(boss, "/churn/?period=month&start=2026-06-01")
    for ago, cause in ((60, "complaints"), (30, "mention_price"), (-1, "mention_competitor")):
        found = Proposal(
            customer_id=lost, risk="high", main_cause=cause, signals=[], tier="core", health=50.0,
            value_at_stake_minor=None, currency="CNY", route="", model_version="",
        )  # fmt: skip
        warnings_propose(viewer=NIGHT, proposals=[], as_of=LOST_ON - dt.timedelta(days=ago + 1), run_id=1)
        warnings_propose(viewer=NIGHT, proposals=[found], as_of=LOST_ON - dt.timedelta(days=ago), run_id=1)

    said = boss.get("/api/v1/insight/churn?period=month&start=2026-06-01").json()

    assert [(part["code"], part["lost"]) for part in said["by"]["cause"]] == [("mention_price", 1)]
    shown = page(boss, "/churn/customers/?period=month&start=2026-06-01&who=lost&cause=mention_price")
    assert "lost有限公司" in shown
    none = page(boss, "/churn/customers/?period=month&start=2026-06-01&who=lost&cause=complaints")
    assert "lost有限公司" not in none


def test_the_same_night_again_changes_no_relation_and_a_return_begins_another(
    enterprise: Enterprise, moment: Clock
) -> None:
    before = list(Relation.objects.order_by("customer_id", "began_on").values())
    lost = enterprise.ids["lost"]
    assert [(r["began_on"], r["lost_on"]) for r in before if r["customer_id"] == lost] == [
        (clock.months_before(AS_OF, 23), LOST_ON)
    ]

    night_run(viewer=NIGHT, as_of=AS_OF)
    assert list(Relation.objects.order_by("customer_id", "began_on").values()) == before

    back = AS_OF + dt.timedelta(days=1)
    ledger.orders_load(
        viewer=NIGHT, rows=[ledger.OrderRow("back", lost, "DDback", back, 100, "CNY", "done")], origin="sample"
    )
    moment.at(clock.start_of(back + dt.timedelta(days=1)) + dt.timedelta(hours=9))
    night_run(viewer=NIGHT, as_of=back)
    rows = Relation.objects.filter(customer_id=lost).order_by("began_on").values_list("began_on", "lost_on")
    assert list(rows) == [(clock.months_before(AS_OF, 23), LOST_ON), (back, None)]
    assert Relation.objects.filter(present_at(dt.date(2026, 7, 1)), customer_id=lost).count() == 0


@pytest.mark.requirement("MEAS-02", proof="rule")
def test_the_tier_is_the_one_last_held_while_with_us(enterprise: Enterprise) -> None:
    """The lost customer spent 12 times 15,000 in the year before its last order: core then, nothing now."""
    found = churn(NIGHT, "month", dt.date(2026, 6, 1))

    assert found is not None
    assert [(part.code, part.lost) for part in found.splits["tier"] if part.lost] == [("core", 1)]
    assert enterprise.state("lost").tier == "low"
    rows, total = relations_behind(
        NIGHT, period=(dt.date(2026, 6, 1), dt.date(2026, 7, 1)), lost=True, only={"tier": "core"}
    )
    assert (total, [row.customer_id for row in rows]) == (1, [enterprise.ids["lost"]])


def test_before_the_first_night_the_page_says_what_to_do(transactional_db: None) -> None:
    office = founded().office

    shown = page(at_work(office, "boss"), "/churn/")

    assert "尚无流失率" in shown
    assert "zhike night" in shown
    assert at_work(office, "boss").get("/churn/customers/?period=month&start=2026-06-01").status_code == 404
