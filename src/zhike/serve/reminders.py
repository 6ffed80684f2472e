"""Reads about reminders: what went to the customer about a bill or a package, what is next, and what holds it back."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from zhike.correspond.public import Message, whom_to_write
from zhike.foundation import messages
from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.models import Origin
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.policies import current
from zhike.ledger.public import bill_owed, use_near_limit
from zhike.serve import greetings
from zhike.serve.policy import ReminderPolicy
from zhike.serve.rules.reminders import arrears_next, arrears_step, usage_step
from zhike.serve.services.reminding import ARREARS, USAGE, is_in_complaint, key_of

_WENT_OUT = ("queued", "sending", "sent")


@dataclass(frozen=True)
class Gone:
    """A reminder that was written: its step, its message, and the reasons if it was not let out."""

    step: int
    message: Message
    reasons: list[str]


def of_bill(viewer: Viewer, row: Any) -> dict[str, Any] | None:
    """The panel of a bill; None where there was and is nothing to remind of."""
    policy, today = current().get(ReminderPolicy), clock.today()
    gone, owed = _gone(viewer, ARREARS, row), bill_owed(row.uid)
    if owed is None:
        return {"kind": "bill", "gone": gone, "is_over": True} if gone else None
    is_sample = row.origin == Origin.SAMPLE
    shown: dict[str, Any] = {
        "kind": "bill", "gone": gone, "is_over": False, "days": max((today - owed.due_on).days, 0),
        "next_on": arrears_next(owed.due_on, today, policy) if policy.arrears and not is_sample else None,
    }  # fmt: skip
    step = arrears_step(owed.due_on, today, policy)
    if policy.arrears and step is not None:
        shown["against"] = _against(row, ARREARS, step, is_kept=not policy.arrears_in_complaint)
    return shown


def of_use(viewer: Viewer, row: Any) -> dict[str, Any] | None:
    """The panel of a package's month; None below the first step."""
    policy, gone, use = current().get(ReminderPolicy), _gone(viewer, USAGE, row), use_near_limit(row.uid)
    step = usage_step(use.used, use.allowance, policy) if use is not None else None
    shown: dict[str, Any] = {"kind": "use", "gone": gone, "percent": row.percent, "is_over": False}
    if policy.usage and step is not None and row.period == clock.today().replace(day=1):
        shown["against"] = _against(row, USAGE, step, is_kept=False)
    return shown


def _gone(viewer: Viewer, occasion: str, row: Any) -> list[Gone]:
    if not viewer.may(Area.TIMELINE, Level.BASIC):
        return []
    rows = scope.visible(viewer, Message.objects.filter(about_uid=row.uid, key__startswith=f"{occasion}:"))
    return [
        Gone(int(message.key.rpartition(":")[2]), message, messages.kept_words(message.reasons))
        for message in rows.order_by("id")
    ]


def _against(row: Any, occasion: str, step: int, *, is_kept: bool) -> list[str]:
    """Why the reminder that is due would not leave today; nothing when it was written, or may leave."""
    if Message.objects.filter(key=key_of(occasion, row.uid, step)).exists():
        return []
    held = ["sample"] if row.origin == Origin.SAMPLE else []
    held += ["complaint_open"] if is_kept and is_in_complaint(row.customer_id) else []
    whom = whom_to_write(row.customer_id)
    ask = messages.Ask(row.customer_id, whom, "email", "service", is_automatic=True)
    return [*greetings.all_reason_words(held), *messages.verdict_words(messages.may_send([ask])[0])]


@dataclass(frozen=True)
class Written:
    """How many reminders of a kind were written lately, and how many of them were not let out."""

    occasion: str
    written: int
    refused: int


def lately(viewer: Viewer, days: int) -> list[Written]:
    """Reminders of the last days that the viewer may see, by kind."""
    viewer.require(Area.TIMELINE, Level.BASIC)
    since = clock.now() - dt.timedelta(days=days)
    rows = scope.visible(viewer, Message.objects.filter(at__gte=since, is_automatic=True))
    rows = rows.filter(template__code__in=(ARREARS, USAGE)).order_by()
    counts = {
        (code, state): count
        for code, state, count in rows.values_list("template__code", "state").annotate(count=Count("id"))
    }
    return [
        Written(
            code,
            sum(counts.get((code, state), 0) for state in _WENT_OUT),
            counts.get((code, "refused"), 0),
        )
        for code in (ARREARS, USAGE)
    ]
