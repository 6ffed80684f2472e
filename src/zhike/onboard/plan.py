"""A project plan as the customer may see it. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class PlannedStep:
    """A milestone: its day, by which standard it counts, whether it is open, late or done."""

    title: str
    due_on: dt.date
    standard: str
    state: str
    state_words: str
    done_on: dt.date | None


@dataclass(frozen=True)
class ProjectPlan:
    """Who does it (post, name), what by when, and how it is accepted."""

    project_id: int
    uid: UUID
    title: str
    state: str
    state_words: str
    team: tuple[tuple[str, str], ...]
    steps: tuple[PlannedStep, ...]
    criteria: str
    test_environment: str
    accepted_on: dt.date | None
