"""Tasks of rules: set once per firing, done by who owes them."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import transaction

from zhike.automate.models import Run, Task, TaskState
from zhike.automate.services.refusals import TaskClosed
from zhike.events.automate import TaskDone, TaskDropped, TaskSet
from zhike.foundation import outbox
from zhike.foundation.access.models import Person
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Forbidden, Invalid
from zhike.foundation.records.rows import locked, noted, saved

_TITLE, _OUTCOME = 120, 300


@transaction.atomic
def task_set(
    *, viewer: Viewer, run: Run, place: int, title: str, owner: Person, due_at: dt.datetime, subject: str, row: Any,
    customer_id: int | None,
) -> Task:  # fmt: skip
    """Ask ``owner`` to do something about a record by ``due_at``; of one action of a firing there is one task."""
    task, is_new = Task.objects.get_or_create(
        run=run, place=place,
        defaults={
            "title": title[:_TITLE], "customer_id": customer_id, "subject": subject, "subject_uid": row.uid,
            "due_at": due_at, "owner_id": owner.pk, "department_id": owner.department_id,
        },
    )  # fmt: skip
    if is_new:
        noted(viewer, task, "rule_task.set", title=task.title, owner_id=owner.pk, due_at=due_at)
        outbox.publish(TaskSet(**_facts(task), owner_id=owner.pk, due_at=due_at))
    return task


@transaction.atomic
def task_done(*, viewer: Viewer, uid: UUID, version: int, outcome: str = "") -> Task:
    """Say that it was done. Raises: NotFound, Forbidden (somebody else's task), TaskClosed, Stale, Invalid."""
    task = _mine(viewer, uid, version, outcome)
    task.state, task.done_at, task.outcome = TaskState.DONE, clock.now(), outcome.strip()
    saved(viewer, task, "rule_task.done", state="done")
    outbox.publish(TaskDone(**_facts(task), person_id=viewer.person_id))
    return task


@transaction.atomic
def task_drop(*, viewer: Viewer, uid: UUID, version: int, outcome: str) -> Task:
    """Say that it is not needed any more, and why. Raises: NotFound, Forbidden, TaskClosed, Stale, Invalid."""
    if not outcome.strip():
        raise Invalid(fields={"outcome": "required"})
    task = _mine(viewer, uid, version, outcome)
    task.state, task.outcome = TaskState.DROPPED, outcome.strip()
    saved(viewer, task, "rule_task.drop", reason=task.outcome, state="dropped")
    outbox.publish(TaskDropped(**_facts(task), person_id=viewer.person_id))
    return task


def _mine(viewer: Viewer, uid: UUID, version: int, outcome: str) -> Task:
    if len(outcome.strip()) > _OUTCOME:
        raise Invalid(fields={"outcome": "too_long"})
    task = locked(viewer, Task, uid, version)
    if not viewer.is_system and task.owner_id != viewer.person_id and not _leads(viewer, task.owner_id):
        raise Forbidden(area="tasks", level="own")
    if task.state != TaskState.OPEN:
        raise TaskClosed()
    return task


def _leads(viewer: Viewer, owner_id: int | None) -> bool:
    return Person.objects.filter(pk=owner_id, superior_id=viewer.person_id).exists()


def _facts(task: Task) -> dict[str, Any]:
    return {"customer_id": task.customer_id, "rule_task_id": task.pk, "rule_task_uid": str(task.uid)}
