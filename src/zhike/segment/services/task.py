"""What the night starts and ends: stays of customers in rows that ask for a first contact, and the contact itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from zhike.customers.public import customers_hold, managers_of
from zhike.events.segment import StrategyContactMade, StrategyEntered, StrategyLeft
from zhike.foundation import audit, calendar, outbox
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Forbidden
from zhike.foundation.obligations.rules import due_of
from zhike.foundation.policies import current
from zhike.segment.models import StrategyTask, TaskState
from zhike.segment.models.task import WAITING
from zhike.segment.rules.table import StrategyTable
from zhike.segment.selectors import stays_of

# Customers in one transaction: pages go on being served between two of them.
CHUNK = 500


@dataclass(frozen=True)
class Moved:
    """What a day's night did: stays begun with a task, tasks called off, and stays that ended after all was done.

    Counted from the rows, so that a night killed on the way and taken up again says what it did as a whole.
    """

    begun: int
    cancelled: int
    ended: int


def strategy_tasks_move(
    *, viewer: Viewer, rows: Mapping[int, str], entered: Iterable[int], as_of: dt.date, table: StrategyTable
) -> Moved:
    """End the stays of customers who left their row, and begin those of ``entered`` whose row asks for a contact.

    ``rows``: the row of every customer who has one. In pieces, each a transaction of its own; the same night again, or
    the rest of one that was killed, begins and ends nothing twice. Only a night of now starts clocks: one for a day
    before yesterday is history.
    Raises: Forbidden (only the system moves customers).
    """
    if not viewer.is_system:
        raise Forbidden(area="strategy", level="move")
    _note_overdue()
    _end_stays(viewer, rows, as_of)
    if as_of >= clock.today() - dt.timedelta(days=1):
        days = table.contacts(current())
        asking = [customer_id for customer_id in entered if rows.get(customer_id) in days]
        for chunk in _chunks(asking):
            _begin(viewer, {customer_id: rows[customer_id] for customer_id in chunk}, days, as_of, table)
    return _moved(as_of)


def _moved(as_of: dt.date) -> Moved:
    ended = StrategyTask.objects.filter(left_on=as_of)
    cancelled = ended.filter(state=TaskState.CANCELLED).count()
    return Moved(StrategyTask.objects.filter(entered_on=as_of).count(), cancelled, ended.count() - cancelled)


def _note_overdue() -> None:
    late = StrategyTask.objects.filter(state=TaskState.OPEN, due_at__lt=clock.now())
    late.update(state=TaskState.OVERDUE, updated_at=clock.now())


def _end_stays(viewer: Viewer, rows: Mapping[int, str], as_of: dt.date) -> None:
    present = StrategyTask.objects.filter(left_on=None, entered_on__lte=as_of).values_list("pk", "customer_id", "row")
    gone = [pk for pk, customer_id, row in present.iterator() if rows.get(customer_id, "") != row]
    for chunk in _chunks(gone):
        with transaction.atomic():
            customers_hold(StrategyTask.objects.filter(pk__in=chunk).values_list("customer_id", flat=True))
            tasks = list(StrategyTask.objects.select_for_update(of=("self",)).filter(pk__in=chunk, left_on=None))
            off = [task for task in tasks if task.state in WAITING]
            for task in tasks:
                task.left_on, task.row_after = as_of, rows.get(task.customer_id, "")
                task.state = TaskState.CANCELLED if task.state in WAITING else task.state
                task.updated_at, task.version = clock.now(), task.version + 1
            StrategyTask.objects.bulk_update(tasks, ["left_on", "row_after", "state", "updated_at", "version"])
            _note(viewer, "strategy.leave", tasks)
            outbox.publish(*(_left(task, as_of) for task in off))


def _left(task: StrategyTask, as_of: dt.date) -> StrategyLeft:
    return StrategyLeft(
        customer_id=task.customer_id, strategy_task_id=task.pk, row=task.row, after=task.row_after, left_on=as_of
    )


@transaction.atomic
def _begin(
    viewer: Viewer, rows: Mapping[int, str], days: Mapping[str, int], as_of: dt.date, table: StrategyTable
) -> None:
    """Write the tasks of some customers; who is in a stay, or was given this very task, is passed over."""
    asked = StrategyTask.objects.filter(customer_id__in=rows, entered_on=as_of).values_list("customer_id", "row")
    known = {task.customer_id for task in stays_of(list(rows))} | {c for c, row in asked if rows[c] == row}
    managers = managers_of(rows)
    versions = {line.code: line.version for line in table.lines}
    fresh = StrategyTask.objects.bulk_create(
        StrategyTask(
            customer_id=customer_id, row=row, row_version=versions.get(row, 0), entered_on=as_of,
            due_at=due_of(as_of, days[row], "days", "elapsed", calendar).at, owner_id=managers.get(customer_id),
        )
        for customer_id, row in rows.items()
        if customer_id not in known and customer_id in managers
    )  # fmt: skip
    _note(viewer, "strategy.enter", fresh)
    outbox.publish(
        *(
            StrategyEntered(
                customer_id=task.customer_id, strategy_task_id=task.pk, row=task.row, entered_on=as_of,
                due_at=task.due_at,
            )
            for task in fresh
        )
    )  # fmt: skip


def strategy_contacted(*, customer_id: int, interaction_id: int, at: dt.datetime) -> None:
    """The customer was spoken to at ``at``: the contact that the row asks for is made, in time or late.

    Nothing happens without a waiting task, or for a talk before the day on which the customer entered the row.
    """
    with transaction.atomic():
        tasks = StrategyTask.objects.select_for_update(of=("self",))
        task = tasks.filter(customer_id=customer_id, left_on=None, state__in=WAITING).first()
        if task is None or at < clock.start_of(task.entered_on):
            return
        task.state = TaskState.DONE if at <= task.due_at else TaskState.LATE
        task.contacted_at, task.interaction_id = at, interaction_id
        task.updated_at, task.version = clock.now(), task.version + 1
        task.save(update_fields=["state", "contacted_at", "interaction_id", "updated_at", "version"])
        outbox.publish(
            StrategyContactMade(customer_id=customer_id, strategy_task_id=task.pk, interaction_id=interaction_id, at=at)
        )


def strategy_tasks_hand_over(*, customer_id: int, owner_id: int | None) -> None:
    """Show the waiting task of a customer with its new owner; its clock runs on."""
    StrategyTask.objects.filter(customer_id=customer_id, state__in=WAITING).update(
        owner_id=owner_id, updated_at=clock.now()
    )


def _note(viewer: Viewer, action: str, tasks: Sequence[StrategyTask]) -> None:
    """One entry of the audit log for a piece of the night."""
    batch = [(task.customer_id, audit.digest_of({"row": task.row, "state": task.state})) for task in tasks]
    if batch:
        audit.record(viewer, action, kind="strategy_task", object_id=None, object_uid=None, batch=batch)


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]
