"""The numbers of segmentation: tiers, RFM, lifecycle, potential, groups, portraits, strategy targets."""

from __future__ import annotations

from zhike.foundation.policies.declare import choice, flag, number, policy


@policy("segment", "tiers", rising=(("core_from", "high_from"),))
class TierPolicy:
    """Value tiers by yearly spend (SEG-03)."""

    high_from: int = number(unit="minor", minimum=0)
    core_from: int = number(unit="minor", minimum=0)
    window_months: int = number(unit="months", minimum=1, maximum=60)
    annualise: bool = flag()


@policy(
    "segment",
    "rfm",
    rising=(
        ("recency_days_5", "recency_days_4", "recency_days_3", "recency_days_2"),
        ("orders_2", "orders_3", "orders_4", "orders_5"),
        ("spend_2", "spend_3", "spend_4", "spend_5"),
    ),
)
class RfmPolicy:
    """How recency, frequency and amount become marks from 1 to 5 (SEG-04)."""

    mode: str = choice("quantiles", "bands")
    span: str = choice("history", "window")
    recency_days_5: int = number(unit="days", minimum=0)
    recency_days_4: int = number(unit="days", minimum=0)
    recency_days_3: int = number(unit="days", minimum=0)
    recency_days_2: int = number(unit="days", minimum=0)
    orders_5: int = number(unit="times", minimum=1)
    orders_4: int = number(unit="times", minimum=1)
    orders_3: int = number(unit="times", minimum=1)
    orders_2: int = number(unit="times", minimum=1)
    spend_5: int = number(unit="minor", minimum=0)
    spend_4: int = number(unit="minor", minimum=0)
    spend_3: int = number(unit="minor", minimum=0)
    spend_2: int = number(unit="minor", minimum=0)


@policy("segment", "lifecycle")
class LifecyclePolicy:
    """When a customer moves along the master list of stages (SEG-09)."""

    new_months: int = number(unit="months", minimum=1, maximum=24)
    dormant_months: int = number(unit="months", minimum=1, maximum=36)
    at_risk_months: int = number(unit="months", minimum=1, maximum=36)
    lost_months: int = number(unit="months", minimum=1, maximum=60)
    lost_by: str = choice("orders", "contracts")
    lost_contract_days: int = number(unit="days", minimum=0, maximum=730)
    developing_months: int = number(unit="months", minimum=1, maximum=36)


@policy("segment", "potential")
class PotentialPolicy:
    """What makes a customer promising, on a scale from 0 to 1."""

    growth_weight: float = number(unit="points", minimum=0, maximum=100)
    outlook_weight: float = number(unit="points", minimum=0, maximum=100)
    industry_weight: float = number(unit="points", minimum=0, maximum=100)
    interest_weight: float = number(unit="points", minimum=0, maximum=100)
    growth_none_at: float = number(unit="ratio", minimum=-1, maximum=0)
    growth_full_at: float = number(unit="ratio", minimum=0, maximum=10)
    interest_full_contacts: int = number(unit="times", minimum=1, maximum=1000)
    interest_months: int = number(unit="months", minimum=1, maximum=24)
    inquiries_from: int = number(unit="times", minimum=1, maximum=100)
    inquiry_months: int = number(unit="months", minimum=1, maximum=36)


@policy("segment", "groups")
class GroupPolicy:
    """Strategic, potential and ordinary customers, and the share of effort each group gets (SEG-05)."""

    potential_from: float = number(unit="ratio", minimum=0, maximum=1)
    strategic_core_potential_from: float = number(unit="ratio", minimum=0, maximum=1)
    strategic_share: float = number(unit="percent", minimum=0, maximum=100)
    potential_share: float = number(unit="percent", minimum=0, maximum=100)
    ordinary_share: float = number(unit="percent", minimum=0, maximum=100)


@policy("segment", "portrait")
class PortraitPolicy:
    """Typical features of the high-value and the core customer (SEG-10)."""

    cooperation_years: float = number(unit="years", minimum=0, maximum=50)
    satisfaction_from: float = number(unit="score", minimum=1, maximum=5)
    core_years_from: float = number(unit="years", minimum=0, maximum=50)
    core_years_to: float = number(unit="years", minimum=0, maximum=50)
    contacts_per_month: float = number(unit="times", minimum=0, maximum=100)


@policy("segment", "strategy")
class StrategyPolicy:
    """Targets and times of the ready strategies (STR-05)."""

    repurchase_percent: float = number(unit="percent", minimum=0, maximum=100)
    order_value_percent: float = number(unit="percent", minimum=0, maximum=1000)
    renewal_percent: float = number(unit="percent", minimum=0, maximum=100)
    winback_percent: float = number(unit="percent", minimum=0, maximum=100)
    conversion_percent: float = number(unit="percent", minimum=0, maximum=100)
    activation_percent: float = number(unit="percent", minimum=0, maximum=100)
    first_contact_days: int = number(unit="days", minimum=1, maximum=365)
    old_issue_hours: int = number(unit="hours", minimum=1, maximum=720)
