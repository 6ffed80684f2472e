"""The numbers of winning: first talk, review, records of follow-ups."""

from __future__ import annotations

from zhike.foundation.policies.declare import number, policy


@policy("win", "pipeline")
class PipelinePolicy:
    """What counts on the way of a deal."""

    first_talk_days: int = number(unit="days", minimum=0, maximum=365)


@policy("win", "clocks")
class WinClockPolicy:
    """How long the duties of winning may take."""

    follow_up_grace_hours: int = number(unit="hours", minimum=0, maximum=72)
    legal_review_days: int = number(unit="working_days", minimum=1, maximum=30)


@policy("win", "review")
class ReviewPolicy:
    """Which contracts the management decides on, too, after legal."""

    management_value_minor: int = number(unit="minor", minimum=0)


@policy("win", "renewals")
class RenewalPolicy:
    """On how many days before a renewal customer and owner are reminded (B-25)."""

    first_days: int = number(unit="days", minimum=1, maximum=366)
    second_days: int = number(unit="days", minimum=0, maximum=366)
    third_days: int = number(unit="days", minimum=0, maximum=366)
    last_days: int = number(unit="days", minimum=0, maximum=366)
