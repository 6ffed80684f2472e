"""流失率 / CLV 报表: each month, from the same selectors as the page of the churn rate."""

from __future__ import annotations

from typing import Any

from django.db.models import Avg, Count, Sum
from django.utils.translation import gettext_lazy as _

from zhike.customers.public import TIERS, states_seen
from zhike.foundation import reports
from zhike.foundation.access.matrix import Area
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.obligations.rules import Period
from zhike.foundation.records import Choice, Field, Kind
from zhike.foundation.reports import Chart, Column, Content, Letter, Table
from zhike.foundation.reports.declare import ILLUSTRATED
from zhike.foundation.reports.svg import Bar, bars
from zhike.insight.churn import Churn, Part, churn
from zhike.insight.declarations.causes import causes

_NONE = _("none")
_FORMULA = {
    "zh": "流失率 = 期内流失的客户 ÷ 期初客户。流失按已生效的口径判定，与“流失率”页面一致；"
    "客户终身价值取最近一次夜间计算的结果。",
    "en": "Churn rate = customers lost in the period ÷ customers at its start. A loss is told as on the page of the "
    "churn rate; lifetime values are those of the newest night.",
}  # fmt: skip


def _values(viewer: Viewer, _period: Period) -> Content:
    """Rates of the last months, the newest one split by tier and cause, and lifetime value by tier."""
    found = churn(viewer, "month")
    parts: dict[str, Any] = {"formula": {}, "values": _by_tier(viewer)}
    if found is not None:
        parts |= _rates(found)
    return Content(parts, gaps=("loyalty",) if found is not None else ("loyalty", "rate"), as_of=clock.now())


def _rates(found: Churn) -> dict[str, Any]:
    periods = [
        {"key": row.start.isoformat(), "start": row.start, "at_start": row.at_start, "lost": row.lost, "rate": row.rate}
        for row in found.rows
    ]
    return {
        "trend": [[row["key"][:7], row["rate"]] for row in periods],
        "periods": periods[::-1],
        "tiers": [_part(part) for part in found.splits["tier"]],
        "causes": [_part(part) | {"share": part.lost / found.chosen.lost if found.chosen.lost else None}
                   for part in found.causes],
    }  # fmt: skip


def _part(part: Part) -> dict[str, Any]:
    code = part.code or ""
    return {"key": str(code), "code": code, "at_start": part.at_start, "lost": part.lost, "rate": part.rate}


def _by_tier(viewer: Viewer) -> list[dict[str, Any]]:
    """Customers with a fitted value by tier and currency: amounts of two currencies are not added up."""
    rows = states_seen(viewer).exclude(clv_fitted_minor=None).values("tier", "currency").order_by("tier", "currency")
    found = rows.annotate(n=Count("pk"), mean=Avg("clv_fitted_minor"), whole=Sum("clv_fitted_minor"))
    return [
        {"key": f"{row['tier']}:{row['currency']}", "tier": row["tier"], "customers": row["n"],
         "mean": [round(row["mean"]), row["currency"]], "whole": [row["whole"], row["currency"]]}
        for row in found
    ]  # fmt: skip


def _formula(_data: Any, language: str) -> list[str]:
    return [_FORMULA["zh" if language.startswith("zh") else "en"]]


def _trend(data: list[list[Any]], _language: str) -> str:
    return bars([Bar(month, rate or 0, "–" if rate is None else f"{rate:.1%}") for month, rate in data])


def _cause(code: str, _language: str) -> str:
    return next((str(choice.label) for choice in causes() if choice.code == code), str(code or _NONE))


_WITH_NONE = (*TIERS, Choice("", _NONE))
_COUNTS: tuple[Any, ...] = (
    Field("at_start", _("Customers at start"), Kind.NUMBER),
    Field("lost", _("Lost"), Kind.NUMBER),
    Field("rate", _("Churn rate"), Kind.PERCENT, digits=1),
)

reports.register(
    reports.Report(
        code="churn_and_value",
        title=_("Churn rate and lifetime value"),
        purpose=_("How many customers were lost, of which tier and why, and what customers are worth."),
        area=Area.HEALTH,
        query=_values,
        rhythm="monthly",
        owner="operations_analyst",
        readers=("management", "sales_lead", "data_analyst", "customer_analyst"),
        formats=ILLUSTRATED,
        icon="chart-line",
        order=70,
        requirement="MEAS-02",
        gaps={
            "loyalty": _("Loyalty: not measured, because points and referrals are not in the system yet."),
            "rate": _("Churn rate: not measured, because no night has told of losses in a whole month yet."),
        },
        parts=(
            Letter(code="formula", title=_("How it is counted"), say=_formula),
            Chart(code="trend", title=_("Churn rate by month"), draw=_trend),
            Table(code="periods", title=_("By month"), columns=(Field("start", _("Month"), Kind.DATE), *_COUNTS)),
            Table(
                code="tiers",
                title=_("By tier"),
                columns=(Field("code", _("Tier"), Kind.CHOICE, choices=_WITH_NONE), *_COUNTS),
            ),
            Table(
                code="causes",
                title=_("By cause"),
                columns=(
                    Column(Field("code", _("Cause")), _cause),
                    Field("lost", _("Lost"), Kind.NUMBER),
                    Field("share", _("Share"), Kind.PERCENT, digits=0),
                ),
            ),
            Table(
                code="values",
                title=_("Lifetime value by tier"),
                columns=(
                    Field("tier", _("Tier"), Kind.CHOICE, choices=_WITH_NONE),
                    Field("customers", _("Customers"), Kind.NUMBER),
                    Field("mean", _("Mean value"), Kind.MONEY, area=Area.ORDERS),
                    Field("whole", _("Value together"), Kind.MONEY, area=Area.ORDERS),
                ),
                empty=_("No night has computed lifetime values yet."),
            ),
        ),
    )
)  # fmt: skip
