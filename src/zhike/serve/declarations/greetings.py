"""Greetings on other pages: the timeline, notices, the record's own page, and the home of who looks after them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhike.customers.public import Said, line_words
from zhike.events.serve import GreetingAsked, GreetingDropped, GreetingGiven
from zhike.foundation import obligations
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.audit import words as audit_words
from zhike.foundation.messages import notice_words
from zhike.foundation.obligations import Obligation
from zhike.foundation.ui import panels
from zhike.serve import greetings

Words = Mapping[str, Any]


def _occasion(words: Words) -> str:
    return _("birthday") if words.get("occasion") == "birthday" else _("holiday")


@line_words("greeting.asked", "phone")
def _asked(words: Words, _language: str) -> Said:
    return _("To be greeted by phone: %(occasion)s") % {"occasion": _occasion(words)}, ""


@line_words("greeting.given", "heart")
def _given(words: Words, _language: str) -> Said:
    return _("Greeted: %(occasion)s") % {"occasion": _occasion(words)}, ""


@line_words("greeting.dropped", "circle-x")
def _dropped(words: Words, _language: str) -> Said:
    return _("Not greeted: %(occasion)s") % {"occasion": _occasion(words)}, ""


@line_words("greeting.refused", "mail-off")
def _refused(words: Words, _language: str) -> Said:
    title = _("Greeting not sent: %(occasion)s") % {"occasion": _occasion(words)}
    return title, "\n".join(greetings.all_reason_words(words.get("reasons", ())))


@line_words("greeting.taken_out", "x")
def _taken_out(words: Words, _language: str) -> Said:
    return _("Greeting taken out: %(occasion)s") % {"occasion": _occasion(words)}, ""


@line_words("greeting.put_back", "refresh")
def _put_back(words: Words, _language: str) -> Said:
    return _("Greeting planned again: %(occasion)s") % {"occasion": _occasion(words)}, ""


@notice_words("greeting.call", "phone")
def _notice(words: Words, language: str) -> Said:
    return _asked(words, language)


audit_words.declare(
    "greeting",
    gettext_lazy("Greeting"),
    records="greetings",
    actions={
        "greeting.plan": gettext_lazy("Planned greetings"),
        "greeting.decide": gettext_lazy("Dealt with a greeting"),
        "greeting.take_out": gettext_lazy("Took a greeting out"),
        "greeting.put_back": gettext_lazy("Put a greeting back"),
        "greeting.give": gettext_lazy("Greeted a customer"),
        "greeting.drop": gettext_lazy("Noted that a greeting is not given"),
    },
)
audit_words.declare(
    "greetingday",
    gettext_lazy("Greeting holiday"),
    records="greeting-days",
    actions={
        "greetingday.create": gettext_lazy("Added a greeting holiday"),
        "greetingday.update": gettext_lazy("Changed a greeting holiday"),
        "greetingday.delete": gettext_lazy("Deleted a greeting holiday"),
        "greetingday.restore": gettext_lazy("Restored a greeting holiday"),
    },
)
obligations.declare(
    Obligation(
        code="B-26", title=gettext_lazy("Greet the customer by phone"), subject="greeting", starts=GreetingAsked,
        fulfils=GreetingGiven, cancels=GreetingDropped, due=lambda happened: happened.due_at,
        owed_by=("event:owner_id", "relation:customer_manager"), fallback=("post:operations_specialist",),
        proof=gettext_lazy("The greeting is noted as given"), requirement="AUTO-01",
    )
)  # fmt: skip


def _next(_viewer: Viewer, row: Any) -> dict[str, Any]:
    return {"next": greetings.next_of(row), "day": row}


def _home(viewer: Viewer, _subject: Any) -> dict[str, Any]:
    shown = greetings.outlook(viewer)
    return {
        "planned": sum(row.planned for row in shown.ahead),
        "refused": sum(row.counts["refused"] for row in shown.behind),
    }


for panel in (
    panels.Panel("greetings.main", "words", gettext_lazy("The greeting"), "serve/_greeting.html",
                 greetings.about_to_leave, Area.LOYALTY, order=5),
    panels.Panel("greeting-days.main", "next", gettext_lazy("Next time"), "serve/_greeting_day.html", _next,
                 Area.LOYALTY, order=5),
    panels.Panel("home", "greetings", gettext_lazy("Greetings"), "serve/_home_greetings.html", _home, Area.LOYALTY,
                 Level.EDIT, order=45, posts=frozenset({"operations_specialist", "operations_planner"})),
):  # fmt: skip
    panels.add(panel)
