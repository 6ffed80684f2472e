"""What-if: one assumption at a time, in words beside the answer, and nothing of it in any measure."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhike.customers.models import CustomerState
from zhike.insight.benchmarks import assumptions
from zhike.insight.models import Relation
from zhike.insight.tests.test_churn_page import Enterprise, at_work, enterprise, moment, page
from zhike.insight.whatif import MOST_POINTS, Standing, estimate

__all__ = ["enterprise", "moment"]
NOW = Standing("quarter", 0.12, 1_000, 50_000_000_00, 100_000_00)
BY_CODE = {one.code: one for one in assumptions("en")}


def test_the_cited_assumptions_say_what_d5_says() -> None:
    assert [(one.of, one.per_point) for one in assumptions("zh")] == [
        ("profit", 0.05), ("revenue", 0.10), ("retention", 0.03),
    ]  # fmt: skip
    assert all(one.source.startswith("001") for one in assumptions("zh"))


def test_one_point_less_by_own_figures_and_by_each_assumption() -> None:
    own, revenue = estimate(NOW, 1, None, None), estimate(NOW, 1, BY_CODE["revenue"], None)
    profit, retention = estimate(NOW, 1, BY_CODE["profit"], 8_000_000_00), estimate(NOW, 1, BY_CODE["retention"], None)

    assert own is not None
    assert own.kept == pytest.approx(10)
    assert own.money_minor == 1_000_000_00
    assert revenue is not None
    assert revenue.money_minor == 5_000_000_00
    assert profit is not None
    assert profit.money_minor == 400_000_00
    assert retention is not None
    assert retention.retention_then == pytest.approx(0.88 * 1.03)
    assert estimate(NOW, 1, BY_CODE["profit"], None) is None


@given(
    rate=st.floats(0, 1), points=st.floats(-MOST_POINTS, MOST_POINTS), by=st.sampled_from(["own", *BY_CODE]),
    base=st.integers(0, 10**14),
)  # fmt: skip
def test_no_rate_leaves_its_bounds_and_more_churn_never_brings_money(
    rate: float, points: float, by: str, base: int
) -> None:
    now = Standing("year", rate, 100, base, base // 100)

    found = estimate(now, points, BY_CODE.get(by), base)

    assert found is not None
    assert 0 <= found.rate_then <= 1
    assert found.retention_then is None or 0 <= found.retention_then <= 1
    if found.money_minor is not None:
        assert (found.money_minor <= 0) if points <= 0 else (found.money_minor >= 0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("MEAS-10", proof="user")
def test_management_chooses_an_assumption_and_reads_it_beside_the_answer(enterprise: Enterprise) -> None:
    boss = at_work(enterprise.office, "boss")
    before = list(CustomerState.objects.order_by("pk").values()), list(Relation.objects.order_by("pk").values())

    start = page(boss, "/churn/")
    assert 'href="/churn/what-if/"' in start
    own = page(boss, "/churn/what-if/")
    assert "期初客户数 × 百分点 × 客户平均消费" in own
    cited = page(boss, "/churn/what-if/?points=1&by=revenue")
    assert "流失率每降 1 个百分点，收入增长 10%" in cited
    assert "001 5.1, 6.2" in cited
    assert "不进入任何指标" in cited
    assert "请填写年利润" in page(boss, "/churn/what-if/?points=1&by=profit")
    less = re.sub(r"<[^>]+>", "", page(boss, "/churn/what-if/?points=-1&by=profit&profit=8,000,000"))
    assert "每年约减少 ¥40.0 万" in less, less[less.find("测算结果") :][:200]

    after = list(CustomerState.objects.order_by("pk").values()), list(Relation.objects.order_by("pk").values())
    assert after == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("points=viel", "百分点"),
        ("points=21", "最多"),
        ("points=sNaN", "百分点"),
        ("profit=inf", "金额"),
        ("profit=x", "金额"),
    ],
)
def test_what_is_no_number_is_said_beside_the_field(enterprise: Enterprise, asked: str, words: str) -> None:
    answer = at_work(enterprise.office, "boss").get(f"/churn/what-if/?{asked}")
    shown: Any = answer.content.decode()

    assert answer.status_code == 422
    assert "is-invalid" in shown
    assert words in shown


@pytest.mark.django_db(transaction=True)
def test_who_does_not_see_orders_in_full_is_refused(enterprise: Enterprise) -> None:
    assert at_work(enterprise.office, "seller one").get("/churn/what-if/").status_code == 403
