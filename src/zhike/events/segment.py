"""What the segment room tells the others."""

from __future__ import annotations

import datetime as dt

from zhike.foundation.outbox.event import Event, event


@event("segment.StrategyEntered")
class StrategyEntered(Event):
    """A customer came into a row of the strategy table that asks for a first contact, on the day ``as_of``."""

    customer_id: int
    strategy_task_id: int
    row: str
    entered_on: dt.date
    due_at: dt.datetime


@event("segment.StrategyLeft")
class StrategyLeft(Event):
    """A customer left the row before the contact was made; ``after`` is the row that applies now, empty for none."""

    customer_id: int
    strategy_task_id: int
    row: str
    after: str
    left_on: dt.date


@event("segment.StrategyContactMade")
class StrategyContactMade(Event):
    """The contact that the row asks for was made."""

    customer_id: int
    strategy_task_id: int
    interaction_id: int


@event("segment.StrategyTableChanged")
class StrategyTableChanged(Event):
    """A version of a row was approved and is in force, or took the row out of the table."""

    row: str
    number: int
    is_retired: bool

    @property
    def key(self) -> str:
        return "strategies"
