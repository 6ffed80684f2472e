"""Awkward data: currencies, cancellations, returns, absent tables and columns, broken folders."""

import datetime as dt
import json
import time

import numpy as np
import pyarrow as pa
import pytest

from zhike.foundation.policies.load import load_defaults
from zhike.insight.compute.engine import opened
from zhike.insight.public import SnapshotFault, churn_rate, compute, sentence
from zhike.insight.tests import snapshots

B2B = load_defaults("b2b")
AS_OF = dt.date(2026, 6, 30)


def measured(folder, as_of=AS_OF, policies=B2B, **tables):
    options = {k: tables.pop(k) for k in ("currency", "rates", "source", "template") if k in tables}
    return compute(snapshots.write(folder, as_of, **options, **tables), policies, as_of)


def by_customer(result):
    return {row["customer_id"]: row for row in result.measures.to_pylist()}


def test_cancelled_orders_do_not_count_and_returns_reduce_spend(tmp_path):
    result = measured(
        tmp_path,
        orders=snapshots.orders(
            (1, "2026-05-01", 1000),
            (1, "2026-06-01", 400, "cancelled"),
            (1, "2026-06-10", -300),
            (1, "2026-06-12", 200, "returned"),
            (2, "2026-06-01", 500, "cancelled"),
        ),
    )

    row = by_customer(result)[1]
    assert (row["order_count"], row["spend_total_minor"], row["spend_12m_minor"]) == (1, 700_00, 700_00)
    assert str(row["last_order_on"]) == "2026-05-01"
    assert json.loads(row["reasons"])["returns_minor"] == 300_00
    assert by_customer(result)[2]["lifecycle"] == "potential"


def test_two_currencies_are_not_added_up_and_the_customer_concerned_gets_no_tier(tmp_path):
    table = snapshots.orders(
        (1, "2026-06-01", 600_000), (2, "2026-06-01", 100), (2, "2026-06-02", 900_000, "done", "USD")
    )

    result = measured(tmp_path, orders=table)

    rows = by_customer(result)
    assert rows[1]["tier"] == "high"
    assert (rows[2]["tier"], rows[2]["tier_basis"]) == (None, "tier.foreign_currency")
    assert rows[2]["spend_12m_minor"] is None
    assert rows[2]["lifecycle"] == "new"  # that there was an order needs no rate
    [gap] = [g for g in result.not_computed if g.code == "currency.left_out"]
    assert gap.data == {"currency": "CNY", "orders": 1, "currencies": "USD", "customers": 1}
    assert "USD" in sentence(gap.code, gap.data, "zh")


def test_with_a_rate_the_foreign_orders_are_added_up(tmp_path):
    table = snapshots.orders((1, "2026-06-01", 100), (1, "2026-06-02", 10, "done", "USD"), (2, "2026-06-02", 500))

    result = measured(tmp_path, orders=table, rates={"USD": 7.1})

    assert by_customer(result)[1]["spend_total_minor"] == 171_00
    assert not [g for g in result.not_computed if g.code == "currency.left_out"]


def test_a_currency_without_cents_is_converted_by_its_own_unit(tmp_path):
    # 1,000 yen are 1,000 minor units: yen have no sen in money.
    table = snapshots.orders((1, "2026-06-01", 10, "done", "JPY"), (2, "2026-06-02", 500))

    result = measured(tmp_path, orders=table, rates={"JPY": 0.05})

    assert by_customer(result)[1]["spend_total_minor"] == 50_00


def test_the_main_currency_is_the_one_most_orders_are_in_where_the_stated_one_never_occurs(tmp_path):
    table = snapshots.orders((1, "2026-06-01", 100, "done", "EUR"), (1, "2026-06-02", 100, "done", "EUR"))

    result = measured(tmp_path, orders=table)

    assert result.data["currency"] == "EUR"
    assert by_customer(result)[1]["spend_total_minor"] == 200_00


def test_orders_after_the_day_are_not_seen(tmp_path):
    result = measured(tmp_path, orders=snapshots.orders((1, "2026-06-30", 100), (1, "2026-07-01", 900)))

    assert by_customer(result)[1]["spend_total_minor"] == 100_00


def test_orders_need_neither_status_nor_currency(tmp_path):
    table = snapshots.orders((1, "2026-06-01", 100)).drop_columns(["status", "currency", "order_id"])

    assert by_customer(measured(tmp_path, orders=table))[1]["spend_total_minor"] == 100_00


@pytest.mark.requirement("SEG-03", proof="rule")
def test_the_year_of_spend_begins_on_the_day_after_the_same_day_a_year_ago(tmp_path):
    table = snapshots.orders((1, "2025-06-30", 500_000), (2, "2025-07-01", 500_000), (3, "2024-01-01", 1))

    rows = by_customer(measured(tmp_path, orders=table))

    assert (rows[1]["tier"], rows[2]["tier"]) == ("low", "high")


def test_a_yearly_spend_the_file_states_makes_the_tier(tmp_path):
    customers = {"customer_id": [1, 2], "annual_spend_minor": pa.array([600_000_00, None], pa.int64())}

    result = measured(tmp_path, customers=customers | {"is_signed": [True, True]})

    rows = by_customer(result)
    assert (rows[1]["tier"], rows[1]["tier_basis"]) == ("high", "tier.given_spend")
    assert (rows[2]["tier"], rows[2]["tier_basis"]) == (None, "tier.no_spend_known")
    assert ("tier", "tier.no_spend") in {(g.measure, g.code) for g in result.not_computed}


def test_a_customer_known_only_from_orders_is_measured_beside_those_of_the_file(tmp_path):
    result = measured(
        tmp_path,
        customers={"customer_id": [5], "is_signed": [False]},
        orders=snapshots.orders((9, "2026-06-01", 100)),
    )

    assert result.measures["customer_id"].to_pylist() == [5, 9]
    assert by_customer(result)[5]["lifecycle"] == "potential"


def test_a_telecom_customer_without_a_new_bill_falls_asleep_by_bills(tmp_path):
    months = [dt.date(2025 + (m > 12), (m - 1) % 12 + 1, 1) for m in range(7, 19)]
    bills = pa.table(
        {
            "customer_id": [1] * 12 + [2] * 6,
            "period": months + months[:6],
            "amount_minor": [10_000] * 18,
        }
    )

    result = measured(tmp_path, policies=load_defaults("telecom"), bills=bills, customers={"customer_id": [1, 2]})

    rows = by_customer(result)
    assert rows[1]["lifecycle"] == "active"
    assert rows[2]["lifecycle"] == "lost"


def test_a_contract_that_ended_unrenewed_makes_a_saas_customer_lost(tmp_path):
    contracts = pa.table(
        {
            "customer_id": [1, 2, 2],
            "signed_on": snapshots.days("2024-01-01", "2024-01-01", "2025-06-01"),
            "ends_on": snapshots.days("2025-12-31", "2025-12-31", "2027-06-01"),
        }
    )

    result = measured(tmp_path, policies=load_defaults("saas"), customers={"customer_id": [1, 2]}, contracts=contracts)

    rows = by_customer(result)
    assert (rows[1]["lifecycle"], rows[1]["lifecycle_cause"]) == ("lost", "lifecycle.contract_not_renewed")
    assert rows[2]["lifecycle"] == "active"


@pytest.mark.requirement("MEAS-02", proof="rule")
def test_churn_by_contract_counts_a_gap_longer_than_the_grace_and_not_a_renewal_in_time(tmp_path):
    contracts = pa.table(
        {
            "customer_id": [1, 2, 2, 3, 3],
            "starts_on": snapshots.days("2024-01-01", "2024-01-01", "2026-01-15", "2024-01-01", "2024-06-01"),
            "ends_on": snapshots.days("2025-12-31", "2025-12-31", "2027-01-14", "2027-12-31", "2025-01-01"),
        }
    )
    folder = snapshots.write(
        tmp_path, AS_OF, template="saas", customers={"customer_id": [1, 2, 3]}, contracts=contracts
    )
    policies = load_defaults("saas").with_values({"insight.churn_rate.periods": 2})

    rate = churn_rate(folder, policies, AS_OF)

    assert rate.definition == "contracts"
    assert [(r.at_start, r.lost) for r in rate.rows] == [(3, 1), (2, 0)]


@pytest.mark.requirement("MEAS-02", proof="rule")
def test_a_customer_lost_by_a_retention_case_counts_from_then_and_an_order_brings_them_back(tmp_path):
    orders = snapshots.orders(
        (1, "2025-11-05", 100), (2, "2025-11-05", 100), (3, "2025-11-05", 100), (3, "2026-05-20", 100),
    )  # fmt: skip
    losses = {"customer_id": [1, 3], "lost_on": snapshots.days("2026-02-10", "2026-02-10"), "cause": ["price", None]}
    policies = load_defaults("b2b").with_values(
        {"insight.churn_rate.periods": 2, "insight.churn_rate.period": "quarter"}
    )

    silent = churn_rate(snapshots.write(tmp_path / "a", AS_OF, orders=orders), policies, AS_OF)
    told = churn_rate(snapshots.write(tmp_path / "b", AS_OF, orders=orders, losses=losses), policies, AS_OF)

    assert [(r.at_start, r.lost) for r in silent.rows] == [(3, 0), (3, 0)]
    assert [(r.at_start, r.lost) for r in told.rows] == [(3, 2), (1, 0)], (
        "both left; the second quarter begins with one"
    )


def test_churn_rate_needs_orders_or_contracts(tmp_path):
    folder = snapshots.write(tmp_path, AS_OF, customers={"customer_id": [1]})

    assert churn_rate(folder, B2B, AS_OF) is None


def behaving(n=900, seed=3):
    """Customers of whom those who complain leave afterwards: something to learn from the past."""
    rng = np.random.default_rng(seed)
    complains = rng.random(n) < 0.4
    leaves = np.where(complains, rng.random(n) < 0.8, rng.random(n) < 0.1)
    orders = [
        (i, str(dt.date(2025 + m // 12, m % 12 + 1, 5)), 1000.0)
        for i in range(n)
        for m in range(18)
        if m < 12 or not leaves[i]
    ]
    when = dt.date(2025, 11, 20)
    complaints = {
        "customer_id": np.flatnonzero(complains),
        "received_on": [when] * int(complains.sum()),
        "closed_on": [when] * int(complains.sum()),
    }
    return {"orders": snapshots.orders(*orders), "complaints": pa.table(complaints)}


@pytest.mark.requirement("RET-03", proof="rule")
def test_without_stated_outcomes_the_model_learns_from_who_left_in_the_last_half_year(tmp_path):
    result = measured(tmp_path, source="database", **behaving())

    model = result.models["churn"]
    assert model["learned_from"] == "past"
    assert model["auc"] > 0.75
    shown = [row for row in by_customer(result).values() if row["churn_probability"] is not None]
    assert {row["lifecycle"] for row in shown} == {"active"}


def test_too_few_leavers_train_no_model_and_say_so(tmp_path):
    result = measured(tmp_path, source="database", **behaving(n=60))

    [gap] = [g for g in result.not_computed if g.measure == "churn_probability"]
    assert gap.code == "churn.too_few"
    assert "churn" not in result.models


def test_a_column_name_with_quotes_still_gives_valid_json(tmp_path):
    rng = np.random.default_rng(0)
    left = rng.random(600) < 0.4
    customers = {"customer_id": np.arange(600), "churned": left, "is_signed": [True] * 600}
    attributes = {"customer_id": np.arange(600), 'say "hi"\\': left + rng.normal(0, 0.4, 600)}

    result = measured(tmp_path, customers=customers, customer_attributes=attributes)

    evidence = [json.loads(s["evidence"]) for row in by_customer(result).values() for s in row["signals"]]
    assert {e["driver"] for e in evidence} == {'say "hi"\\'}


def test_a_folder_that_is_no_snapshot_is_refused_with_its_reason(tmp_path):
    with pytest.raises(SnapshotFault) as nothing:
        compute(tmp_path, B2B, AS_OF)
    assert nothing.value.code == "no_snapshot"

    snapshots.write(tmp_path / "a", AS_OF, bills={"customer_id": [1], "period": [AS_OF], "amount_minor": [1]})
    with pytest.raises(SnapshotFault) as no_tables:
        compute(tmp_path / "a", B2B, AS_OF)
    assert no_tables.value.code == "no_tables"

    snapshots.write(tmp_path / "b", AS_OF, orders={"customer_id": [1]})
    with pytest.raises(SnapshotFault) as missing:
        compute(tmp_path / "b", B2B, AS_OF)
    assert missing.value.code == "missing_columns"
    assert missing.value.data["columns"] == ["ordered_on", "amount_minor"]


def test_an_empty_table_of_orders_measures_nobody(tmp_path):
    result = measured(tmp_path, orders=snapshots.orders())

    assert result.measures.num_rows == 0
    assert ("rfm", "rfm.no_orders") in {(g.measure, g.code) for g in result.not_computed}


def test_the_engine_reads_nothing_outside_the_snapshot(tmp_path):
    folder = snapshots.write(tmp_path / "in", AS_OF, orders=snapshots.orders((1, "2026-06-01", 1)))
    snapshots.write(tmp_path / "out", AS_OF, orders=snapshots.orders((1, "2026-06-01", 1)))

    with opened(folder, memory="256MB", threads=1) as source:
        backend = source.tables["orders"].get_backend()
        for reading in (f"'{tmp_path / 'out' / 'orders.parquet'}'", "read_csv('/etc/passwd')", "glob('/etc/*')"):
            with pytest.raises(Exception, match="disabled by configuration"):
                backend.raw_sql(f"SELECT * FROM {reading}").fetchall()
        with pytest.raises(Exception, match="locked"):
            backend.raw_sql("SET enable_external_access = true")


@pytest.mark.slow
def test_a_million_orders_take_seconds_and_less_than_a_gigabyte(tmp_path):
    rng = np.random.default_rng(0)
    n = 1_000_000
    on = np.datetime64("2024-01-01") + rng.integers(0, 900, n).astype("timedelta64[D]")
    table = pa.table(
        {
            "order_id": np.arange(n),
            "customer_id": rng.integers(1, 100_000, n),
            "ordered_on": pa.array(on.astype("datetime64[D]")),
            "amount_minor": rng.integers(100, 1_000_000, n),
            "currency": pa.array(["CNY"] * n),
            "status": pa.array(["done"] * n),
        }
    )
    began = time.monotonic()

    result = measured(tmp_path, orders=table)

    assert result.measures.num_rows > 99_000
    assert time.monotonic() - began < 15
