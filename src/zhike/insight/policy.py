"""The numbers of insight: customer lifetime value and churn rate."""

from __future__ import annotations

from zhike.foundation.policies.declare import choice, flag, number, policy


@policy("insight", "clv")
class ClvPolicy:
    """Inputs of the handbook formula and of the fitted value (MEAS-01)."""

    lifetime_years: float = number(unit="years", minimum=0.1, maximum=50)
    retention: float = number(unit="ratio", minimum=0, maximum=1)
    measured_retention: bool = flag()
    horizon_months: int = number(unit="months", minimum=1, maximum=240)
    discount_yearly: float = number(unit="ratio", minimum=0, maximum=1)
    interval: float = number(unit="ratio", minimum=0.5, maximum=0.999)
    fitted: bool = flag()
    repeat_customers_min: int = number(unit="customers", minimum=10)
    kind_repeat_customers_min: int = number(unit="customers", minimum=10)
    history_months_min: int = number(unit="months", minimum=1, maximum=120)
    value_link_max: float = number(unit="ratio", minimum=0, maximum=1)
    backtest_error_max: float = number(unit="ratio", minimum=0.01, maximum=5)
    fit_customers_max: int = number(unit="customers", minimum=1000)


@policy("insight", "churn_rate")
class ChurnRatePolicy:
    """Churn rate = customers lost in the period ÷ customers at its start (MEAS-02)."""

    period: str = choice("month", "quarter", "year")
    periods: int = number(unit="count", minimum=1, maximum=60)
