"""Posts, areas and levels as shipped in ``policies/access.toml`` (section A of the requirements). Pure."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources

from zhike.foundation.kit.text import Text


class Area(StrEnum):
    """A column of the permission matrix: a part of the work, not a table."""

    LEADS = "leads"
    PROFILE = "profile"
    SENSITIVE = "sensitive"
    TIMELINE = "timeline"
    DEALS = "deals"
    ORDERS = "orders"
    TICKETS = "tickets"
    COMPLAINTS = "complaints"
    FEEDBACK = "feedback"
    STRATEGY = "strategy"
    HEALTH = "health"
    LOYALTY = "loyalty"
    CONSENT = "consent"
    TRAINING = "training"
    SETTINGS = "settings"
    AUTOMATION = "automation"  # no column of section A3: AUTO-07 names its posts


class Level(StrEnum):
    """What a post may do in an area."""

    BASIC = "B"
    FULL = "F"
    SENSITIVE = "S"
    EDIT = "E"
    APPROVE = "A"


class Scope(StrEnum):
    """Which rows a post sees. ``rank`` orders them from narrow to wide."""

    OWN = "own"
    OWN_AND_REPORTS = "own_and_reports"
    OWN_AND_TEAM = "own_and_team"
    DEPARTMENT = "department"
    DEPARTMENT_AND_BELOW = "department_and_below"
    CHOSEN_DEPARTMENTS = "chosen_departments"
    ALL = "all"


@dataclass(frozen=True)
class Post:
    """One post of section A2: its words, how far it sees, and its levels by area."""

    code: str
    title: Text
    scope: Scope
    areas: Mapping[Area, frozenset[Level]]


@functools.cache
def posts() -> Mapping[str, Post]:
    """All posts as shipped, by code, in the order of the requirements."""
    text = resources.files("zhike.policies").joinpath("access.toml").read_text(encoding="utf-8")
    return {
        code: Post(
            code=code,
            title=Text(**raw["title"]),
            scope=Scope(raw["scope"]),
            areas={Area(area): frozenset(Level(x) for x in levels) for area, levels in raw["areas"].items()},
        )
        for code, raw in tomllib.loads(text)["posts"].items()
    }
