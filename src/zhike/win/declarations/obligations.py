"""The duties of winning."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from zhike.events.win import (
    ContractEnded,
    ContractReviewed,
    ContractSubmitted,
    ContractWithdrawn,
    FollowUpRecorded,
    OpportunityLost,
    OpportunityWon,
)
from zhike.foundation import obligations
from zhike.foundation.kit import clock
from zhike.foundation.obligations import Obligation
from zhike.foundation.policies import current
from zhike.win.policy import WinClockPolicy


def _end_of_agreed_day(happened: FollowUpRecorded) -> dt.datetime:
    grace = current(happened.at).get(WinClockPolicy).follow_up_grace_hours
    return clock.start_of(happened.next_on + dt.timedelta(days=1)) + dt.timedelta(hours=grace)


obligations.declare(
    Obligation(
        code="B-14",
        title=_("Record the agreed follow-up"),
        starts=FollowUpRecorded,
        fulfils=FollowUpRecorded,
        cancels=(OpportunityLost, OpportunityWon),
        due=_end_of_agreed_day,
        owed_by=("event:person_id", "relation:customer_manager"),
        fallback=("post:sales_lead",),
        requirement="WIN-07",
        subject="opportunity",
        proof=_("A follow-up record of the opportunity with feedback, change in needs and the next action"),
    ),
    Obligation(
        code="B-31",
        title=_("Review a contract"),
        starts=ContractSubmitted,
        fulfils=ContractReviewed,
        cancels=(ContractWithdrawn, ContractEnded),
        within=("win.clocks", "legal_review_days"),
        clock="working",
        owed_by="post:legal",
        fallback=("post:compliance_specialist",),
        requirement="WIN-11",
        subject="contract",
        proof=_("Opinions on compliance, data security and intellectual property"),
    ),
)
