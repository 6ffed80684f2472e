"""How tickets and complaints read on the timeline."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from zhike.customers.public import Said, line_words
from zhike.foundation.records import names, writing
from zhike.serve.models.complaint import ComplaintCause
from zhike.serve.models.ticket import TicketClass
from zhike.serve.services.conversation import CUSTOMER_WROTE

Words = Mapping[str, Any]


@line_words("ticket.opened", "headset")
def _ticket(words: Words, _language: str) -> Said:
    return _("Ticket %(number)s") % words, str(words.get("subject", ""))


@line_words("ticket.classified", "tag")
def _classified(words: Words, _language: str) -> Said:
    label = dict(TicketClass.choices).get(words.get("ticket_class", ""), "")
    return _("Ticket %(number)s classified as %(label)s") % {"number": words.get("number"), "label": label}, ""


@line_words("ticket.passed_on", "arrow-forward-up")
def _passed_on(words: Words, _language: str) -> Said:
    name = _person(words.get("handler_id"))
    return _("Ticket %(number)s is with %(name)s now") % {"number": words.get("number"), "name": name}, ""


@line_words("ticket.heard", "message-2")
def _heard(words: Words, _language: str) -> Said:
    return _("The customer wrote on ticket %(number)s") % words, ""


@line_words("ticket.answered", "send")
def _answered(words: Words, _language: str) -> Said:
    return _("Ticket %(number)s answered") % words, ""


@line_words("ticket.solved", "bulb")
def _solved(words: Words, _language: str) -> Said:
    detail = _("A new problem: a knowledge article is due.") if words.get("is_new_problem") else ""
    return _("Ticket %(number)s solved") % words, detail


@line_words("ticket.closed", "checks")
def _closed(words: Words, _language: str) -> Said:
    return _("Ticket %(number)s closed") % words, ""


@line_words("ticket.reopened", "rotate")
def _reopened(words: Words, _language: str) -> Said:
    reason = str(words.get("reason", ""))
    said = _("The customer wrote again.") if reason == CUSTOMER_WROTE else reason
    return _("Ticket %(number)s reopened") % words, said


@line_words("ticket.rated", "star")
def _rated(words: Words, _language: str) -> Said:
    return _("Satisfaction with ticket %(number)s: %(score)s of 5") % _scored(words), ""


@line_words("complaint.received", "message-exclamation")
def _complaint(words: Words, _language: str) -> Said:
    cause = dict(ComplaintCause.choices).get(words.get("cause", ""), "")
    parts = [_("Cause: %(cause)s") % {"cause": cause}] if cause else []
    if words.get("promised_at"):
        moment = writing.exact(dt.datetime.fromisoformat(words["promised_at"]))
        parts.append(_("Answer promised by %(moment)s") % {"moment": moment})
    return _("Complaint %(number)s") % words, "\n".join(parts)


@line_words("complaint.told", "message-2")
def _promise_told(words: Words, _language: str) -> Said:
    moment = writing.exact(dt.datetime.fromisoformat(words["promised_at"]))
    return _("Customer told of complaint %(number)s: answered by %(moment)s") % {**words, "moment": moment}, ""


@line_words("complaint.dispatched", "route")
def _dispatched(words: Words, _language: str) -> Said:
    to = [_person(words.get("handler_id")), _department(words.get("department_id"))]
    return _("Complaint %(number)s dispatched") % words, " · ".join(name for name in to if name)


@line_words("complaint.investigated", "file-search")
def _investigated(words: Words, _language: str) -> Said:
    return _("Complaint %(number)s investigated") % words, ""


@line_words("complaint.resolved", "bulb")
def _resolved(words: Words, _language: str) -> Said:
    return _("Solution of complaint %(number)s ready") % words, ""


@line_words("complaint.answered", "send")
def _told(words: Words, _language: str) -> Said:
    return _("Complaint %(number)s answered, opinion asked") % words, ""


@line_words("complaint.opinion", "user-check")
def _opinion(words: Words, _language: str) -> Said:
    if words.get("is_accepted"):
        return _("The customer accepts the solution of complaint %(number)s") % words, ""
    return _("The customer does not accept the solution of complaint %(number)s") % words, _("It is open again.")


@line_words("complaint.closed", "checks")
def _complaint_closed(words: Words, _language: str) -> Said:
    return _("Complaint %(number)s closed") % words, ""


@line_words("complaint.called_back", "phone-check")
def _called_back(words: Words, _language: str) -> Said:
    return _("Called back after complaint %(number)s: %(score)s of 5") % _scored(words), ""


def _scored(words: Words) -> dict[str, Any]:
    return {"number": words.get("number"), "score": f"{float(words.get('satisfaction') or 0):g}"}


def _person(number: int | None) -> str:
    found = names.people.get(number)
    return found.name if found else ""


def _department(number: int | None) -> str:
    found = names.departments.get(number)
    return found.name if found else ""
