"""Why customers left and what kept them, each quarter, as the operations analyst completes it (RET-15, RET-18)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.company import whole
from zhike.customers.models import CustomerState
from zhike.customers.tests.office import Clock, Office, deliver
from zhike.foundation.access.models import Person
from zhike.foundation.access.viewer import system
from zhike.foundation.kit import clock
from zhike.foundation.obligations.rules import period_of
from zhike.foundation.records.testing import signed_in, staff, text_of
from zhike.foundation.reports.models import Issue
from zhike.foundation.reports.services.drafting import draft_due
from zhike.insight.declarations.reports.health import _health
from zhike.insight.models import NightRun, Relation
from zhike.ledger.models import Order
from zhike.retain.models import HealthPatrol, RetentionCase
from zhike.retain.tests.casework import at_work, do, interviewed, opened_case, planned

pytestmark = pytest.mark.django_db
JUNE = dt.date(2026, 6, 10)
QUARTER_OVER = clock.start_of(dt.date(2026, 7, 1)) + dt.timedelta(hours=6, minutes=5)


@pytest.fixture
def office(db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Four cases of the quarter: two kept and one lost with plans, one lost whom only the night had warned of."""
    settings.HOME = tmp_path / "home"
    moment = Clock(tmp_path / "clock", monkeypatch)
    moment.at(clock.start_of(JUNE) + dt.timedelta(hours=9))
    found = whole()
    cases = [opened_case(found) for _one in range(4)]
    manager, lead = at_work(found, "manager one"), at_work(found, "lead one")
    for case, measure in zip(cases[:3], ("dedicated_service", "dedicated_service", "executive_visit"), strict=True):
        interviewed(manager, case, clock.now())
        planned(manager, case, found.people["manager one"], measure=measure)
        do(lead, case, "approve", note="")
    for case in cases[:2]:
        assert do(manager, case, "save", evidence="renewal", outcome="已续约").status_code == 302
    talk = {"ended_at": clock.now(), "kind": "call", "words": "总部砍了预算", "is_welcomed": "on"}
    assert do(manager, cases[2], "lose", outcome="未能续约").status_code == 302
    assert do(manager, cases[2], "last-talk", true_reason="budget_cut", **talk).status_code == 302
    for case in cases:
        Relation.objects.create(customer=case.customer, began_on=dt.date(2024, 3, 1), tier="core")
    for case in cases[2:]:
        Relation.objects.filter(customer=case.customer).update(lost_on=JUNE + dt.timedelta(days=2))
    held = {"owner_id": cases[2].customer.owner_id, "department_id": cases[2].customer.department_id}
    for number, day, minor in (("1", dt.date(2025, 5, 1), 300_000_00), ("2", dt.date(2024, 4, 1), 900_000_00)):
        Order.objects.create(customer=cases[2].customer, number=number, ordered_on=day, amount_minor=minor, **held)
    told = {"known_from": "2024-01-01", "definition": "orders", "lost_months": 12, "grace_days": 30}
    NightRun.objects.create(as_of=dt.date(2026, 6, 30), state="done", template="b2b", data={"churn": told})
    deliver()
    moment.at(QUARTER_OVER)
    draft_due()
    return found


def page_of(code: str, post: str = "operations_analyst", *, refresh: bool = False) -> str:
    """The draft as its owner opens it, with its data drawn anew if asked for."""
    person = staff(post)
    Person.objects.filter(pk=person.pk).update(must_change_password=False, language="en")
    issue, owner = Issue.objects.get(code=code), signed_in(Person.objects.get(pk=person.pk))
    if refresh:
        assert owner.post(f"/reports/{issue.uid}/do/refresh/", {"version": issue.version}).status_code == 302
    return text_of(owner.get(f"/reports/{issue.uid}/"))


@pytest.mark.requirement("RET-15", proof="user")
def test_losses_stand_by_cause_with_shares_value_and_what_helped_before(office: Office) -> None:
    lost = list(RetentionCase.objects.order_by("id")[2:])

    page = page_of("churn_attribution")

    assert "Budget cut" in page  # the true reason of the last talk, not what the night had found
    assert "Slow response" in page  # whom only the night had warned of
    assert "50%" in page
    assert "300,000" in page  # the last year of orders
    assert "900,000" not in page  # not the year before it
    assert "Pay by effect" in page
    assert all(case.customer.name in page for case in lost)
    assert "The retention case" in page
    assert "The warning before the loss" in page


@pytest.mark.requirement("RET-18", proof="user")
@pytest.mark.requirement("RET-11", proof="user")
def test_measures_stand_with_share_limits_cost_and_a_plain_word_where_the_cases_cannot_tell(office: Office) -> None:
    page = page_of("retention_effect")

    assert "Dedicated service" in page
    assert "100%" in page  # both kept
    assert "34%" in page  # at least, by Wilson: two of two tell little
    assert "These cases cannot tell" in page
    assert "Kept more than the others" not in page
    assert "6,000" in page  # two plans of 3,000
    assert "Against a control group: not measured" in page
    listed = text_of(at_work(office, "boss").get("/saved-and-lost/"))
    assert "34–100" in listed
    rows = text_of(at_work(office, "boss").get("/retentions/?measure=executive_visit"))
    assert RetentionCase.objects.order_by("id")[2].customer.name in rows
    assert RetentionCase.objects.order_by("id")[0].customer.name not in rows


@pytest.mark.requirement("RET-06", proof="user")
@pytest.mark.requirement("SAT-06", proof="rule")
def test_the_health_report_names_who_is_below_the_limit_with_plans_and_what_patrols_heard(office: Office) -> None:
    for case, answer in zip(RetentionCase.objects.order_by("id"), (10, 9, 6, 7), strict=True):
        CustomerState.objects.filter(customer=case.customer).update(health=55.5, health_before=71.0, risk="high")
        HealthPatrol.objects.create(
            customer=case.customer, state="held", due_on=JUNE, held_on=JUNE, recommend=answer, findings="x"
        )
    made = _health(system("test"), period_of("half_yearly", JUNE))
    assert (made.parts["sums"]["nps"], made.parts["sums"]["answers"]) == (25.0, 4)  # two promote, one detracts
    assert "nps" not in made.gaps

    page = page_of("customer_health", "success_manager")

    assert "not measured, because no patrol" in page  # the draft was made before the patrols were written down
    assert "Retention plans under way" in page
    renewed = page_of("customer_health", "success_manager", refresh=True)
    assert "NPS, as patrols heard it" in renewed
    assert "55.5" in renewed
    issue = Issue.objects.get(code="customer_health")
    owner = signed_in(Person.objects.filter(holdings__post="success_manager").latest("id"))
    sent = {"version": issue.version, "summary": "x"}
    assert owner.post(f"/reports/{issue.uid}/do/publish/", sent).status_code == 302
    published = text_of(at_work(office, "boss").get(f"/reports/{issue.uid}/"))
    assert all(case.customer.name in published for case in RetentionCase.objects.all())
