"""When what may happen to a retention case, and what a file of a lost customer must hold. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

OPEN = ("contact", "interview", "plan", "decision", "work")
CLOSED = ("saved", "lost", "archived")
# Steps of a case that has ended already.
AFTER_END = ("archive", "approach")
# What each step of the way may follow.
MAY = {
    "interview": ("contact", "interview"),
    "plan": ("plan",),
    "step": ("plan", "work"),
    "decide": ("decision",),
    "work": ("work",),
    "save": OPEN,
    "lose": OPEN,
    "archive": ("lost",),
    "approach": ("archived",),
}
# The parts of 《流失客户档案》, and what each is called when it is missing.
ARCHIVE = ("last_talk", "true_reason", "welcomed", "analysis")


def may(step: str, state: str) -> bool:
    """Whether ``step`` may be taken in ``state``."""
    return state in MAY[step]


def missing_in_archive(held: Mapping[str, object]) -> list[str]:
    """Which parts of the file of a lost customer are not there yet, in the order of the form."""
    return [part for part in ARCHIVE if not held.get(part)]


def goal_by(today: dt.date, goal_days: int) -> dt.date:
    """The last day on which the goal of a win-back counts as reached in time."""
    return today + dt.timedelta(days=goal_days)


def approach_from(lost_on: dt.date, cooling_days: int) -> dt.date:
    """The first day on which a lost customer may be approached again: the cooling period is over."""
    return lost_on + dt.timedelta(days=cooling_days)


def may_approach(recontact_on: dt.date | None, today: dt.date) -> bool:
    """Whether a lost customer may be approached today: there is a day for it, and it has come."""
    return recontact_on is not None and recontact_on <= today
