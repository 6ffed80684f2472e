"""The numbers of retention: signals, what warns, health, risk levels, routing, the churn model."""

from __future__ import annotations

from zhike.foundation.policies.declare import choice, number, policy


@policy("retain", "signals")
class SignalPolicy:
    """From which change on a fact becomes a signal (RET-01, RET-02)."""

    feature_use_drop: float = number(unit="ratio", minimum=0.01, maximum=1)
    login_drop: float = number(unit="ratio", minimum=0.01, maximum=1)
    usage_min: int = number(unit="count", minimum=1, maximum=100000)
    bill_drop: float = number(unit="ratio", minimum=0.01, maximum=1)
    order_window_months: int = number(unit="months", minimum=1, maximum=24)
    order_amount_drop: float = number(unit="ratio", minimum=0.01, maximum=1)
    order_frequency_drop: float = number(unit="ratio", minimum=0.01, maximum=1)
    order_fluctuation_from: float = number(unit="ratio", minimum=0.1, maximum=5)
    orders_min: int = number(unit="times", minimum=2, maximum=1000)
    complaints_from: int = number(unit="times", minimum=1, maximum=100)
    complaint_months: int = number(unit="months", minimum=1, maximum=24)
    satisfaction_to: float = number(unit="score", minimum=1, maximum=5)
    open_matter_days: int = number(unit="days", minimum=0, maximum=365)
    contact_window_months: int = number(unit="months", minimum=1, maximum=24)
    contact_drop: float = number(unit="ratio", minimum=0.01, maximum=1)
    contacts_min: int = number(unit="times", minimum=1, maximum=1000)
    mention_months: int = number(unit="months", minimum=1, maximum=24)
    contract_end_days: int = number(unit="days", minimum=0, maximum=365)
    churn_probability_from: float = number(unit="ratio", minimum=0, maximum=1)
    active_probability_below: float = number(unit="ratio", minimum=0, maximum=1)
    active_repeats_min: int = number(unit="times", minimum=1, maximum=1000)


@policy("retain", "warning")
class WarningPolicy:
    """How much each signal weighs; a customer is warned from ``warn_from`` on, or by health alone (K3).

    Health warns only where at least ``health_coverage_from`` of its weight could be judged.
    """

    health_limit: float = number(unit="score", minimum=0, maximum=100)
    health_coverage_from: float = number(unit="ratio", minimum=0, maximum=1)
    warn_from: float = number(unit="ratio", minimum=0.1, maximum=10)
    no_order: float = number(unit="ratio", minimum=0, maximum=10)
    feature_use_drop: float = number(unit="ratio", minimum=0, maximum=10)
    login_drop: float = number(unit="ratio", minimum=0, maximum=10)
    bill_drop: float = number(unit="ratio", minimum=0, maximum=10)
    order_amount_drop: float = number(unit="ratio", minimum=0, maximum=10)
    order_frequency_drop: float = number(unit="ratio", minimum=0, maximum=10)
    order_fluctuation: float = number(unit="ratio", minimum=0, maximum=10)
    complaints: float = number(unit="ratio", minimum=0, maximum=10)
    negative_feedback: float = number(unit="ratio", minimum=0, maximum=10)
    open_matters: float = number(unit="ratio", minimum=0, maximum=10)
    contacts_falling: float = number(unit="ratio", minimum=0, maximum=10)
    contract_ending: float = number(unit="ratio", minimum=0, maximum=10)
    mention_competitor: float = number(unit="ratio", minimum=0, maximum=10)
    mention_price: float = number(unit="ratio", minimum=0, maximum=10)
    mention_slow_response: float = number(unit="ratio", minimum=0, maximum=10)
    mention_budget_cut: float = number(unit="ratio", minimum=0, maximum=10)
    mention_reorganisation: float = number(unit="ratio", minimum=0, maximum=10)
    unlikely_active: float = number(unit="ratio", minimum=0, maximum=10)
    churn_probability: float = number(unit="ratio", minimum=0, maximum=10)


@policy("retain", "health", weights=("stability_weight", "service_weight", "interaction_weight", "usage_weight"))
class HealthPolicy:
    """Weights of the dimensions and the limits between which indicators run from 0 to 1 (RET-04)."""

    stability_weight: float = number(unit="points", minimum=0, maximum=100)
    service_weight: float = number(unit="points", minimum=0, maximum=100)
    interaction_weight: float = number(unit="points", minimum=0, maximum=100)
    usage_weight: float = number(unit="points", minimum=0, maximum=100)
    coverage_min: float = number(unit="ratio", minimum=0, maximum=1)
    fluctuation_good: float = number(unit="ratio", minimum=0, maximum=5)
    fluctuation_bad: float = number(unit="ratio", minimum=0, maximum=5)
    trend_good: float = number(unit="ratio", minimum=-1, maximum=0)
    trend_bad: float = number(unit="ratio", minimum=-1, maximum=0)
    rhythm_good: float = number(unit="ratio", minimum=0, maximum=20)
    rhythm_bad: float = number(unit="ratio", minimum=0, maximum=50)
    stopped_score: float = number(unit="ratio", minimum=0, maximum=1)
    complaints_bad: float = number(unit="times", minimum=1, maximum=100)
    open_matters_bad: float = number(unit="count", minimum=1, maximum=100)
    satisfaction_good: float = number(unit="score", minimum=1, maximum=5)
    satisfaction_bad: float = number(unit="score", minimum=1, maximum=5)
    contact_days_good: float = number(unit="days", minimum=0, maximum=1000)
    contact_days_bad: float = number(unit="days", minimum=1, maximum=2000)
    contact_trend_good: float = number(unit="ratio", minimum=-1, maximum=0)
    contact_trend_bad: float = number(unit="ratio", minimum=-1, maximum=0)
    usage_trend_good: float = number(unit="ratio", minimum=-1, maximum=0)
    usage_trend_bad: float = number(unit="ratio", minimum=-1, maximum=0)


@policy("retain", "risk")
class RiskPolicy:
    """Three levels of risk (RET-04, RET-07): the worst of health, signals and probability decides."""

    high_health_below: float = number(unit="score", minimum=0, maximum=100)
    medium_health_below: float = number(unit="score", minimum=0, maximum=100)
    high_signals_from: float = number(unit="ratio", minimum=0.1, maximum=50)
    medium_signals_from: float = number(unit="ratio", minimum=0.1, maximum=50)
    high_probability_from: float = number(unit="ratio", minimum=0, maximum=1)
    medium_probability_from: float = number(unit="ratio", minimum=0, maximum=1)


@policy("retain", "route")
class RoutePolicy:
    """Who leads the win-back by value and risk (K8, RET-10), and the time for its goal."""

    high_value_lead: str = choice("sales_lead", "customer_manager", "success_manager")
    mild_risk_lead: str = choice("sales_lead", "customer_manager", "success_manager")
    other_lead: str = choice("sales_lead", "customer_manager", "success_manager")
    goal_days: int = number(unit="days", minimum=1, maximum=365)
    management_cost_minor: int = number(unit="minor", minimum=0)
    management_value_minor: int = number(unit="minor", minimum=0)


@policy("retain", "churn_model")
class ChurnModelPolicy:
    """What must be there before a churn model is learned from known outcomes."""

    customers_min: int = number(unit="customers", minimum=20)
    churned_min: int = number(unit="customers", minimum=5)
    auc_min: float = number(unit="ratio", minimum=0.5, maximum=1)
    horizon_months: int = number(unit="months", minimum=1, maximum=24)


@policy("retain", "clocks")
class ClockPolicy:
    """The promises of retention (B-18, B-19, B-23, B-36) and how long a decided warning rests."""

    contact_hours: float = number(unit="hours", minimum=1, maximum=720)
    plan_hours: float = number(unit="hours", minimum=1, maximum=720)
    decision_hours: float = number(unit="hours", minimum=1, maximum=720)
    cause_hours: float = number(unit="hours", minimum=1, maximum=720)
    archive_days: int = number(unit="days", minimum=1, maximum=90)
    dismissed_rest_days: int = number(unit="days", minimum=0, maximum=365)
    saved_rest_days: int = number(unit="days", minimum=0, maximum=365)
    cooling_days: int = number(unit="days", minimum=0, maximum=1095)


@policy("retain", "patrol")
class PatrolPolicy:
    """How often customers of a tier are reviewed, in months, 0 for never, and the time for what a review leads to."""

    high_months: int = number(unit="months", minimum=0, maximum=24)
    core_months: int = number(unit="months", minimum=0, maximum=24)
    low_months: int = number(unit="months", minimum=0, maximum=24)
    task_days: int = number(unit="days", minimum=1, maximum=180)
