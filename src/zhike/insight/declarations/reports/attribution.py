"""《客户流失归因报告》: each quarter, why customers were lost, what went with them, and what helped before (B-57)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhike.customers.public import TIERS
from zhike.foundation import reports
from zhike.foundation.access.matrix import Area
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.obligations.rules import Period
from zhike.foundation.records import Choice, Field, Kind
from zhike.foundation.reports import Chart, Column, Content, Figures, Letter, Table
from zhike.foundation.reports.declare import ILLUSTRATED
from zhike.foundation.reports.svg import Bar, bars
from zhike.insight.attribution import Loss, Share, by_cause, losses
from zhike.insight.churn import churn
from zhike.retain.public import cause_words, measure_words, remedies

_KNOWN_BY = (
    Choice("case", _("the retention case")),
    Choice("night", _("the warning before the loss")),
    Choice("", pgettext_lazy("cause", "not known")),
)
_HOW = {
    "zh": "原因优先取挽留案例结案时确认的原因；没有案例的，取流失前最后一次预警的主要诱因；"
    "两者皆无的列为“不明”，不作推测。流失价值为客户最后一笔订单之前一年的消费额，币种不同不相加。",
    "en": "A cause is that with which the retention case ended; without a case, the main cause of the last warning "
    "before the loss; without either it is not known, and nothing is guessed. Value lost is what the customer spent "
    "in the year up to the last order; amounts of two currencies are not added up.",
}  # fmt: skip
_UNKNOWN = {"zh": "不明", "en": "not known"}


def _attribution(viewer: Viewer, period: Period) -> Content:
    """Losses of the quarter, by cause and tier, one by one; against the quarter before."""
    found = churn(viewer, "quarter", period.start)
    if found is None or found.chosen.start != period.start:
        return Content({"how": {}}, gaps=("rate", "processes"), as_of=clock.now())
    rows = losses(viewer, (period.start, period.end))
    shares = by_cause(rows)
    before = next((row for row in reversed(found.rows) if row.end == period.start), None)
    parts: dict[str, Any] = {
        "how": {},
        "figures": {"lost": found.chosen.lost, "at_start": found.chosen.at_start, "rate": found.chosen.rate,
                    "before": before.lost if before else None, "rate_before": before.rate if before else None},
        "chart": [[share.cause, share.lost, share.share] for share in shares],
        "causes": [{"key": share.cause or "none", "cause": share.cause, "lost": share.lost, "share": share.share}
                   for share in shares],
        "values": [row for share in shares for row in _values(share)],
        "tiers": [{"key": part.code or "none", "code": part.code or "", "at_start": part.at_start, "lost": part.lost,
                   "rate": part.rate} for part in found.splits["tier"] if part.lost],
        "customers": [_customer(row) for row in rows],
        "remedies": [{"key": f"{r.cause}:{r.measure}", "cause": r.cause, "measure": r.measure, "used": r.used,
                      "kept": r.kept} for r in remedies([share.cause for share in shares if share.cause])],
    }  # fmt: skip
    return Content(parts, gaps=("processes",), as_of=clock.now())


def _values(share: Share) -> list[dict[str, Any]]:
    return [
        {"key": f"{share.cause or 'none'}:{currency}", "cause": share.cause, "spent": [minor, currency]}
        for currency, minor in sorted(share.spent.items(), key=lambda pair: -pair[1])
    ]


def _customer(row: Loss) -> dict[str, Any]:
    main = max(row.spent.items(), key=lambda pair: pair[1], default=None)
    return {
        "key": str(row.customer_id), "customer": row.customer_id, "tier": row.tier, "lost_on": row.lost_on,
        "cause": row.cause, "known_by": row.known_by, "spent": [main[1], main[0]] if main else None,
        "analysis": row.analysis,
    }  # fmt: skip


def _said(code: Any, language: str) -> str:
    return cause_words(code, language) if code else _UNKNOWN["zh" if language.startswith("zh") else "en"]


def _draw(data: list[list[Any]], language: str) -> str:
    return bars([Bar(_said(cause, language), lost, f"{lost} · {share:.0%}") for cause, lost, share in data])


def _how(_data: Any, language: str) -> list[str]:
    return [_HOW["zh" if language.startswith("zh") else "en"]]


_CAUSE = Column(Field("cause", _("Cause")), _said)
_SPENT = Field("spent", _("Value lost"), Kind.MONEY, area=Area.ORDERS)
_TIERS = (*TIERS, Choice("", _("none")))

reports.register(
    reports.Report(
        code="churn_attribution",
        title=_("Churn attribution"),
        purpose=_("Why customers were lost in the quarter, what went with them, and which measures helped before."),
        area=Area.HEALTH,
        query=_attribution,
        rhythm="quarterly",
        covers="last",
        duty="B-57",
        owner="operations_analyst",
        readers=("management", "product_manager", "service_supervisor", "sales_lead", "customer_manager"),
        formats=ILLUSTRATED,
        icon="chart-pie",
        order=75,
        requirement="RET-15",
        gaps={
            "rate": _("Not measured: no night has told of losses in the whole quarter yet."),
            "processes": _("Changes of processes: for people to propose, in the summary."),
        },
        parts=(
            Letter(code="how", title=_("How causes are told"), say=_how),
            Figures(
                code="figures",
                title=_("The quarter"),
                columns=(
                    Field("lost", _("Customers lost"), Kind.NUMBER),
                    Field("at_start", _("Customers at start"), Kind.NUMBER),
                    Field("rate", _("Churn rate"), Kind.PERCENT, digits=1),
                    Field("before", _("Lost in the quarter before"), Kind.NUMBER),
                    Field("rate_before", _("Churn rate of the quarter before"), Kind.PERCENT, digits=1),
                ),
            ),
            Chart(code="chart", title=_("Customers lost by cause"), draw=_draw),
            Table(
                code="causes",
                title=_("By cause"),
                columns=(_CAUSE, Field("lost", _("Lost"), Kind.NUMBER),
                         Field("share", _("Share"), Kind.PERCENT, digits=0)),
            ),
            Table(code="values", title=_("Value lost by cause"), columns=(_CAUSE, _SPENT)),
            Table(
                code="tiers",
                title=_("By tier"),
                columns=(
                    Field("code", _("Tier"), Kind.CHOICE, choices=_TIERS),
                    Field("at_start", _("Customers at start"), Kind.NUMBER),
                    Field("lost", _("Lost"), Kind.NUMBER),
                    Field("rate", _("Churn rate"), Kind.PERCENT, digits=1),
                ),
            ),
            Table(
                code="remedies",
                title=_("What helped before"),
                columns=(
                    _CAUSE,
                    Column(Field("measure", _("Measure")), measure_words),
                    Field("used", _("Closed cases with it"), Kind.NUMBER),
                    Field("kept", _("Customers kept"), Kind.NUMBER),
                ),
            ),
            Table(
                code="customers",
                title=_("Customers lost"),
                about="customer",
                columns=(
                    Field("customer", _("Customer"), Kind.RELATION, relation="customers"),
                    Field("tier", _("Tier"), Kind.CHOICE, choices=_TIERS),
                    Field("lost_on", _("Lost on"), Kind.DATE),
                    _CAUSE,
                    Field("known_by", _("Known by"), Kind.CHOICE, choices=_KNOWN_BY),
                    _SPENT,
                    Field("analysis", _("What was learnt")),
                ),
                empty=_("No customer was lost in this quarter."),
            ),
        ),
    )
)  # fmt: skip
