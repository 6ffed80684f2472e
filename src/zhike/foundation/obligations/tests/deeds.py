"""Events and duties for the tests, with numbers that stand in TOML as everywhere."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from zhike.foundation.outbox.event import Event, event
from zhike.foundation.policies import declare
from zhike.foundation.policies.declare import choice, number, policy

NUMBERS: Mapping[str, Any] = tomllib.loads(Path(__file__).with_name("clocks.toml").read_text(encoding="utf-8"))[
    "clocks"
]


@policy("obligations_tests", "clocks")
class TestClocks:
    """Times allowed in these tests."""

    __test__ = False
    classify_hours: float = number(unit="hours", minimum=0)
    knowledge_hours: float = number(unit="hours", minimum=0)
    contact_hours: float = number(unit="hours", minimum=0)
    plan_hours: float = number(unit="hours", minimum=0)
    campaign_days: float = number(unit="days", minimum=0)
    prototype_days: float = number(unit="days", minimum=0)
    first_contact_days: float = number(unit="days", minimum=0)
    hand_over_days: float = number(unit="days", minimum=0)
    rhythm: str = choice("weekly", "monthly")


def _entries() -> dict[str, Any]:
    words = {"zh": "测试", "en": "test"}
    return {
        name: {
            "value": value,
            "unit": name.rpartition("_")[2] if name != "rhythm" else "choice",
            "title": words,
            "meaning": words,
            "reason": words,
            "source": "test",
        }
        for name, value in NUMBERS.items()
    }


def shipped_with_tests(shipped: Callable[[str], Mapping[str, Any]]) -> Callable[[str], Mapping[str, Any]]:
    """The reader of policy files, which also finds the numbers of these tests."""

    def read(path: str) -> Mapping[str, Any]:
        return {"clocks": _entries()} if path == "obligations_tests.toml" else shipped(path)

    return read


# Outside these tests nobody sees their policy: every declared number has to be explained to the users.
del declare._REGISTRY["obligations_tests.clocks"]


@event("obligations_tests.TicketReceived")
class TicketReceived(Event):
    ticket_id: int
    customer_id: int
    kind: str = "question"


@event("obligations_tests.TicketClassified")
class TicketClassified(Event):
    ticket_id: int
    customer_id: int


@event("obligations_tests.TicketWithdrawn")
class TicketWithdrawn(Event):
    ticket_id: int
    customer_id: int


@event("obligations_tests.Listed")
class Listed(Event):
    customer_id: int


@event("obligations_tests.Delisted")
class Delisted(Event):
    customer_id: int


@event("obligations_tests.Contacted")
class Contacted(Event):
    customer_id: int
    person_id: int | None = None


@event("obligations_tests.FellAsleep")
class FellAsleep(Event):
    customer_id: int


@event("obligations_tests.InterviewEnded")
class InterviewEnded(Event):
    customer_id: int
    person_id: int


@event("obligations_tests.PlanMade")
class PlanMade(Event):
    customer_id: int


@event("obligations_tests.ProblemSolved")
class ProblemSolved(Event):
    customer_id: int


@event("obligations_tests.CampaignEnded")
class CampaignEnded(Event):
    campaign_id: int
    on: dt.date


@event("obligations_tests.PrototypeAsked")
class PrototypeAsked(Event):
    customer_id: int
    on: dt.date


@event("obligations_tests.AcceptancePassed")
class AcceptancePassed(Event):
    customer_id: int


@event("obligations_tests.Promised")
class Promised(Event):
    customer_id: int
    until: dt.datetime


@event("obligations_tests.ManyListed")
class ManyListed(Event):
    customer_ids: tuple[int, ...]

    @property
    def key(self) -> str:
        return f"batch:{self.uid}"


@event("obligations_tests.OwnerChanged")
class OwnerChanged(Event):
    customer_id: int


@event("obligations_tests.CustomerGone")
class CustomerGone(Event):
    customer_id: int


@event("obligations_tests.ListPublished")
class ListPublished(Event):
    count: int


@event("obligations_tests.CallMade")
class CallMade(Event):
    person_id: int
