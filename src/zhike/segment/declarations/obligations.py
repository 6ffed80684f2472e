"""The duties that rows of the strategy table start."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from zhike.events.segment import StrategyContactMade, StrategyEntered, StrategyLeft
from zhike.foundation import obligations
from zhike.foundation.obligations import Obligation
from zhike.segment.policy import StrategyPolicy
from zhike.segment.rules.table import POLICY_CONTACT

FAMILY = "first contact"


def _entered_on(event: StrategyEntered) -> dt.date:
    """The clock counts from the day, not from the hour at which the night noticed it."""
    return event.entered_on


obligations.declare(
    Obligation(
        code="B-20",
        title=_("First contact with a customer at risk"),
        starts=StrategyEntered,
        when=lambda event: event.row == POLICY_CONTACT,
        fulfils=StrategyContactMade,
        cancels=StrategyLeft,
        within=(StrategyPolicy, "first_contact_days"),
        began=_entered_on,
        owed_by="relation:customer_manager",
        fallback=("post:sales_specialist", "post:service_representative"),
        requirement="STR-03",
        subject="strategy_task",
        family=FAMILY,
        proof=_("A call, visit, meeting or WeChat talk logged after entering the row"),
    ),
    Obligation(
        code="STR-03",
        title=_("First contact that the customer's strategy asks for"),
        starts=StrategyEntered,
        when=lambda event: event.row != POLICY_CONTACT,
        fulfils=StrategyContactMade,
        cancels=StrategyLeft,
        due=lambda event: event.due_at,
        began=_entered_on,
        owed_by="relation:customer_manager",
        fallback=("post:sales_specialist", "post:customer_manager"),
        requirement="STR-03",
        subject="strategy_task",
        family=FAMILY,
        proof=_("A call, visit, meeting or WeChat talk logged after entering the row"),
    ),
)
