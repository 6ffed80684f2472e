"""What automation tells the others."""

from __future__ import annotations

import datetime as dt

from zhike.foundation.outbox.event import Event, event


@event("automate.RuleFired")
class RuleFired(Event):
    """A rule met its occasion: its actions are done next. ``subject`` is the kind of record."""

    customer_id: int | None
    rule_id: int
    rule_uid: str
    run_id: int
    run_uid: str
    subject: str
    subject_uid: str

    @property
    def key(self) -> str:
        return f"rule:{self.rule_id}" if self.customer_id is None else f"customer:{self.customer_id}"


@event("automate.TaskSet")
class TaskSet(Event):
    """A rule asked ``owner_id`` to do something by ``due_at``."""

    customer_id: int | None
    rule_task_id: int
    rule_task_uid: str
    owner_id: int | None
    due_at: dt.datetime

    @property
    def key(self) -> str:
        return f"rule_task:{self.rule_task_id}" if self.customer_id is None else f"customer:{self.customer_id}"


@event("automate.TaskDone")
class TaskDone(Event):
    """What a rule asked for was done."""

    customer_id: int | None
    rule_task_id: int
    rule_task_uid: str
    person_id: int | None

    @property
    def key(self) -> str:
        return f"rule_task:{self.rule_task_id}" if self.customer_id is None else f"customer:{self.customer_id}"


@event("automate.TaskDropped")
class TaskDropped(Event):
    """What a rule asked for is not needed any more."""

    customer_id: int | None
    rule_task_id: int
    rule_task_uid: str
    person_id: int | None

    @property
    def key(self) -> str:
        return f"rule_task:{self.rule_task_id}" if self.customer_id is None else f"customer:{self.customer_id}"
