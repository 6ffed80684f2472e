"""The numbers of onboarding."""

from __future__ import annotations

from zhike.foundation.policies.declare import number, policy


@policy("onboard", "clocks")
class OnboardClockPolicy:
    """How long the duties of onboarding may take."""

    team_and_plan_days: int = number(unit="working_days", minimum=1, maximum=60)
    retest_days: int = number(unit="working_days", minimum=1, maximum=60)
    hand_over_days: int = number(unit="working_days", minimum=1, maximum=30)


@policy("onboard", "milestones")
class MilestonePolicy:
    """How milestones are shown ahead."""

    ahead_days: int = number(unit="days", minimum=1, maximum=90)
