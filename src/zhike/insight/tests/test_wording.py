import ast
from pathlib import Path

import pytest

from zhike.insight import compute as package
from zhike.insight.phrases import SENTENCES
from zhike.insight.titles import EVIDENCE_WORDS, TITLES
from zhike.insight.wording import placeholders, row_sentences, sentence, title
from zhike.retain.rules.health import INDICATORS
from zhike.retain.rules.warning import CAUSES, LEVELS
from zhike.segment.rules.lifecycle import CAUSES as LIFECYCLE_CAUSES
from zhike.segment.rules.lifecycle import STAGES
from zhike.segment.rules.potential import GROUPS
from zhike.segment.rules.strategies import REASONS, ROWS
from zhike.segment.rules.tiers import BASES, TIERS

FITTING = ("no_customers", "no_repeat_customers", "too_few_repeat_customers", "span_too_short", "not_converged")
GIVEN = {
    *BASES, *LIFECYCLE_CAUSES, *REASONS, *INDICATORS, *CAUSES,
    *(f"clv.{code}" for code in FITTING),
    "clv.spend_too_uneven", "clv.value_linked", "clv.backtest_tracking_error", "clv.backtest_correlation",
    *(f"churn.{code}" for code in ("no_customers", "one_class_only", "no_usable_columns")),
    *(f"snapshot.{code}" for code in ("no_snapshot", "no_tables", "missing_columns")),
}  # fmt: skip


def codes_in_source():
    """Codes written out where a gap is declared: the second argument of every NotComputed(…)."""
    for path in Path(package.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "NotComputed":
                for leaf in ast.walk(node.args[1]):
                    if (
                        isinstance(leaf, ast.Constant)
                        and isinstance(leaf.value, str)
                        and "." in leaf.value
                        and leaf.value[-1] not in "._"
                    ):
                        yield leaf.value


def test_every_code_that_is_given_has_a_sentence():
    tables = {f"signals.no_{t}" for t in ("usage", "bills", "complaints", "tickets", "interactions", "contracts")}

    assert (GIVEN | set(codes_in_source()) | tables) <= set(SENTENCES)


def test_codes_in_source_are_found_at_all():
    assert {"rfm.no_orders", "currency.left_out"} <= set(codes_in_source())


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_both_languages_of_a_sentence_hold_the_same_placeholders(code):
    chinese, english = SENTENCES[code]

    assert placeholders(chinese) == placeholders(english)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese)
    assert not any("\u4e00" <= letter <= "\u9fff" for letter in english)


def test_every_word_that_stands_alone_has_a_title():
    needed = {*TIERS, *GROUPS, *CAUSES, *(f"lifecycle:{s}" for s in STAGES), *(f"risk:{r}" for r in LEVELS)}

    assert needed | {f"strategy:{row}" for row in ROWS} <= set(TITLES)
    assert title("lifecycle:at_risk", "zh-hans") == "流失风险"
    assert title("lifecycle:at_risk", "en") == "At risk"
    assert not set(EVIDENCE_WORDS) & set(TITLES)


@pytest.mark.parametrize(
    ("code", "data", "zh", "en"),
    [
        (
            "feature_use_drop",
            {"before": 50, "now": 40, "drop": 0.2},
            "功能使用由上月 50 次降到本月 40 次，下降 20%。",
            "Feature use fell from 50 to 40 in a month, by 20%.",
        ),
        (
            "bill_drop",
            {"before_minor": 29900, "now_minor": 9900, "drop": 0.6689, "currency": "CNY"},
            "账单由 ¥299.00 降到 ¥99.00，下降 67%。",
            "The bill fell from ¥299.00 to ¥99.00, by 67%.",
        ),
        (
            "health.order_trend",
            {"value": -0.4, "mark": 0.33, "of": 30},
            "订单金额较前期变化 -40%。",
            "Order amount against the period before: -40%.",
        ),
        (
            "health.no_coverage",
            {"missing": ["service", "usage"], "needed": 0.6},
            "没有客户达到健康度所需的覆盖度；缺少：服务满意度、使用活跃度。",
            "No customer reaches the coverage that health needs; missing: Service satisfaction, Usage.",
        ),
    ],
)
def test_sentences_write_numbers_as_people_do(code, data, zh, en):
    assert sentence(code, data, "zh-hans") == zh
    assert sentence(code, data, "en") == en


def test_a_missing_number_reads_unknown_and_a_code_nobody_gives_is_an_error():
    assert "未知" in sentence("complaints", {}, "zh")
    with pytest.raises(KeyError):
        sentence("no.such.code", {}, "zh")


def test_a_row_speaks_for_itself():
    row = {
        "tier_basis": "tier.spend_window",
        "lifecycle_cause": "lifecycle.no_order_at_risk",
        "reasons": '{"months":6,"last_order_on":"2026-01-15","strategy":"strategy.at_risk"}',
        "health_reasons": [],
        "signals": [{"code": "complaints", "evidence": '{"count":2,"before":0,"months":6}'}],
        "main_cause": "complaints",
    }

    told = row_sentences(row, "zh")

    assert told["lifecycle"] == ["最近一次订单 2026-01-15，已有 6 个月以上没有订单。"]
    assert told["main_cause"] == told["signals"] == ["6 个月内投诉 2 次（此前同期 0 次）。"]
