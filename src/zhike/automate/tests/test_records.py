"""Lists, pages, forms, acts, API and exports of rules, firings, tasks and webhooks, from their declaration."""

from __future__ import annotations

import itertools

from zhike.automate.models import Rule, RuleEdition, Run, Task, Webhook, WebhookDelivery
from zhike.automate.rules.definition import Definition, to_json
from zhike.automate.services.rule import rule_create
from zhike.automate.services.webhook import queued, webhook_create
from zhike.customers.models import Customer
from zhike.customers.services.customer import customer_create
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import viewer_of
from zhike.foundation.access.viewer import system
from zhike.foundation.kit import clock, ids
from zhike.foundation.records.testing import cases

_numbers = itertools.count(1)


def a_rule(owner: Person) -> Rule:
    return rule_create(viewer=viewer_of(owner), name=f"规则{next(_numbers)}", kind="event", event="acquire.LeadTaken")


def a_firm(owner: Person) -> Customer:
    viewer = system("test")
    return customer_create(
        viewer=viewer, kind="firm", name=f"南方第{next(_numbers)}机械厂", email=f"o{next(_numbers)}@south.example",
        owner_id=owner.pk,
    )  # fmt: skip


def a_run(owner: Person) -> Run:
    rule = Rule.objects.create(name="规则", kind="comes", subject="customers", owner=owner)
    edition = RuleEdition.objects.create(
        rule=rule, number=1, kind="comes", definition=to_json(Definition("comes", "customers")), published_by=owner
    )
    return Run.objects.create(
        rule=rule, edition=edition, cause=f"came:{next(_numbers)}", subject="customers", subject_uid=ids.uid(),
        state="done", owner=owner,
    )  # fmt: skip


def a_task(owner: Person) -> Task:
    firm = a_firm(owner)
    return Task.objects.create(
        title="致电客户", customer=firm, subject="customers", subject_uid=firm.uid, due_at=clock.now(),
        run=a_run(owner), place=0, owner=owner,
    )  # fmt: skip


def a_webhook(owner: Person) -> Webhook:
    return webhook_create(viewer=viewer_of(owner), name=f"系统{next(_numbers)}", url="https://example.com/zhike")


def a_delivery(owner: Person) -> WebhookDelivery:
    return queued(a_webhook(owner), "zhike.ping", f"msg_{next(_numbers)}", {}, clock.now())


TestRules = cases(
    "rules", make=a_rule, allowed="operations_specialist", denied="sales_specialist", owned=False,
    create={"name": "评级后通知", "kind": "event", "event": "acquire.LeadGraded"}, change={"note": "试运行过"},
)  # fmt: skip
TestRuns = cases("rule_runs", make=a_run, allowed="operations_specialist", denied="sales_specialist", owned=False)
TestTasks = cases("rule_tasks", make=a_task, allowed="customer_manager", denied="it_team")
TestWebhooks = cases(
    "webhooks", make=a_webhook, allowed="it_team", denied="sales_specialist", owned=False,
    create={"name": "财务系统", "url": "https://erp.example.com/zhike", "events": "win.ContractSigned"},
    change={"name": "财务系统二"},
)  # fmt: skip
TestDeliveries = cases("webhook_deliveries", make=a_delivery, allowed="it_team", denied="sales_specialist", owned=False)
