"""挽留效果评估: each quarter, what measures kept, by measure and cause, and whether the cases can tell (B-65)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhike.foundation import reports
from zhike.foundation.access.matrix import Area
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.obligations.rules import Period
from zhike.foundation.records import Choice, Field, Kind
from zhike.foundation.reports import Chart, Column, Content, Figures, Letter, Table
from zhike.foundation.reports.declare import ILLUSTRATED
from zhike.foundation.reports.svg import Bar, bars
from zhike.retain.rules.effect import compared
from zhike.retain.selectors.results import Result, cases_counted
from zhike.retain.wording import cause_words, measure_words

MONTHS = 12
_HOW = {
    "zh": "统计范围为截至本季末十二个月内结案的挽留案例。留存比例附 95% 置信区间（Wilson）；“与其他相比”仅在两者之差的"
    "区间不含零时给出结论，否则写明案例尚不足以判断。保住的价值为案例开启时的在险价值，成本为方案所列成本。",
    "en": "Retention cases closed in the twelve months up to the end of the quarter. Shares carry their 95 % limits "
    "(Wilson). Against the others a verdict is given only where the limits of the difference leave out zero; "
    "otherwise it says that the cases cannot tell. Value kept is the value at stake when the case was opened; cost is "
    "that of the plan.",
}  # fmt: skip
_VERDICTS = (
    Choice("better", _("kept more than the others"), "good"),
    Choice("worse", _("kept fewer than the others"), "bad"),
    Choice("open", _("these cases cannot tell"), "neutral"),
)
_NONE = {"zh": "未写方案", "en": "no plan"}


def _effect(viewer: Viewer, period: Period) -> Content:
    """Cases closed in the year that ends with the quarter: one quarter alone closes too few to tell anything."""
    counted = cases_counted(viewer, clock.months_before(period.end, MONTHS), period.end - dt.timedelta(days=1))
    total = counted.total
    figures = {"closed": total.closed, "saved": total.saved, "share": total.saved_share}
    if total.limits is not None:
        figures |= {"low": total.limits.low, "high": total.limits.high}
    return Content(
        {
            "how": {},
            "figures": figures,
            "chart": [[code, row.saved_share, row.closed] for code, row in counted.by_measure.items()],
            "measures": _rows(counted.by_measure, total),
            "causes": _rows(counted.by_cause, total),
            "amounts": [row for code, result in counted.by_measure.items() for row in _amounts(code, result)],
        },
        gaps=("control",),
        as_of=clock.now(),
    )


def _rows(parts: Mapping[str, Result], total: Result) -> list[dict[str, Any]]:
    found = []
    for code, row in parts.items():
        limits = row.limits
        found.append(
            {"key": code or "none", "code": code, "closed": row.closed, "saved": row.saved, "share": row.saved_share,
             "low": limits.low if limits else None, "high": limits.high if limits else None,
             "verdict": compared(row.saved, row.closed, total.saved - row.saved, total.closed - row.closed)}
        )  # fmt: skip
    return found


def _amounts(code: str, result: Result) -> list[dict[str, Any]]:
    """Kept, lost and spent on it, a row for each currency."""
    currencies = dict.fromkeys((*result.saved_value, *result.lost_value, *result.cost))
    return [
        {"key": f"{code or 'none'}:{currency}", "code": code, "kept": [result.saved_value.get(currency, 0), currency],
         "lost": [result.lost_value.get(currency, 0), currency], "cost": [result.cost.get(currency, 0), currency]}
        for currency in currencies
    ]  # fmt: skip


def _measure(code: Any, language: str) -> str:
    return measure_words(code, language) if code else _NONE["zh" if language.startswith("zh") else "en"]


def _how(_data: Any, language: str) -> list[str]:
    return [_HOW["zh" if language.startswith("zh") else "en"]]


def _draw(data: list[list[Any]], language: str) -> str:
    return bars([Bar(_measure(code, language), share or 0, f"{share:.0%} ({n})") for code, share, n in data if n])


def _columns(first: Any) -> tuple[Any, ...]:
    return (
        first,
        Field("closed", _("Closed cases"), Kind.NUMBER),
        Field("saved", _("Saved"), Kind.NUMBER),
        Field("share", _("Share saved"), Kind.PERCENT, digits=0),
        Field("low", _("at least"), Kind.PERCENT, digits=0),
        Field("high", _("at most"), Kind.PERCENT, digits=0),
        Field("verdict", _("Against the others"), Kind.BADGE, choices=_VERDICTS),
    )


_MEASURE = Column(Field("code", _("Measure")), _measure)

reports.register(
    reports.Report(
        code="retention_effect",
        title=_("Effect of retention"),
        purpose=_("Which measures kept customers against which cause, at what cost, and what the cases can tell."),
        area=Area.HEALTH,
        query=_effect,
        rhythm="quarterly",
        covers="last",
        duty="B-65",
        owner="operations_analyst",
        readers=("management", "sales_lead", "success_manager", "customer_manager", "data_specialist"),
        formats=ILLUSTRATED,
        icon="lifebuoy",
        order=76,
        requirement="RET-18",
        gaps={
            "control": _("Against a control group: not measured, because no warned customer is left without help."),
        },
        parts=(
            Letter(code="how", title=_("How it is counted"), say=_how),
            Figures(
                code="figures",
                title=_("All closed cases"),
                columns=(
                    Field("closed", _("Closed cases"), Kind.NUMBER),
                    Field("saved", _("Saved"), Kind.NUMBER),
                    Field("share", _("Share saved"), Kind.PERCENT, digits=0),
                    Field("low", _("at least"), Kind.PERCENT, digits=0),
                    Field("high", _("at most"), Kind.PERCENT, digits=0),
                ),
            ),
            Chart(code="chart", title=_("Share saved by measure"), draw=_draw),
            Table(code="measures", title=_("By measure"), columns=_columns(_MEASURE),
                  empty=_("No case was closed in this time.")),
            Table(code="causes", title=_("By cause"),
                  columns=_columns(Column(Field("code", _("Cause")), cause_words))),
            Table(
                code="amounts",
                title=_("What it kept and what it cost"),
                columns=(
                    _MEASURE,
                    Field("kept", _("Value kept"), Kind.MONEY, area=Area.ORDERS),
                    Field("lost", _("Value lost"), Kind.MONEY, area=Area.ORDERS),
                    Field("cost", _("Cost of the plans"), Kind.MONEY),
                ),
            ),
        ),
    )
)  # fmt: skip
