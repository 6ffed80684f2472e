"""What automation hears: everything that somebody waits for, and nothing else."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from uuid import UUID

import zhike.automate.declarations.news
import zhike.events
from zhike.automate import listening, news
from zhike.automate.declare import triggers
from zhike.automate.services import hearing, robots, webhook
from zhike.automate.services.doing import work
from zhike.customers.public import Line, timeline_add
from zhike.events.automate import RuleFired, TaskDone, TaskSet
from zhike.events.insight import NightFinished
from zhike.foundation import jobs
from zhike.foundation.access.viewer import system
from zhike.foundation.outbox import projection, subscriber
from zhike.foundation.outbox.event import Event, declared

for _module in pkgutil.iter_modules(zhike.events.__path__):
    if _module.name != "tests":
        import_module(f"zhike.events.{_module.name}")


def _for_rules(happened: Event) -> bool:
    return happened.is_live and listening.is_wanted("rules", happened.event_name)


def _for_robots(happened: Event) -> bool:
    return happened.is_live and listening.is_wanted("robots", happened.event_name)


def _for_webhooks(happened: Event) -> bool:
    return happened.is_live and listening.is_wanted("webhooks", happened.event_name)


for _trigger in triggers().values():
    subscriber(_trigger.event, "automate.rules", when=_for_rules)(hearing.hear)
for _name in webhook.catalogue():
    subscriber(declared()[_name], "automate.webhooks", when=_for_webhooks)(webhook.fan_out)
for _known in news.every().values():
    subscriber(_known.event, "automate.robots", when=_for_robots)(robots.fan_out)
# Each action is a transaction of its own, so what was done stays done when another one has to be tried again.
subscriber(RuleFired, "automate.work", in_transaction=False)(work)


@subscriber(NightFinished, "automate.comers")
def _look(_event: NightFinished) -> None:
    """New measures: who has come to meet a condition is looked up by a job, for it may be long."""
    jobs.start("automate.comers", viewer=system("new measures"))


@projection(TaskSet)
def _set(event: TaskSet) -> None:
    _line(event, "rule_task.set", {"due_at": event.due_at.isoformat()}, None)


@projection(TaskDone)
def _done(event: TaskDone) -> None:
    _line(event, "rule_task.done", {}, event.person_id)


def _line(event: TaskSet | TaskDone, kind: str, words: dict[str, str], person_id: int | None) -> None:
    if event.customer_id is None:
        return
    about = UUID(event.rule_task_uid)
    line = Line(event.customer_id, event.at, "timeline", kind, words, person_id, "rule_tasks", about, False, event.uid)
    timeline_add([line])
