"""Reads about greetings: what leaves in the next weeks, what became of the last, and the words beforehand."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext

from zhike.correspond.public import Message, may_read_words, template_in_use, words_before
from zhike.customers.public import addressees
from zhike.foundation import messages
from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.policies import current
from zhike.serve.models import Greeting, GreetingDay
from zhike.serve.models.greeting import GreetingState, Occasion
from zhike.serve.policy import GreetingPolicy
from zhike.serve.rules.greetings import falls_on
from zhike.serve.services.greeting_sending import template_code, values_of

_ENDED = tuple(state.value for state in GreetingState if state != GreetingState.PLANNED)
_A_YEAR = 400  # a lunar year with a leap month has up to 385 days


@dataclass
class DayRow:
    """One occasion on one day, with how many greetings stand in which state."""

    on: dt.date
    occasion: str
    holiday: GreetingDay | None
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def name(self) -> str:
        """The holiday, or the birthday, in the reader's language."""
        if self.holiday is None:
            return str(capfirst(Occasion(self.occasion).label))
        return self.holiday.title if (get_language() or "").startswith("zh") else self.holiday.title_en

    @property
    def planned(self) -> int:
        """Still to leave."""
        return self.counts["planned"]

    @property
    def taken_out(self) -> int:
        """Taken out by hand."""
        return self.counts["taken_out"]

    @property
    def written(self) -> int:
        """Became a message that the gate let out."""
        return self.counts["sent"]

    @property
    def called(self) -> int:
        """Given by phone."""
        return self.counts["greeted"]

    @property
    def refused(self) -> int:
        """Neither sent nor given."""
        return self.counts["refused"] + self.counts["dropped"]


def days_of(viewer: Viewer, first: dt.date, last: dt.date) -> list[DayRow]:
    """Occasions from ``first`` to ``last`` with the greetings that the viewer may see, in order."""
    viewer.require(Area.LOYALTY, Level.BASIC)
    rows = scope.visible(viewer, Greeting.objects.filter(on__gte=first, on__lte=last)).order_by("on", "occasion")
    holidays = GreetingDay._base_manager.in_bulk()
    found: dict[tuple[dt.date, str, int | None], DayRow] = {}
    counted = rows.values_list("on", "occasion", "holiday", "state").annotate(count=Count("id"))
    for on, occasion, holiday, state, count in counted:
        fresh = DayRow(on, occasion, holidays.get(holiday) if holiday else None)
        found.setdefault((on, occasion, holiday), fresh).counts[state] += count
    return list(found.values())


@dataclass(frozen=True)
class Outlook:
    """The page of who looks after greetings."""

    ahead: list[DayRow]
    behind: list[DayRow]
    reasons: list[tuple[str, int]]
    horizon_days: int
    calls: int
    holidays: int


def outlook(viewer: Viewer) -> Outlook:
    """What leaves in the days of the horizon, and what became of as many days before, with the reasons."""
    today, days = clock.today(), current().get(GreetingPolicy).horizon_days
    since = today - dt.timedelta(days=days)
    ahead = days_of(viewer, today, today + dt.timedelta(days=days))
    behind = sorted(days_of(viewer, since, today), key=lambda row: row.on, reverse=True)
    refused = scope.visible(viewer, Greeting.objects.filter(on__gte=since, on__lte=today, state="refused"))
    codes: Counter[str] = Counter()
    for reasons in refused.values_list("reasons", flat=True).iterator():
        codes.update({one["code"] for one in reasons})
    said = [(reason_words({"code": code}), count) for code, count in codes.most_common()]
    ahead = [row for row in ahead if row.planned + row.taken_out]
    ended = [row for row in behind if any(row.counts[state] for state in _ENDED)]
    holidays = GreetingDay.objects.filter(is_on=True, deleted_at=None).count()
    return Outlook(ahead, ended, said, days, sum(row.counts["call"] for row in behind), holidays)


def next_of(holiday: GreetingDay) -> dt.date | None:
    """When a holiday comes next, today included."""
    today = clock.today()
    days = (today + dt.timedelta(days=n) for n in range(_A_YEAR))
    return next((day for day in days if falls_on(day, holiday.calendar, holiday.month, holiday.day)), None)


def about_to_leave(viewer: Viewer, row: Greeting) -> dict[str, Any]:
    """The words as they will be, with names of persons masked, and what the gate says today."""
    shown: dict[str, Any] = {"reasons": [reason_words(one) for one in row.reasons], "text": "", "is_waiting": False}
    if row.message_uid is not None and viewer.may(Area.TIMELINE, Level.BASIC):
        shown["message"] = scope.visible(viewer, Message.objects.filter(uid=row.message_uid)).first()
    person = (row.customer_id, row.contact_id)
    card = addressees([person]).get(person)
    template = template_in_use(template_code(row), card.language) if card is not None else None
    if card is None or template is None or row.state not in ("planned", "call"):
        return shown
    shown["is_waiting"] = True
    if may_read_words(viewer):
        shown["text"] = words_before(template, *person, values_of(row, card, template.language))
    if row.state == GreetingState.PLANNED:
        ask = messages.Ask(*person, "email", template.purpose, is_automatic=True)
        shown["today"] = messages.verdict_words(messages.may_send([ask])[0])
    return shown


def reason_words(reason: Mapping[str, Any]) -> str:
    """Why a greeting did not leave, in the reader's language."""
    own = {
        "day_over": gettext("Its day was over before anything could leave."),
        "gone": gettext("The customer or the contact is deleted."),
        "changed": gettext("The birthday, or the holiday, is on another day by now."),
        "sample": gettext("The customer belongs to the sample company."),
        "complaint_open": gettext("A complaint of the customer is open."),
        "switched_off": gettext("Such greetings are switched off."),
        "no_template": gettext("There is no template for it."),
        "template_fault": gettext("The template has a variable without a value."),
        "consent_withdrawn": gettext("Consent was withdrawn."),
        "duplicate": gettext("The same was sent before."),
        "cap_reached": gettext("The contact cap is reached."),
    }
    code = str(reason["code"])
    if code in own and not reason.get("data"):
        return own[code]
    return messages.kept_words([reason])[0]


def all_reason_words(codes: Iterable[str]) -> list[str]:
    """Several reasons, known by their codes."""
    return [reason_words({"code": code}) for code in codes]
