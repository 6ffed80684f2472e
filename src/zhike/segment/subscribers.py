"""What segment hears: talks with customers whose row asks for one, and its own news for the timeline."""

from __future__ import annotations

from zhike.customers.public import Line, timeline_add
from zhike.events.customers import CustomerReassigned, InteractionLogged
from zhike.events.segment import StrategyContactMade, StrategyEntered, StrategyLeft, StrategyTableChanged
from zhike.foundation.outbox import projection
from zhike.segment.services.task import strategy_contacted, strategy_tasks_hand_over
from zhike.segment.words import kept

REACHES = ("call", "visit", "meeting", "wechat")
_AREA = "strategy"


@projection(InteractionLogged)
def _talked(event: InteractionLogged) -> None:
    """A call or visit is the contact that the row asks for, from when it happened. The clock stops at once."""
    if event.is_live and event.kind in REACHES:
        strategy_contacted(customer_id=event.customer_id, interaction_id=event.interaction_id, at=event.made_at)


@projection(CustomerReassigned)
def _handed_over(event: CustomerReassigned) -> None:
    """Who takes over a customer takes over the task."""
    strategy_tasks_hand_over(customer_id=event.customer_id, owner_id=event.owner_after)


@projection(StrategyEntered)
def _entered(event: StrategyEntered) -> None:
    words = {"row": event.row, "due_at": event.due_at.isoformat()}
    timeline_add([Line(event.customer_id, event.at, _AREA, "strategy.entered", words, event_uid=event.uid)])


@projection(StrategyLeft)
def _left(event: StrategyLeft) -> None:
    words = {"row": event.row, "after": event.after}
    timeline_add([Line(event.customer_id, event.at, _AREA, "strategy.left", words, event_uid=event.uid)])


@projection(StrategyContactMade)
def _contacted(event: StrategyContactMade) -> None:
    timeline_add([Line(event.customer_id, event.at, _AREA, "strategy.contacted", event_uid=event.uid)])


@projection(StrategyTableChanged)
def _changed(_event: StrategyTableChanged) -> None:
    kept.forget()
