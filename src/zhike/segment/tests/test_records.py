"""Lists and pages of strategy tasks: generated from their declaration."""

from __future__ import annotations

import datetime as dt
import itertools

from zhike.customers.services.customer import customer_create
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import viewer_of
from zhike.foundation.kit import clock
from zhike.foundation.records.testing import cases
from zhike.segment.models import StrategyTask

_numbers = itertools.count(1)


def a_task(owner: Person) -> StrategyTask:
    customer = customer_create(
        accept_duplicate=True,
        viewer=viewer_of(owner),
        kind="person",
        name=f"欧阳明{next(_numbers)}",
        phone="13812345678",
    )
    return StrategyTask.objects.create(
        customer=customer,
        row="at_risk",
        entered_on=clock.today(),
        due_at=clock.now() + dt.timedelta(days=30),
        owner=owner,
    )


TestStrategyTasks = cases(
    "strategy_tasks", make=a_task, allowed="customer_manager", denied="it_team", secrets=("欧阳明", "13812345678")
)
