"""The computation on full data with known truth: what is planted is found, and nothing else."""

import json

import pyarrow as pa
import pytest

from zhike.foundation.policies.load import load_defaults
from zhike.insight.public import churn_rate, compute, row_sentences, value_matrix
from zhike.insight.tests import planted
from zhike.retain.policy import SignalPolicy, WarningPolicy


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return planted.write(tmp_path_factory.mktemp("planted"))


@pytest.fixture(scope="module")
def result(folder):
    return compute(folder, load_defaults("b2b"), planted.AS_OF)


@pytest.fixture(scope="module")
def found(result):
    """Kind of customer → the measures of its customers."""
    truth = planted.company()
    rows = {}
    for row in result.measures.to_pylist():
        rows.setdefault(truth[row["customer_id"]].name, []).append(row)
    return rows


EXPECTED = {
    # what is planted: (lifecycle, tier, strategy row, warned, main cause, signals)
    "well": ("active", "core", "core", False, None, []),
    "high value": ("active", "high", "high_value", False, None, []),
    "low value": ("active", "low", None, False, None, []),
    "new": ("new", "low", None, False, None, []),
    # Who bought every month and then not for six is silent and, by the purchase model, probably gone: two signals.
    "stopped": ("at_risk", "core", "at_risk", True, "no_order", ["no_order", "unlikely_active"]),
    "stopped and dissatisfied": ("at_risk", "core", "at_risk", True, "no_order", ["no_order", "unlikely_active"]),
    "lost": ("lost", "low", None, False, None, []),
    "use 50 to 40": ("active", "core", "core", True, "feature_use_drop", ["feature_use_drop"]),
    "use 50 to 41": ("active", "core", "core", False, None, []),
    "one complaint": ("active", "core", "core", False, None, []),
    "two complaints": ("active", "core", "core", True, "complaints", ["complaints"]),
    "bill falls": ("active", "core", "core", True, "bill_drop", ["bill_drop"]),
    "names the price": ("active", "core", "core", True, "mention_price", ["mention_price"]),
    "contract ends": ("active", "core", "core", False, None, ["contract_ending"]),
    "contract ends and logins fall": (
        "active", "core", "core", True, "login_drop", ["login_drop", "contract_ending"],
    ),
    "silent": ("active", "core", "core", False, None, []),
    "silent and dissatisfied": ("active", "core", "core", True, "health_interaction", []),
    "old tickets": ("active", "core", "core", False, None, ["open_matters"]),
    "asks often": ("developing", None, "potential", False, None, []),
    "asked twice": ("developing", None, None, False, None, []),
}  # fmt: skip


@pytest.mark.requirement("RET-01", proof="rule")
@pytest.mark.requirement("RET-02", proof="rule")
@pytest.mark.requirement("RET-07", proof="rule")
@pytest.mark.requirement("SEG-09", proof="rule")
@pytest.mark.parametrize("kind", EXPECTED)
def test_what_is_planted_is_found_and_nothing_else(found, kind):
    for row in found[kind]:
        signals = [s["code"] for s in row["signals"]]
        told = (row["lifecycle"], row["tier"], row["strategy_row"], row["warned"], row["main_cause"], signals)
        assert told == EXPECTED[kind]


@pytest.mark.requirement("RET-03", proof="rule")
@pytest.mark.requirement("STR-03", proof="rule")
def test_d4_12_where_no_model_doubts_it_a_stop_is_the_only_signal_and_not_on_the_list(folder):
    measures = compute(folder, load_defaults("b2b").with_values({"insight.clv.fitted": False}), planted.AS_OF).measures

    truth = planted.company()
    rows = [row for row in measures.to_pylist() if truth[row["customer_id"]].name.startswith("stopped")]
    of = {truth[row["customer_id"]].name: row for row in rows}
    alone, dissatisfied = of["stopped"], of["stopped and dissatisfied"]
    assert [s["code"] for s in alone["signals"]] == [s["code"] for s in dissatisfied["signals"]] == ["no_order"]
    assert (alone["strategy_row"], alone["warned"], alone["p_alive"]) == ("at_risk", False, None)
    assert dissatisfied["warned"]  # its health is below the limit


@pytest.mark.requirement("RET-03", proof="rule")
def test_the_models_doubt_says_the_usual_gap_the_silence_and_the_probability(found):
    row = found["stopped"][0]
    told = row_sentences(row, "zh")["signals"][1]

    assert row["p_alive"] < load_defaults("b2b").get(SignalPolicy).active_probability_below
    assert told.startswith("通常每 31 天购买一次，已 181 天未购买；模型判断仍活跃的概率 ")
    assert "Usually buys every 31 days and has not for 181" in row_sentences(row, "en")["signals"][1]


@pytest.mark.requirement("SEG-09", proof="rule")
def test_a_last_order_on_16_january_is_no_stop_on_15_july(found):
    for row in found["stopped a day later"]:
        assert row["lifecycle"] == "active"  # awake by its logins
        assert "no_order" not in [s["code"] for s in row["signals"]]


@pytest.mark.requirement("RET-02", proof="rule")
def test_naming_a_competitor_is_a_signal_that_warns_as_its_weight_says(found):
    warning = load_defaults("b2b").get(WarningPolicy)

    for row in found["names a competitor"]:
        assert [s["code"] for s in row["signals"]] == ["mention_competitor"]
        assert row["warned"] == (warning.mention_competitor >= warning.warn_from)


@pytest.mark.requirement("RET-04", proof="rule")
def test_health_is_the_sum_of_its_dimensions_and_full_where_all_is_well(result, found):
    assert {row["health"] for row in found["well"]} == {100.0}
    for row in result.measures.to_pylist():
        points = [row[f"health_{d}"] for d in ("stability", "service", "interaction", "usage")]
        if row["health"] is not None:
            assert sum(p for p in points if p is not None) == row["health"]
            assert sum(reason["points"] for reason in row["health_reasons"]) == row["health"]


def test_health_alone_below_the_limit_warns_and_exactly_there_it_does_not(found):
    limit = load_defaults("b2b").get(WarningPolicy).health_limit

    assert all(row["health"] < limit for row in found["silent and dissatisfied"])
    assert all(row["health"] >= limit for row in found["stopped"])


@pytest.mark.requirement("RET-10", proof="rule")
def test_the_evidence_says_what_happened_in_words(found):
    told = row_sentences(found["use 50 to 40"][0], "zh")

    assert told["signals"] == ["功能使用由上月 50 次降到本月 40 次，下降 20%。"]
    assert row_sentences(found["two complaints"][0], "en")["main_cause"] == [
        "2 complaints in 6 months (0 in the period before)."
    ]
    assert "2026-01-15" in row_sentences(found["stopped"][0], "zh")["lifecycle"][0]


@pytest.mark.requirement("SEG-09", proof="rule")
def test_a_stage_names_the_day_it_began(found):
    assert {str(row["lifecycle_since"]) for row in found["stopped"]} == {"2026-07-15"}
    assert {str(row["lifecycle_since"]) for row in found["lost"]} == {"2026-07-15"}
    assert {str(row["lifecycle_since"]) for row in found["new"]} == {"2026-06-10"}


def test_the_same_snapshot_gives_the_same_result(folder, result):
    again = compute(folder, load_defaults("b2b"), planted.AS_OF, threads=1)

    assert again.measures.equals(result.measures)
    assert again.not_computed == result.not_computed
    assert again.models == result.models


def test_an_earlier_day_knows_nothing_of_what_came_later(folder):
    before = compute(folder, load_defaults("b2b"), planted.AS_OF.replace(day=14))

    truth = planted.company()
    stages = {truth[r["customer_id"]].name: r["lifecycle"] for r in before.measures.to_pylist()}
    assert stages["stopped"] == "active"  # awake by its logins, and a day short of six months
    assert stages["lost"] == "at_risk"


def test_every_column_holds_valid_json_and_the_schema_stands(result):
    from zhike.insight.compute.measures import SCHEMA

    assert result.measures.schema.equals(SCHEMA)
    for row in result.measures.to_pylist():
        assert json.loads(row["reasons"])["strategy"].startswith("strategy.")
        for signal in row["signals"]:
            json.loads(signal["evidence"])


@pytest.mark.requirement("MEAS-02", proof="rule")
def test_churn_rate_counts_the_customers_planted_as_lost(folder, result):
    policies = load_defaults("b2b").with_values({"insight.churn_rate.period": "month", "insight.churn_rate.periods": 3})

    rate = churn_rate(folder, policies, planted.AS_OF.replace(month=8, day=15), groups=result.measures, by="tier")

    july = rate.rows[-1]
    customers = sum(c.last_order is not None for c in planted.company().values())
    assert (july.lost, july.at_start) == (planted.EACH, customers)
    assert rate.definition == "orders"
    assert rate.by_group["low"][-1].lost == planted.EACH
    assert rate.by_group["high"][-1].lost == 0


@pytest.mark.requirement("SEG-05", proof="rule")
def test_the_matrix_puts_high_value_customers_among_the_strategic_ones(result, found):
    matrix = value_matrix(result.measures, load_defaults("b2b"))
    strategic = next(g for g in matrix.groups if g.code == "strategic")

    assert {row["customer_id"] for row in found["high value"]} <= set(strategic.customer_ids.tolist())
    assert strategic.effort_percent == 50


def test_progress_is_told_from_nothing_to_all(folder):
    told = []

    compute(folder, load_defaults("b2b"), planted.AS_OF, lambda step, share: told.append((step, share)))

    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)


def test_policies_used_are_named_with_their_versions(result):
    assert result.policy_versions["segment.tiers"] == "segment.tiers@0+b2b"
    assert {key.split(".")[0] for key in result.policy_versions} == {"segment", "retain", "insight"}


def test_measures_survive_parquet(result, tmp_path):
    import pyarrow.parquet as pq

    pq.write_table(result.measures, tmp_path / "m.parquet")

    assert pq.read_table(tmp_path / "m.parquet").equals(result.measures.combine_chunks())
    assert isinstance(result.measures, pa.Table)
