import dataclasses

import numpy as np
import pytest

from zhike.foundation.policies.load import TEMPLATES, load_defaults
from zhike.segment.policy import LifecyclePolicy, PortraitPolicy, PotentialPolicy, StrategyPolicy, TierPolicy
from zhike.segment.rules.arrays import Coded
from zhike.segment.rules.lifecycle import STAGES, stage_by_last_order
from zhike.segment.rules.portrait import PortraitFacts, high_value_portrait, matches_fully
from zhike.segment.rules.strategies import COLUMNS, ROWS, match_strategy, strategy_rows
from zhike.segment.rules.tiers import TIERS

POLICIES = load_defaults()


def row_of(stage, tier=None, inquiries=0):
    found, reason = match_strategy(
        stage=Coded(STAGES, np.array([STAGES.index(stage)], dtype=np.int8)),
        tier=Coded(TIERS, np.array([TIERS.index(tier) if tier else -1], dtype=np.int8)),
        inquiries=np.array([float(inquiries)]),
        inquiries_from=POLICIES.get(PotentialPolicy).inquiries_from,
    )
    return found[0], reason[0]


@pytest.mark.requirement("STR-03", proof="rule")
def test_last_order_15_january_today_15_july_is_strategy_row_3():
    stage, _ = stage_by_last_order("2026-01-15", "2026-07-15", POLICIES.get(LifecyclePolicy))

    row, _ = row_of(stage, "core")

    assert row == ROWS[3 - 1] == "at_risk"
    assert POLICIES.get(StrategyPolicy).first_contact_days == 30


@pytest.mark.requirement("STR-05", proof="rule")
@pytest.mark.parametrize(
    ("stage", "tier", "row"),
    [
        ("active", "high", "high_value"),
        ("dormant", "high", "high_value"),
        ("at_risk", "high", "at_risk"),
        ("active", "core", "core"),
        ("new", "core", "core"),
        ("dormant", "core", "dormant"),
        ("dormant", "low", "dormant"),
        ("active", "low", None),
        ("lost", "high", None),
    ],
)
def test_stage_and_tier_lead_to_one_row(stage, tier, row):
    assert row_of(stage, tier)[0] == row


def test_repeated_inquiries_without_a_deal_are_the_potential_row():
    limit = POLICIES.get(PotentialPolicy).inquiries_from

    assert row_of("developing", inquiries=limit)[0] == "potential"
    assert row_of("developing", inquiries=limit - 1)[0] is None


@pytest.mark.requirement("STR-05", proof="rule")
def test_the_rows_of_d1_stand_with_their_numbers():
    rows = {row.code: row for row in strategy_rows(POLICIES)}

    assert list(rows) == ["high_value", "core", "at_risk", "potential", "dormant", "high_value_portrait"]
    zh = {code: [row.column(name, "zh") for name in COLUMNS] for code, row in rows.items()}
    assert zh["high_value"][0] == "高价值客户（年消费≥50万）"
    assert zh["high_value"][3] == "复购率提升至80%，客单价提升10%"
    assert zh["high_value"][7] == "复购率、客单价变化率、满意度评分"
    assert zh["core"][0] == "中坚客户（年消费10-50万）"
    assert zh["core"][3] == "续约率提升至90%"
    assert zh["at_risk"][0] == "流失风险客户（6个月无订单）"
    assert zh["at_risk"][3] == "激活率达到30%"
    assert zh["at_risk"][5:7] == ["销售代表、客服", "30天内完成首次触达"]
    assert "24小时内响应" in zh["at_risk"][4]
    assert zh["potential"][3] == "转化率提升至25%"
    assert zh["potential"][5] == "市场专员"
    assert zh["dormant"][3] == "激活率达到30%"
    assert "满意度≥4.5分" in zh["high_value_portrait"][1]


@pytest.mark.requirement("STR-01", proof="rule")
@pytest.mark.parametrize("template", [None, *TEMPLATES])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_cell_is_filled_in_both_languages_under_every_template(template, language):
    for row in strategy_rows(load_defaults(template)):
        for name in COLUMNS:
            text = row.column(name, language)
            assert text
            assert "{" not in text


def test_a_changed_threshold_is_written_into_the_row():
    changed = POLICIES.with_values({"segment.tiers.high_from": 1_000_000_00, "segment.strategy.first_contact_days": 14})

    rows = {row.code: row for row in strategy_rows(changed)}

    assert rows["high_value"].column("dimension", "zh") == "高价值客户（年消费≥100万）"
    assert rows["at_risk"].column("timing", "en") == "First contact within 14 days"


@pytest.mark.requirement("SEG-10", proof="rule")
def test_cooperation_3_years_600_000_customised_4_5_matches_and_the_same_with_4_4_does_not_fully():
    facts = PortraitFacts(
        years=np.array([3.0]),
        spend_minor=np.array([600_000_00.0]),
        prefers_custom=np.array([1.0]),
        satisfaction=np.array([4.5]),
    )
    tier, portrait = POLICIES.get(TierPolicy), POLICIES.get(PortraitPolicy)
    weaker = dataclasses.replace(facts, satisfaction=np.array([4.4]))

    assert matches_fully(high_value_portrait(facts, tier, portrait))[0]
    shown = high_value_portrait(weaker, tier, portrait)
    assert not matches_fully(shown)[0]
    assert [code for code, holds in shown.items() if not holds[0]] == ["portrait.satisfaction"]
