"""Who is greeted when, and how; or not, and why. Pure."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

from zhike.foundation.calendar.lunar import lunar_of
from zhike.foundation.kit.text import Text
from zhike.serve.policy import GreetingPolicy

TIERS = {"none": frozenset[str](), "high": frozenset({"high"}), "high_core": frozenset({"high", "core"})}
SEND, CALL, REFUSE = "send", "call", "refuse"
_LUNAR_MOST = 30
_A_LEAP_YEAR = 2024


def falls_on(day: dt.date, kind: str, month: int, number: int) -> bool:
    """Whether the ``number``-th of ``month`` by this calendar is ``day``; a leap month has no holidays."""
    if kind == "solar":
        return (day.month, day.day) == (month, number)
    found = lunar_of(day)
    if found is None or found.is_leap or found.month != month:
        return False
    return found.day == min(number, found.month_days)


def is_in_calendar(kind: str, month: int, number: int) -> bool:
    """Whether there is such a day in every year: 29 February is not."""
    if not 1 <= month <= 12 or number < 1:
        return False
    if kind == "lunar":
        return number <= _LUNAR_MOST
    return number <= (28 if month == 2 else calendar.monthrange(_A_LEAP_YEAR, month)[1])


@dataclass(frozen=True)
class Facts:
    """What is known of one greeting on its day."""

    on: dt.date
    is_birthday: bool
    is_there: bool = True  # the customer, and the contact, are not deleted
    is_still: bool = True  # the birthday, or the holiday, still falls on this day
    is_sample: bool = False
    has_complaint: bool = False
    tier: str = ""
    has_owner: bool = True


@dataclass(frozen=True)
class Decision:
    """Send, call or refuse; refused with every reason there is, as codes."""

    way: str
    reasons: tuple[str, ...] = ()


def decide(facts: Facts, today: dt.date, policy: GreetingPolicy) -> Decision:
    """What becomes of a greeting whose day has come. After its day it is not made up for: that would be worse."""
    against = (
        ("day_over", facts.on < today),
        ("gone", not facts.is_there),
        ("changed", not facts.is_still),
        ("sample", facts.is_sample),
        ("complaint_open", facts.has_complaint),
        ("switched_off", not (policy.birthdays if facts.is_birthday else policy.holidays)),
    )
    reasons = tuple(code for code, holds in against if holds)
    if reasons:
        return Decision(REFUSE, reasons)
    may_call = facts.is_birthday or policy.phone_occasions == "all"
    is_call = may_call and facts.has_owner and facts.tier in TIERS[policy.phone_for]
    return Decision(CALL if is_call else SEND)


def is_hour(now: dt.datetime, policy: GreetingPolicy) -> bool:
    """Whether greetings leave at ``now``, which is in the enterprise's time zone."""
    return policy.send_hour <= now.hour < policy.last_hour


def history_words(since: dt.date | None, on: dt.date, language: str) -> str:
    """A sentence about the years together, in the customer's language; it holds without a date, too."""
    years = on.year - since.year - ((on.month, on.day) < (since.month, since.day)) if since else 0
    if years < 1:
        return Text("感谢您一直以来的信任与支持", "Thank you for your trust").said_in(language)
    said = Text("感谢您 {years} 年来的信任与支持", "Thank you for {years} years of trust")
    if years == 1:
        said = Text("感谢您 1 年来的信任与支持", "Thank you for a year of trust")
    return said.said_in(language).replace("{years}", str(years))
