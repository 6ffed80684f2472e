"""Where a report comes from: as-of day, files, currency, template, and the policy numbers it used."""

from __future__ import annotations

from collections.abc import Sequence

from zhike.foundation.kit import clock, money
from zhike.foundation.policies.declare import key_of, rules_of
from zhike.foundation.policies.load import entries
from zhike.insight.documents.report import Report
from zhike.insight.policy import ClvPolicy
from zhike.retain.policy import ClockPolicy, HealthPolicy, RiskPolicy, SignalPolicy, WarningPolicy
from zhike.segment.policy import GroupPolicy, LifecyclePolicy, PotentialPolicy, RfmPolicy, StrategyPolicy, TierPolicy

VALUE: tuple[type, ...] = (TierPolicy, RfmPolicy, PotentialPolicy, GroupPolicy, ClvPolicy)
DANGER: tuple[type, ...] = (LifecyclePolicy, HealthPolicy, SignalPolicy, WarningPolicy, RiskPolicy, ClockPolicy)
STRATEGY: tuple[type, ...] = (TierPolicy, LifecyclePolicy, PotentialPolicy, StrategyPolicy)
_UNITS = {
    "days": ("天", "days"), "months": ("个月", "months"), "hours": ("小时", "hours"), "minutes": ("分钟", "minutes"),
    "years": ("年", "years"), "score": ("分", "points"), "points": ("", ""), "count": ("", ""),
    "times": ("次", "times"), "people": ("人", "people"), "customers": ("户", "customers"), "rows": ("行", "rows"),
    "percent": ("%", "%"),
}  # fmt: skip


def origin_lines(report: Report) -> list[str]:
    """The lines that every 说明 sheet begins with."""
    intake, words = report.intake, report.words
    as_of = words(f"as_of.{intake.as_of_evidence}")
    currency = words(f"currency.{intake.plan.currency_evidence}")
    return [
        words("about.as_of", day=intake.as_of.isoformat(), evidence=as_of),
        words("about.made", moment=clock.local(report.made_at).strftime("%Y-%m-%d %H:%M")),
        words("about.files", files=file_names(report)),
        words("about.currency", currency=report.currency, evidence=currency),
        words("about.template", template=words(f"template.{intake.plan.asked.template or 'none'}")),
    ]


def file_names(report: Report) -> str:
    """The files that were used, or a few of them and how many more."""
    names = list(dict.fromkeys(f.understanding.source.path.name for f in report.intake.files if f.understanding.kind))
    shown = report.words("list.comma").join(names[:4])
    left = len(names) - 4
    return shown if left <= 0 else shown + report.words("list.comma") + report.words("list.more", n=left)


def numbers_of(report: Report, policies: Sequence[type]) -> list[tuple[str, str]]:
    """Title and value of every number of these policies, in the report's language."""
    found = []
    for policy in policies:
        values: object = report.policies.get(policy)
        shipped = entries(key_of(policy).split(".")[0])
        for name, rule in rules_of(policy).items():
            title = shipped[f"{key_of(policy)}.{name}"].title.said_in(report.language)
            found.append((title, said_value(report, getattr(values, name), rule.unit)))
    return found


def said_value(report: Report, value: object, unit: str) -> str:
    """A policy value with its unit: money in the data's currency, shares in per cent."""
    if isinstance(value, bool):
        return report.words("column.yes" if value else "column.no")
    if not isinstance(value, int | float):
        return report.words(f"option.{value}")
    if unit == "minor":
        return f"{money.to_major(round(value), 'CNY'):,.0f} {report.currency}"
    if unit == "ratio":
        return f"{value:g}"
    words = _UNITS.get(unit, ("", ""))[report.language == "en"]
    return f"{value:g} {words}".strip()
