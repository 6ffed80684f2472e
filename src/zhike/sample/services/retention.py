"""Retention cases of the past: customers won back were saved, those who departed were lost and archived."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.retain.public import CaseRow, cases_load
from zhike.sample.company import Company
from zhike.sample.services.organisation import Organisation

MOST = 60
_SAVED_DAYS_AGO, _SPREAD_DAYS, _INTERVIEW_HOURS, _WORK_DAYS = 200, 150, 30, 25
_SAYS = {
    "slow_response": ("slow_response", "mention_slow_response", "报修要等好几天，催了也没人说清楚什么时候处理。"),
    "price": ("price", "mention_price", "同样的量，别家报价低一成多，我们很难向上面解释。"),
    "usage": ("unmet_expectation", "feature_use_drop", "买的时候说能打通，实际上大半功能没有用起来。"),
    "budget_cut": ("budget_cut", "mention_budget_cut", "总部今年统一压缩开支，这一块被砍了一半。"),
}
_OTHERWISE = ("no_need", "no_order", "业务方向调整了，暂时用不上。")
_WON_BACK = (*_SAYS.values(), _OTHERWISE)  # who came back had a reason to go, and told it
_SAVES = {
    "slow_response": ("dedicated_service", "指定专属客服，公布直线电话，当天答复。"),
    "price": ("package_resize", "去掉未使用的模块，按实际用量重新报价。"),
    "unmet_expectation": ("custom_training", "安排两次上门培训，逐项启用未用功能。"),
    "budget_cut": ("pay_by_effect", "改为按效果付费，见效后结算。"),
    "no_need": ("executive_visit", "由负责人登门，了解新的需求。"),
}


def retention_load(viewer: Viewer, company: Company, organisation: Organisation, ids: Mapping[int, int]) -> int:
    """Load the cases of the past; says how many. They are the same for the same company."""
    return cases_load(viewer=viewer, rows=list(_rows(company, organisation, ids)), origin="sample")


def _rows(company: Company, organisation: Organisation, ids: Mapping[int, int]) -> Iterator[CaseRow]:
    truth, customers = company.truth, company.customers
    owners = dict(zip(customers.customer_id.tolist(), customers.owner_id.tolist(), strict=True))
    leads = [organisation.staff[member.staff_id] for member in company.staff if member.posts[0] == "sales_lead"]
    told = zip(
        truth.customer_id.tolist(), truth.archetype.tolist(), truth.cause.tolist(), truth.expected_tier.tolist(),
        truth.spend_12m_minor.tolist(), truth.decline_began.astype("datetime64[D]").tolist(), strict=True,
    )  # fmt: skip
    found = [row for row in told if row[1] in ("won_back", "departed") and row[0] in ids]
    for number, kind, cause, tier, spend, began in found[:MOST]:
        ago = dt.timedelta(days=_SAVED_DAYS_AGO + number % _SPREAD_DAYS)
        closed = company.as_of - ago if kind == "won_back" or began is None else began + dt.timedelta(days=_WORK_DAYS)
        lead = leads[number % len(leads)] if tier == "high" and leads else organisation.staff.get(owners[number])
        yield _row(number, ids[number], lead, is_saved=kind == "won_back", cause=cause, tier=tier or "low",
                   value=int(spend), closed=closed)  # fmt: skip


def _row(
    number: int, customer: int, lead: int | None, *, is_saved: bool, cause: str | None, tier: str, value: int,
    closed: dt.date,
) -> CaseRow:  # fmt: skip
    code, signal, words = _SAYS.get(cause or "") or (_WON_BACK[number % len(_WON_BACK)] if is_saved else _OTHERWISE)
    measure, offer = _SAVES[code]
    opened = clock.start_of(closed - dt.timedelta(days=_WORK_DAYS)) + dt.timedelta(hours=9 + number % 8)
    values: dict[str, Any] = {
        "route": "sales_lead" if tier == "high" else "customer_manager",
        "lead_reason": "high_value" if tier == "high" else "other",
        "evidence": ("renewal", "order", "word")[number % 3] if is_saved else "",
        "outcome": "客户认可新的安排，继续合作。" if is_saved else "方案未能打动客户；响应与沟通应更早。",
    }
    return CaseRow(
        external_id=f"S{number}", customer=customer, lead=lead, risk="high", tier=tier, main_cause=signal, cause=code,
        value_at_stake_minor=value, opened_at=opened, interviewed_at=opened + dt.timedelta(hours=_INTERVIEW_HOURS),
        closed_at=clock.start_of(closed) + dt.timedelta(hours=16), end="saved" if is_saved else "archived",
        words=words, measure=measure, offer=offer, goal="继续合作，签署续约",
        cost_minor=(number % 5) * 100_000, **values,
    )  # fmt: skip
