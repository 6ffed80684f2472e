import dataclasses
import datetime as dt

import numpy as np
import pytest

from zhike.foundation.policies.load import load_defaults
from zhike.retain.policy import SignalPolicy, WarningPolicy
from zhike.retain.rules.signals import (
    MENTIONS,
    SIGNALS,
    SignalFacts,
    complaints_are_a_signal,
    signals,
    use_falls,
)
from zhike.retain.rules.warning import is_warned, signal_weight
from zhike.segment.policy import LifecyclePolicy

POLICIES = load_defaults()
SHIPPED, WARNING = POLICIES.get(SignalPolicy), POLICIES.get(WarningPolicy)
NO_ORDER_MONTHS = POLICIES.get(LifecyclePolicy).at_risk_months
AS_OF = dt.date(2026, 7, 15)


def facts(n=1, **changes):
    """A customer of whom nothing is known, with ``changes``."""
    known = {}
    for field in dataclasses.fields(SignalFacts):
        if field.name in ("last_order", "contract_end"):
            known[field.name] = np.full(n, np.datetime64("NaT", "D"))
        else:
            known[field.name] = np.full(n, np.nan)
    known["mentions"] = {what: np.zeros(n) for what in MENTIONS}
    known["is_customer"] = np.ones(n, dtype=bool)
    known["as_of"] = np.datetime64(AS_OF, "D")
    arrays = {
        k: v if isinstance(v, dict) else np.array(np.broadcast_to(v, n)) for k, v in changes.items() if k != "as_of"
    }
    return SignalFacts(**(known | arrays))


def found(**changes):
    return {s.code for s in signals(facts(**changes), SHIPPED, no_order_months=NO_ORDER_MONTHS) if s.holds[0]}


def day(value):
    return np.array([value], dtype="datetime64[D]")


@pytest.mark.requirement("RET-01", proof="rule")
def test_feature_use_50_to_40_in_a_month_is_a_signal():
    assert use_falls(50, 40, SHIPPED)
    assert found(use_before=50.0, use_now=40.0) == {"feature_use_drop"}


@pytest.mark.requirement("RET-01", proof="rule")
def test_feature_use_50_to_41_in_a_month_is_none():
    assert not use_falls(50, 41, SHIPPED)
    assert found(use_before=50.0, use_now=41.0) == set()


@pytest.mark.requirement("RET-02", proof="rule")
def test_one_complaint_is_no_complaint_signal():
    assert not complaints_are_a_signal(1, SHIPPED)
    assert found(complaints_now=1.0) == set()


@pytest.mark.requirement("RET-02", proof="rule")
def test_two_complaints_are_a_signal():
    assert complaints_are_a_signal(2, SHIPPED)
    assert found(complaints_now=2.0) == {"complaints"}


@pytest.mark.requirement("RET-01", proof="rule")
@pytest.mark.requirement("RET-07", proof="rule")
def test_last_order_15_january_today_15_july_is_not_on_the_warning_list_without_a_second_signal():
    every = signals(facts(last_order=day("2026-01-15")), SHIPPED, no_order_months=NO_ORDER_MONTHS)

    assert [s.code for s in every if s.holds[0]] == ["no_order"]
    assert not is_warned(None, signal_weight(every, WARNING)[0], WARNING)


# Falls of orders cannot hold beside "no order": they are not judged once orders have stopped.
BESIDE_NO_ORDER = [code for code in SIGNALS if code not in ("no_order", "order_amount_drop", "order_frequency_drop")]


@pytest.mark.requirement("RET-07", proof="rule")
@pytest.mark.parametrize("second", BESIDE_NO_ORDER)
def test_no_order_and_any_second_signal_warn(second):
    assert is_warned(None, WARNING.no_order + getattr(WARNING, second), WARNING)


@pytest.mark.requirement("RET-01", proof="rule")
@pytest.mark.parametrize(
    ("code", "kind", "limit", "base"),
    [
        ("feature_use_drop", "use", SHIPPED.feature_use_drop, 1000.0),
        ("login_drop", "logins", SHIPPED.login_drop, 1000.0),
        ("bill_drop", "bill", SHIPPED.bill_drop, 100_00.0),
        ("contacts_falling", "contacts", SHIPPED.contact_drop, 1000.0),
    ],
)
def test_a_fall_is_a_signal_from_its_limit_on(code, kind, limit, base):
    at, above = base * (1 - limit), base * (1 - limit) + 1

    assert found(**{f"{kind}_before": base, f"{kind}_now": at}) == {code}
    assert found(**{f"{kind}_before": base, f"{kind}_now": above}) == set()


@pytest.mark.parametrize(
    ("kind", "base"), [("use", SHIPPED.usage_min), ("logins", SHIPPED.usage_min), ("contacts", SHIPPED.contacts_min)]
)
def test_a_fall_from_too_small_a_base_says_nothing(kind, base):
    assert found(**{f"{kind}_before": float(base), f"{kind}_now": 0.0})
    assert not found(**{f"{kind}_before": float(base - 1), f"{kind}_now": 0.0})


def test_orders_falling_in_amount_and_number_are_two_signals():
    count, money = SHIPPED.orders_min * 10.0, 1000.0
    before = {"orders_before": count, "spend_before": money}
    fewer, less = count * (1 - SHIPPED.order_frequency_drop), money * (1 - SHIPPED.order_amount_drop)

    assert found(**before, orders_now=fewer, spend_now=less) == {"order_amount_drop", "order_frequency_drop"}
    assert found(**before, orders_now=fewer + 1, spend_now=less + 1) == set()
    assert found(**before, orders_now=0.0, spend_now=0.0) == set()  # the stop itself is "no order"


def test_order_fluctuation_is_a_signal_from_its_limit_and_with_enough_orders():
    limit, enough = SHIPPED.order_fluctuation_from, float(SHIPPED.orders_min)

    assert found(order_fluctuation=limit, orders_now=enough) == {"order_fluctuation"}
    assert found(order_fluctuation=limit - 1e-6, orders_now=enough) == set()
    assert found(order_fluctuation=limit, orders_now=enough - 1) == set()


@pytest.mark.requirement("RET-02", proof="rule")
def test_a_contract_ending_within_the_days_is_a_signal_and_one_already_over_is_not():
    def ends_in(days):
        return found(contract_end=day(AS_OF + dt.timedelta(days=days)))

    assert ends_in(SHIPPED.contract_end_days) == {"contract_ending"}
    assert ends_in(SHIPPED.contract_end_days + 1) == set()
    assert ends_in(0) == {"contract_ending"}
    assert ends_in(-1) == set()


@pytest.mark.requirement("RET-02", proof="rule")
@pytest.mark.parametrize("what", MENTIONS)
def test_what_a_customer_names_is_a_signal(what):
    mentions = {m: np.array([1.0 if m == what else 0.0]) for m in MENTIONS}

    assert found(mentions=mentions) == {f"mention_{what}"}


def test_feedback_open_matters_and_probability_cut_at_their_limits():
    assert found(satisfaction=SHIPPED.satisfaction_to) == {"negative_feedback"}
    assert found(satisfaction=SHIPPED.satisfaction_to + 0.01) == set()
    assert found(open_matters=1.0, oldest_open_days=30.0) == {"open_matters"}
    assert found(open_matters=0.0) == set()
    assert found(churn_probability=SHIPPED.churn_probability_from) == {"churn_probability"}
    assert found(churn_probability=SHIPPED.churn_probability_from - 1e-6) == set()


@pytest.mark.requirement("RET-03", proof="rule")
def test_a_customer_the_purchase_model_thinks_gone_is_a_signal_below_its_limit_and_with_enough_repeats():
    below, enough = SHIPPED.active_probability_below, float(SHIPPED.active_repeats_min)

    assert found(active_probability=below - 1e-6, repeat_purchases=enough) == {"unlikely_active"}
    assert found(active_probability=below, repeat_purchases=enough) == set()
    assert found(active_probability=0.0, repeat_purchases=enough - 1) == set()
    assert found(repeat_purchases=enough) == set()  # a probability nobody knows says nothing


@pytest.mark.requirement("RET-03", proof="rule")
def test_the_models_doubt_alone_does_not_warn_but_beside_a_stop_it_does():
    assert not is_warned(None, WARNING.unlikely_active, WARNING)
    assert is_warned(None, WARNING.unlikely_active + WARNING.no_order, WARNING)
    assert is_warned(None, WARNING.unlikely_active + WARNING.order_fluctuation, WARNING)


def test_a_prospect_has_no_signals():
    prospect = facts(complaints_now=5.0, last_order=day("2020-01-01"), is_customer=np.array([False]))

    assert not any(s.holds[0] for s in signals(prospect, SHIPPED, no_order_months=NO_ORDER_MONTHS))


def test_every_signal_has_a_weight_and_comes_in_the_listed_order():
    every = signals(facts(), SHIPPED, no_order_months=NO_ORDER_MONTHS)

    assert tuple(s.code for s in every) == SIGNALS
    assert all(hasattr(WARNING, code) for code in SIGNALS)
