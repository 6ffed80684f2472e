"""Reminding customer and owner of arrears, and of packages that are nearly used up (AUTO-03, AUTO-04, B-27).

Such a reminder is service under the contract, not marketing: it needs no consent of its own, and passes the gate with
its caps, quiet hours and wishes like everything else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from zhike.correspond.public import About, MessageState, queued, still_so, template_in_use, was_said, whom_to_write
from zhike.customers.public import addressees, managers_of
from zhike.foundation import messages
from zhike.foundation.access.viewer import system
from zhike.foundation.kit import clock, money
from zhike.foundation.policies import current
from zhike.ledger.public import bill_owed, bills_owed, use_near_limit, uses_near_limit
from zhike.serve.models import Complaint
from zhike.serve.policy import ReminderPolicy
from zhike.serve.rules.reminders import arrears_step, usage_step

REMINDER = system("arrears and package use")
ARREARS, USAGE = "arrears", "package_use"


def reminders_send(today: dt.date | None = None) -> dict[str, int]:
    """Remind of everything whose step has come; says of how many. Each step is said once, whatever happens."""
    day, policy = today or clock.today(), current().get(ReminderPolicy)
    counts = {ARREARS: 0, USAGE: 0}
    if policy.arrears:
        first = day - dt.timedelta(days=policy.arrears_last_days)
        for uid in [bill.uid for bill in bills_owed(first, day - dt.timedelta(days=1))]:
            counts[ARREARS] += _arrears(uid, day, policy)
    if policy.usage:
        least = min(policy.usage_first_percent, policy.usage_second_percent)
        for uid in [use.uid for use in uses_near_limit(least, day.replace(day=1))]:
            counts[USAGE] += _usage(uid, policy)
    return counts


def key_of(occasion: str, uid: UUID, step: int) -> str:
    """What is said once: a step of a bill, or of a package in a month."""
    return f"{occasion}:{uid.hex}:{step}"


def is_in_complaint(customer_id: int) -> bool:
    """Whether a complaint of the customer is open."""
    return Complaint.objects.filter(customer_id=customer_id, closed_at=None, deleted_at=None).exists()


@still_so(ARREARS)
def _is_owed(uid: UUID) -> bool:
    """A reminder that waited for the morning does not leave when the bill was paid in the evening."""
    return bill_owed(uid) is not None


@transaction.atomic
def _arrears(uid: UUID, day: dt.date, policy: ReminderPolicy) -> bool:
    bill = bill_owed(uid, is_held=True)
    step = arrears_step(bill.due_on, day, policy) if bill is not None else None
    if bill is None or step is None or was_said(key := key_of(ARREARS, uid, step)):
        return False
    amount, days = money.full(bill.open_minor, bill.currency), (day - bill.due_on).days
    month = f"{bill.period:%Y-%m}"
    words = {"month": month, "amount": amount, "days": days}
    link = f"/bills/{uid}/"
    if is_in_complaint(bill.customer_id) and not policy.arrears_in_complaint:
        held = {**words, "reasons": [{"code": "complaint_open", "data": {}}]}
        return _told(bill.customer_id, "bill.arrears", held, link, f"{key}:held") > 0
    reasons = _written(
        ARREARS, bill.customer_id, About("bills", uid), key, {"month": month, "amount": amount, "days": str(days)}
    )
    return _told(bill.customer_id, "bill.arrears", {**words, "reasons": reasons}, link, key) > 0 or not reasons


@transaction.atomic
def _usage(uid: UUID, policy: ReminderPolicy) -> bool:
    use = use_near_limit(uid, is_held=True)
    step = usage_step(use.used, use.allowance, policy) if use is not None else None
    if use is None or step is None or was_said(key := key_of(USAGE, uid, step)):
        return False
    percent, month = use.used * 100 // use.allowance, f"{use.period:%Y-%m}"
    values = {
        "month": month, "package": use.package, "percent": str(percent), "usage": f"{use.used:,} {use.unit}",
    }  # fmt: skip
    reasons = _written(USAGE, use.customer_id, About("package-uses", uid), key, values)
    words = {"package": use.package, "percent": percent, "month": month, "reasons": reasons}
    return _told(use.customer_id, "package.use", words, f"/package-uses/{uid}/", key) > 0 or not reasons


def _written(
    occasion: str, customer_id: int, about: About, key: str, values: dict[str, str]
) -> list[dict[str, object]]:
    """Write to the customer through the gate; says why it was not let out, nothing if it was."""
    whom = (customer_id, whom_to_write(customer_id))
    card = addressees([whom]).get(whom)
    template = template_in_use(occasion, card.language) if card is not None else None
    if template is None:
        return [{"code": "no_template", "data": {}}]
    message = queued(
        viewer=REMINDER, customer_id=customer_id, contact_id=whom[1], subject=template.subject, body=template.body,
        purpose=template.purpose, template=template, about=about, is_automatic=True, key=key, values=values,
    )  # fmt: skip
    return [] if message.state == MessageState.QUEUED else message.reasons


def _told(customer_id: int, code: str, words: dict[str, object], link: str, about: str) -> int:
    people: Iterable[int | None] = managers_of([customer_id]).values()
    return messages.tell(people, code, words, link=link, about=about)
