"""Greetings whose day has come: written, given to the owner to call, or not sent, with the reasons (AUTO-01)."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from zhike.correspond.public import About, MessageState, Template, queued, template_in_use
from zhike.customers.public import AddresseeCard, addressees, has_birthday
from zhike.events.serve import GreetingAsked, GreetingRefused
from zhike.foundation import messages, outbox
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid
from zhike.foundation.kit.text import Text
from zhike.foundation.policies import current
from zhike.foundation.records.rows import hold_above, saved
from zhike.serve.models import Complaint, Greeting
from zhike.serve.models.greeting import GreetingState, Occasion
from zhike.serve.policy import GreetingPolicy
from zhike.serve.rules.greetings import CALL, REFUSE, Facts, decide, falls_on, history_words, is_hour
from zhike.serve.services.greeting_planning import GREETER

_PIECE = 200
_CONSENT = ("consent_withdrawn", "consent_not_asked")
_BIRTHDAY = Text("生日", "birthday")


def greetings_send(now: dt.datetime | None = None) -> dict[str, int]:
    """Deal with every planned greeting whose day has come, each in a transaction of its own; counts by state.

    A worker that dies has dealt with a greeting wholly or not at all: the message and the state are one write.
    """
    moment = clock.local(now or clock.now())
    policy = current().get(GreetingPolicy)
    due = Q(on__lte=moment.date()) if is_hour(moment, policy) else Q(on__lt=moment.date())
    waiting = Greeting.objects.filter(due, state=GreetingState.PLANNED, deleted_at=None).order_by("on", "id")
    counts: dict[str, int] = {}
    while piece := list(waiting.values_list("uid", flat=True)[:_PIECE]):
        for uid in piece:
            state = greeting_send(uid, moment)
            counts[state] = counts.get(state, 0) + 1
    return counts


@transaction.atomic
def greeting_send(uid: UUID, moment: dt.datetime) -> str:
    """Deal with one; says the state it has then. Again does nothing."""
    # Those of deleted customers, too: nobody sees them, and they must not wait for ever.
    hold_above(Greeting, uid=uid)
    row = Greeting.objects.select_for_update(of=("self",), no_key=True).get(uid=uid)
    if row.state != GreetingState.PLANNED:
        return str(row.state)
    policy = current().get(GreetingPolicy)
    card = addressees([(row.customer_id, row.contact_id)]).get((row.customer_id, row.contact_id))
    decision = decide(_facts(row, card, policy), moment.date(), policy)
    if decision.way == REFUSE or card is None:
        return _refused(row, decision.reasons)
    template = template_in_use(template_code(row), card.language)
    if template is None:
        return _refused(row, ("no_template",))
    return _asked(row, card, template, policy) if decision.way == CALL else _written(row, card, template)


def template_code(row: Greeting) -> str:
    """Which template a greeting is written by: a holiday may have its own."""
    return row.holiday.template if row.holiday is not None else str(Occasion.BIRTHDAY)


def values_of(row: Greeting, card: AddresseeCard, language: str) -> dict[str, str]:
    """What fills the variables of a greeting besides names, in ``language``: that of the template."""
    holiday = row.holiday
    occasion = Text(holiday.title, holiday.title_en) if holiday is not None else _BIRTHDAY
    return {
        "occasion": occasion.said_in(language),
        "history": history_words(card.cooperation_since, row.on, language),
        "date": row.on.isoformat(),
    }


def _facts(row: Greeting, card: AddresseeCard | None, policy: GreetingPolicy) -> Facts:
    holiday = row.holiday
    if holiday is None:
        is_still = has_birthday((row.customer_id, row.contact_id), row.on, policy.leap_day)
    else:
        is_still = holiday.is_on and holiday.deleted_at is None
        is_still = is_still and falls_on(row.on, holiday.calendar, holiday.month, holiday.day)
    complaints = Complaint.objects.filter(customer_id=row.customer_id, closed_at=None, deleted_at=None)
    return Facts(
        on=row.on, is_birthday=holiday is None, is_there=card is not None, is_still=is_still or card is None,
        is_sample=card is not None and card.origin == "sample", has_complaint=complaints.exists(),
        tier=card.tier if card else "", has_owner=card is not None and card.owner_id is not None,
    )  # fmt: skip


def _written(row: Greeting, card: AddresseeCard, template: Template) -> str:
    try:
        # A fault in the words must not take the greeting's own transaction with it.
        with transaction.atomic():
            message = queued(
                viewer=GREETER, customer_id=row.customer_id, contact_id=row.contact_id, subject=template.subject,
                body=template.body, purpose=template.purpose, template=template, is_automatic=True,
                about=About("greetings", row.uid), key=f"greeting:{row.key}",
                values=values_of(row, card, template.language),
            )  # fmt: skip
    except Invalid:
        return _refused(row, ("template_fault",))
    is_out = message.state == MessageState.QUEUED
    return _settled(
        row, GreetingState.SENT if is_out else GreetingState.REFUSED, message_uid=message.uid, reasons=message.reasons
    )


def _asked(row: Greeting, card: AddresseeCard, template: Template, policy: GreetingPolicy) -> str:
    """Consent holds for the owner's call, too: it is asked of the same gate."""
    ask = messages.Ask(row.customer_id, row.contact_id, "phone", template.purpose, is_automatic=True)
    against = [one for one in messages.kept(messages.may_send([ask])[0]) if one["code"] in _CONSENT]
    if against:
        return _refused(row, tuple(one["code"] for one in against), against)
    due_at = clock.start_of(row.on) + dt.timedelta(hours=policy.phone_until_hour)
    row.owner_id, row.department_id = card.owner_id, card.department_id
    state = _settled(row, GreetingState.CALL, due_at=due_at)
    outbox.publish(GreetingAsked(**about(row), due_at=due_at, owner_id=card.owner_id))
    words = {"occasion": row.occasion}
    people = [card.owner_id] if card.owner_id else []
    messages.tell(people, "greeting.call", words, link=f"/greetings/{row.uid}/", about=f"greeting:{row.key}")
    return state


def _refused(row: Greeting, codes: tuple[str, ...], reasons: list[dict[str, Any]] | None = None) -> str:
    kept = reasons or [{"code": code, "data": {}} for code in codes]
    state = _settled(row, GreetingState.REFUSED, reasons=kept)
    outbox.publish(GreetingRefused(**about(row), reasons=codes))
    return state


def _settled(row: Greeting, state: GreetingState, **values: Any) -> str:
    row.state, row.decided_at = state, clock.now()
    for name, value in values.items():
        setattr(row, name, value)
    codes = [one["code"] for one in row.reasons]
    saved(GREETER, row, "greeting.decide", state=state.value, reasons=codes, message_uid=str(row.message_uid or ""))
    return state.value


def about(row: Greeting) -> dict[str, Any]:
    """What all news of a greeting say."""
    return {
        "customer_id": row.customer_id, "greeting_id": row.pk, "greeting_uid": str(row.uid), "occasion": row.occasion,
    }  # fmt: skip
