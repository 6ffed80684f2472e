"""What a rule says, as data: its trigger, its condition, its actions. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

EVENT, COMES, DATE, SCHEDULE = "event", "comes", "date", "schedule"
DAILY, WEEKLY = "daily", "weekly"
MOST_STEPS = 8
NINE = "09:00"


@dataclass(frozen=True)
class Step:
    """One action: its code, and what was answered to its questions, as typed."""

    code: str
    answers: Mapping[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Definition:
    """A whole rule. What its kind does not ask for is left as it is.

    ``wait_hours``: the condition is looked at so long after the event. ``days``: so many before (negative) or after the
    date in ``date_field``. ``at`` is a time of day, ``weekday`` 0 for Monday. ``where`` is a condition of the filter
    builder about the record.
    """

    kind: str
    subject: str
    event: str = ""
    wait_hours: float = 0
    date_field: str = ""
    days: int = 0
    rhythm: str = DAILY
    weekday: int = 0
    at: str = NINE
    where: str = ""
    steps: tuple[Step, ...] = ()


def to_json(definition: Definition) -> dict[str, Any]:
    """The definition as it is stored."""
    found = {name: getattr(definition, name) for name in Definition.__dataclass_fields__ if name != "steps"}
    steps = [{"code": s.code, "answers": {k: list(v) for k, v in s.answers.items()}} for s in definition.steps]
    return found | {"steps": steps}


def from_json(stored: Mapping[str, Any]) -> Definition:
    """What was stored, whatever it lacks. Raises ValueError for what cannot be a definition."""
    try:
        return Definition(
            kind=str(stored["kind"]),
            subject=str(stored["subject"]),
            event=str(stored.get("event", "")),
            wait_hours=_number(stored.get("wait_hours", 0)),
            date_field=str(stored.get("date_field", "")),
            days=int(_number(stored.get("days", 0))),
            rhythm=str(stored.get("rhythm", DAILY)),
            weekday=int(_number(stored.get("weekday", 0))),
            at=str(stored.get("at", NINE)),
            where=str(stored.get("where", "")),
            steps=tuple(_step(one) for one in stored.get("steps", ())),
        )
    except (KeyError, TypeError, AttributeError, OverflowError) as wrong:
        raise ValueError(str(wrong)) from wrong


def _number(given: Any) -> float:
    number = float(given)
    if not -1e6 < number < 1e6:
        raise ValueError("out of range")
    return number


def _step(stored: Mapping[str, Any]) -> Step:
    answers = stored.get("answers", {})
    return Step(str(stored["code"]), {str(key): _texts(given) for key, given in answers.items()})


def _texts(given: Any) -> list[str]:
    return [str(value) for value in given] if isinstance(given, list | tuple) else [str(given)]
