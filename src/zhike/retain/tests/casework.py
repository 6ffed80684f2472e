"""Retention cases for tests: opened as the product opens them, moved on through the pages of the posts."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.test import Client

from zhike.customers.models import Customer
from zhike.customers.services.customer import customer_create
from zhike.customers.tests.office import Office, deliver
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import viewer_of
from zhike.foundation.access.viewer import system
from zhike.foundation.kit import clock
from zhike.foundation.records.testing import signed_in
from zhike.retain.models import RetentionCase, Warning
from zhike.retain.services.warning import Proposal, warning_publish, warnings_propose

MONDAY_9 = dt.datetime(2026, 7, 13, 9, 0, tzinfo=clock.ZONE)
TUESDAY_15 = dt.datetime(2026, 7, 14, 15, 0, tzinfo=clock.ZONE)
WEDNESDAY_9 = dt.datetime(2026, 7, 15, 9, 0, tzinfo=clock.ZONE)
WEDNESDAY_15 = dt.datetime(2026, 7, 15, 15, 0, tzinfo=clock.ZONE)


def proposal(customer: Customer, *, tier: str = "core", risk: str = "high", **more: Any) -> Proposal:
    """What a night would propose about the customer."""
    values: dict[str, Any] = {
        "main_cause": "mention_slow_response", "health": 52.0, "value_at_stake_minor": 1_200_000, "currency": "CNY",
        "signals": [{"code": "complaints", "evidence": {"count": 2.0}}], "route": "", "model_version": "shipped",
    }  # fmt: skip
    return Proposal(customer_id=customer.pk, tier=tier, risk=risk, **(values | more))


def night(*proposals: Proposal) -> Any:
    """Yesterday's night."""
    day = clock.today() - dt.timedelta(days=1)
    return warnings_propose(viewer=system("test night"), proposals=proposals, as_of=day, run_id=1)


def opened_case(office: Office, owner: str = "manager one", *, tier: str = "core", risk: str = "high") -> RetentionCase:
    """A case of a new customer of ``owner``, opened by the data specialist's publication."""
    customer = office.firm(owner)
    night(proposal(customer, tier=tier, risk=risk))
    warning = Warning.objects.get(customer=customer)
    warning_publish(viewer=office.viewer("data"), uid=warning.uid)
    deliver()
    return RetentionCase.objects.get(customer=customer)


def a_case(owner: Person) -> RetentionCase:
    """A case of a customer of ``owner``, for the generated cases."""
    customer = customer_create(viewer=viewer_of(owner), kind="firm", name=f"云岭{clock.now().timestamp()}轴承厂")
    night(proposal(customer))
    warning = Warning.objects.get(customer=customer)
    return warning_publish(viewer=system("test"), uid=warning.uid).case


def at_work(office: Office, name: str) -> Client:
    """``name`` in front of the browser, who has chosen a password."""
    person = office.people[name]
    Person.objects.filter(pk=person.pk).update(must_change_password=False)
    person.refresh_from_db()
    return signed_in(person)


def do(client: Client, case: Any, act: str, **answers: Any) -> Any:
    """Send the form of an act as the page does, and let the news be heard."""
    case.refresh_from_db()
    typed = {name: _typed(value) for name, value in answers.items()}
    response = client.post(f"/retentions/{case.uid}/do/{act}/", {"version": case.version, **typed})
    deliver()
    case.refresh_from_db()
    return response


def _typed(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return clock.local(value).strftime("%Y-%m-%dT%H:%M")
    return value.isoformat() if isinstance(value, dt.date) else value


def interviewed(client: Client, case: RetentionCase, ended_at: dt.datetime, **more: Any) -> Any:
    """Log the interview as the customer manager types it."""
    answers = {
        "ended_at": ended_at,
        "kind": "visit",
        "cause": "slow_response",
        "words": "报修三天没人回",
        "would_keep": "",
    }
    return do(client, case, "interview", **(answers | more))


def planned(client: Client, case: RetentionCase, who: Person, *, due_on: dt.date | None = None, **more: Any) -> Any:
    """Write the plan, add one step, submit it."""
    answers = {
        "cause": "slow_response", "measure": "dedicated_service", "offer": "专属客服，直线电话", "goal": "签署续约合同",
        "goal_on": clock.today() + dt.timedelta(days=20), "cost": "3000",
    }  # fmt: skip
    assert do(client, case, "plan", **(answers | more)).status_code == 302
    step = {"what": "指定专属客服", "owner": str(who.uid), "due_on": due_on or clock.today() + dt.timedelta(days=3)}
    assert do(client, case, "add-step", **step).status_code == 302
    return do(client, case, "submit")
