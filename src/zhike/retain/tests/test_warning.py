import datetime as dt

import numpy as np
import pytest

from zhike.foundation.policies.load import load_defaults
from zhike.retain.policy import RiskPolicy, RoutePolicy, WarningPolicy
from zhike.retain.rules.churn_rate import Spells, churn_rates, periods_before
from zhike.retain.rules.health import DIMENSIONS
from zhike.retain.rules.signals import Signal
from zhike.retain.rules.warning import LEVELS, is_warned, main_cause, risk, route_of, routes
from zhike.segment.rules.arrays import Coded
from zhike.segment.rules.tiers import TIERS

POLICIES = load_defaults()
RISK, ROUTE, WARNING = (POLICIES.get(p) for p in (RiskPolicy, RoutePolicy, WarningPolicy))
YES = np.array([True])


def level(health=np.nan, weight=0.0, probability=np.nan, judged=True, stopped=False):
    numbers = {"health": np.array([health]), "weight": np.array([weight]), "probability": np.array([probability])}
    return risk(judged=np.array([judged]), stopped=np.array([stopped]), policy=RISK, **numbers)[0]


@pytest.mark.requirement("RET-07", proof="rule")
def test_each_of_health_signals_and_probability_raises_the_risk_at_its_limit():
    assert level(health=RISK.high_health_below) == "medium"
    assert level(health=np.nextafter(RISK.high_health_below, 0)) == "high"
    assert level(health=RISK.medium_health_below) == "low"
    assert level(health=np.nextafter(RISK.medium_health_below, 0)) == "medium"
    assert level(weight=RISK.high_signals_from) == "high"
    assert level(weight=RISK.high_signals_from - 0.1) == "medium"
    assert level(weight=RISK.medium_signals_from - 0.1) == "low"
    assert level(probability=RISK.high_probability_from) == "high"
    assert level(probability=RISK.medium_probability_from) == "medium"
    assert level(probability=RISK.medium_probability_from - 0.01) == "low"


def test_somebody_who_stopped_ordering_is_never_called_low_risk():
    assert level(stopped=True) == "medium"


def test_nobody_is_called_low_risk_who_could_not_be_judged():
    assert level(judged=False) is None


def test_weights_warn_from_the_limit_on():
    assert is_warned(None, WARNING.warn_from, WARNING)
    assert not is_warned(None, WARNING.warn_from - 0.1, WARNING)
    assert is_warned(None, 0.1 + 0.2 + 0.7, WARNING)


@pytest.mark.requirement("RET-10", proof="rule")
def test_high_value_at_high_risk_goes_to_the_sales_lead_with_a_30_day_goal():
    assert route_of("high", "high", ROUTE) == "sales_lead"
    assert ROUTE.goal_days == 30


@pytest.mark.requirement("RET-10", proof="rule")
def test_ordinary_at_medium_risk_goes_to_customer_success():
    assert route_of("low", "medium", ROUTE) == "success_manager"


@pytest.mark.requirement("RET-10", proof="rule")
@pytest.mark.parametrize(
    ("tier", "level", "post"),
    [
        ("high", "low", "sales_lead"),
        ("core", "low", "success_manager"),
        ("core", "high", "customer_manager"),
        (None, "high", "customer_manager"),
    ],
)
def test_high_value_decides_first_then_mild_risk_then_the_rest(tier, level, post):
    assert route_of(tier, level, ROUTE) == post
    many = routes(
        tier=Coded(TIERS, np.array([TIERS.index(tier) if tier else -1], dtype=np.int8)),
        risk=Coded(LEVELS, np.array([LEVELS.index(level)], dtype=np.int8)),
        policy=ROUTE,
    )
    assert many[0] == post


def cause_of(codes, lost=None, warned=YES):
    found = [Signal(code, YES, {}) for code in codes]
    points = {d: np.array([(lost or {}).get(d, np.nan)]) for d in DIMENSIONS}
    return main_cause(found, warned=warned, points_lost=points, policy=WARNING)[0]


@pytest.mark.requirement("RET-07", proof="rule")
def test_the_main_cause_is_the_heaviest_signal_and_words_come_before_behaviour():
    assert cause_of(["mention_price", "complaints", "no_order"]) == "mention_price"
    assert cause_of(["complaints", "feature_use_drop"]) == "complaints"
    assert cause_of(["no_order", "bill_drop"]) == "bill_drop"


def test_without_a_signal_the_main_cause_is_the_dimension_that_lost_most():
    assert cause_of([], {"stability": 3.0, "interaction": 25.0}) == "health_interaction"


def test_a_customer_who_is_not_warned_has_no_main_cause():
    assert cause_of(["complaints"], warned=np.array([False])) is None


@pytest.mark.requirement("MEAS-02", proof="rule")
def test_churn_rate_is_150_lost_of_1000_at_the_start():
    first = np.full(1000, np.datetime64("2022-05-01", "D"))
    rows = np.arange(150)
    spells = Spells(rows, np.full(150, np.datetime64("2024-06-01", "D")), np.full(150, np.datetime64("NaT", "D")))

    [year] = churn_rates(first=first, spells=spells, periods=periods_before(dt.date(2024, 12, 31), "year", 1))

    assert (year.at_start, year.lost, year.rate) == (1000, 150, 0.15)


@pytest.mark.requirement("MEAS-02", proof="rule")
@pytest.mark.parametrize(("lost", "percent"), [(150, 15), (120, 12)])
def test_d2_and_d3_lost_over_customers_at_period_start_and_up_on_the_year_before(lost: int, percent: int):
    """D2: 流失客户数 ÷ 总客户数 × 100%, total = customers at period start. D3: 15% in 2024, up († 150 of 1,000);
    loyalty: churn 12% († 1,000 customers: 120 lost). Customers won within the year are in neither number."""
    first = np.concatenate([np.full(1050, np.datetime64("2020-05-01")), np.full(300, np.datetime64("2024-02-01"))])
    days = ["2023-06-01"] * 50 + ["2024-06-01"] * lost + ["2024-09-01"] * 20
    gone = np.concatenate([np.arange(50 + lost), np.arange(1050, 1070)])
    spells = Spells(gone, np.array(days, dtype="datetime64[D]"), np.full(len(days), np.datetime64("NaT", "D")))

    before, year = churn_rates(first=first, spells=spells, periods=periods_before(dt.date(2024, 12, 31), "year", 2))

    assert (year.at_start, year.lost, year.rate) == (1000, lost, percent / 100)
    assert before.rate is not None
    assert before.rate < percent / 100, "up"
    stayed = year.at_start - year.lost
    assert stayed / year.at_start == 1 - percent / 100, "retention rate: still with us ÷ customers at period start"


def test_somebody_away_at_the_start_is_not_counted_and_one_who_came_back_is():
    first = np.full(3, np.datetime64("2020-01-01", "D"))
    spells = Spells(
        np.array([0, 1]),
        np.array(["2023-06-01", "2023-06-01"], dtype="datetime64[D]"),
        np.array(["NaT", "2023-09-01"], dtype="datetime64[D]"),
    )

    [year] = churn_rates(first=first, spells=spells, periods=periods_before(dt.date(2024, 12, 31), "year", 1))

    assert (year.at_start, year.lost) == (2, 0)


def test_a_period_without_customers_has_no_rate():
    nobody = np.array(["NaT"], dtype="datetime64[D]")
    none = Spells(np.array([], dtype=np.int64), nobody[:0], nobody[:0])

    [month] = churn_rates(first=nobody, spells=none, periods=periods_before(dt.date(2024, 12, 31), "month", 1))

    assert month.rate is None


@pytest.mark.parametrize(
    ("as_of", "last"),
    [
        (dt.date(2026, 6, 30), (dt.date(2026, 4, 1), dt.date(2026, 7, 1))),
        (dt.date(2026, 6, 29), (dt.date(2026, 1, 1), dt.date(2026, 4, 1))),
    ],
)
def test_a_period_counts_once_its_last_day_is_over(as_of, last):
    assert periods_before(as_of, "quarter", 3)[-1] == last
