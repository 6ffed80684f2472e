"""What delivery needs before it goes on: a plan, a test, a hand-over. Pure."""

from __future__ import annotations

import datetime as dt


def missing_for_plan(*, has_lead: bool, has_implementer: bool, has_service: bool, milestones: int) -> list[str]:
    """Codes of what is missing until team and plan are complete (B-32)."""
    given = (("sales_lead", has_lead), ("implementation_manager", has_implementer),
             ("service_representative", has_service), ("milestones", milestones > 0))  # fmt: skip
    return [code for code, is_there in given if not is_there]


def missing_for_test(*, state: str, has_criteria: bool, has_environment: bool) -> list[str]:
    """Codes of what is missing before the customer tests. After a failed test it is rectified first (B-33)."""
    if state == "rectifying":
        return ["rectification"]
    missing = [] if state in ("delivering", "testing") else ["delivery"]
    given = (("criteria", has_criteria), ("test_environment", has_environment))
    return missing + [code for code, is_there in given if not is_there]


def missing_for_hand_over(*, state: str) -> list[str]:
    """Codes of what blocks the hand-over: nothing once the customer has accepted (B-33, D4-20)."""
    return [] if state == "accepted" else ["acceptance"]


def milestone_state(*, due_on: dt.date, done_on: dt.date | None, today: dt.date) -> str:
    """Open, late, done or done late. On its day a milestone is in time."""
    if done_on is not None:
        return "done" if done_on <= due_on else "done_late"
    return "late" if today > due_on else "open"
