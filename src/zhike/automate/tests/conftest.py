import dataclasses
from typing import Any

import pytest

from zhike.acquire.models import Lead
from zhike.acquire.services.taking import lead_take
from zhike.automate.models import Rule
from zhike.automate.rules.definition import Definition, Step, from_json
from zhike.automate.services.rule import rule_create, rule_define, rule_turn_on
from zhike.customers.tests.office import Clock, Office, deliver, opened
from zhike.foundation.access.models import PostHolding
from zhike.foundation.access.people import person_add
from zhike.serve.tests.conftest import Standing, moment, standing, with_service


@pytest.fixture
def office(db: None) -> Office:
    """The small enterprise, with a service team and somebody who runs operations and leads sales."""
    return with_operations(with_service(opened()))


def with_operations(office: Office) -> Office:
    people = dict(office.people)
    for name, posts in (("ops", ["operations_specialist"]), ("head", ["operations_specialist", "sales_lead"])):
        people[name] = person_add(
            username=f"{name} of operations", name=f"员工{name}", post_codes=posts,
            department=office.departments["root"], superior=people["boss"],
        )  # fmt: skip
    PostHolding.objects.update(since="2020-01-01")
    return dataclasses.replace(office, people=people)


@pytest.fixture
def page_of(office: Office) -> Any:
    """A browser of a member of staff by short name."""
    from zhike.foundation.access.models import Person
    from zhike.foundation.records.testing import signed_in

    def browser(name: str) -> Any:
        Person.objects.filter(pk=office.person(name)).update(must_change_password=False, language="en")
        return signed_in(Person.objects.get(pk=office.person(name)))

    return browser


def a_lead(office: Office, seller: str = "seller one", **values: Any) -> Lead:
    """A lead of a seller, taken in by hand."""
    given = {"urgency": "month", "source": "referral"} | values
    return lead_take(
        viewer=office.viewer(seller), kind="firm", need="四十个席位", channel="hand", details="",
        values={"name": f"苏州泰和机械{Lead.objects.count()}", "source": "referral", "core_needs": "四十个席位"},
        contact={"name": "王磊", "title": "采购总监", "phone": f"1381234{5678 + Lead.objects.count()}", "email": ""},
        owner_id=office.person(seller), department_id=None, **given,
    )  # fmt: skip


def tells(to: str = "owner", text: str = "请联系") -> Step:
    return Step("notify", {"to": [to], "text": [text]})


def sets_task(to: str = "owner", title: str = "致电客户", hours: str = "24") -> Step:
    return Step("task", {"to": [to], "title": [title], "hours": [hours]})


def a_rule(office: Office, who: str = "ops", *, is_on: bool = True, name: str = "规则", **says: Any) -> Rule:
    """A rule of ``who``, in force unless said otherwise."""
    viewer = office.viewer(who)
    given = {"kind": "event", "event": "acquire.LeadTaken"} | says
    rule = rule_create(
        viewer=viewer, name=name, kind=given["kind"], event=given["event"] if given["kind"] == "event" else "",
        subject=given.get("subject", ""),
    )  # fmt: skip
    definition: Definition = dataclasses.replace(
        from_json(rule.draft), **{k: v for k, v in given.items() if k not in ("kind", "event", "subject")}
    )
    rule = rule_define(viewer=viewer, uid=rule.uid, version=rule.version, definition=definition)
    return rule_turn_on(viewer=viewer, uid=rule.uid, version=rule.version) if is_on else rule


__all__ = ["Clock", "Standing", "a_lead", "a_rule", "deliver", "moment", "sets_task", "standing", "tells"]
