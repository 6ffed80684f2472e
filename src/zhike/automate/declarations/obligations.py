"""The clock of a task that a rule set: reminded, breached and told to the superior as every duty is."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.events.automate import TaskDone, TaskDropped, TaskSet
from zhike.foundation import obligations
from zhike.foundation.obligations import Obligation

obligations.declare(
    Obligation(
        code="AUTO-07", title=_("Do what a rule asks for"), subject="rule_task", starts=TaskSet, fulfils=TaskDone,
        cancels=TaskDropped, due=lambda happened: happened.due_at,
        owed_by=("event:owner_id", "relation:customer_manager"),
        fallback=("post:operations_specialist",), proof=_("The task is marked as done"), requirement="AUTO-07",
    )
)  # fmt: skip
