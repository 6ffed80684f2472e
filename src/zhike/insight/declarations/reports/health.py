"""《客户健康度报告》: each half-year, from the health that the nights computed."""

from __future__ import annotations

from typing import Any

from django.db.models import Avg, Count, F, Q
from django.utils.translation import gettext_lazy as _

from zhike.customers.public import RISKS, TIERS, states_seen
from zhike.foundation import reports
from zhike.foundation.access.matrix import Area
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.obligations.rules import Period
from zhike.foundation.policies import current
from zhike.foundation.records import Choice, Field, Kind
from zhike.foundation.reports import Chart, Column, Content, Figures, Table
from zhike.foundation.reports.declare import ILLUSTRATED
from zhike.foundation.reports.svg import BLUE, ORANGE, RED, TEAL, columns
from zhike.insight.declarations.causes import causes
from zhike.insight.selectors import newest_night
from zhike.insight.wording import sentence
from zhike.retain.policy import WarningPolicy
from zhike.retain.public import plans_under_way, recommending

_BANDS = ((0, 40), (40, 60), (60, 70), (70, 80), (80, 90), (90, 101))
_ASKED_MONTHS = 12  # one patrol of each customer, whatever its cycle
_COLORS = (RED, RED, ORANGE, TEAL, TEAL, BLUE)


def _health(viewer: Viewer, period: Period) -> Content:
    """Health now, against the night before the change; nothing where no night was done.

    How likely customers are to recommend us is what patrols of the year up to the period's end have heard.
    """
    scored = states_seen(viewer).exclude(health=None)
    limit = current().get(WarningPolicy).health_limit
    low = Q(health__lt=limit)
    found = scored.aggregate(
        scored=Count("pk"), mean=Avg("health"), low=Count("pk", filter=low),
        high=Count("pk", filter=Q(risk="high")), fell=Count("pk", filter=Q(health__lt=F("health_before"))),
    )  # fmt: skip
    counts = scored.aggregate(**{f"b{n}": Count("pk", filter=_band(band)) for n, band in enumerate(_BANDS)})
    night = newest_night(viewer)
    said = recommending(viewer, clock.months_before(period.end, _ASKED_MONTHS), period.end)
    gaps = [*["nps"] * (not said.answers), *["dimensions"] * (not found["scored"])]
    return Content(
        {
            "sums": {**found, "limit": limit, "unscored": states_seen(viewer).filter(health=None).count(),
                     "night": night.as_of if night else None, "nps": said.nps, "answers": said.answers},
            "spread": [[low, min(high, 100), counts[f"b{n}"]] for n, (low, high) in enumerate(_BANDS)],
            "customers": [_row(row) for row in _listed(scored)],
            "plans": plans_under_way(viewer),
        },
        gaps=tuple(gaps),
    )  # fmt: skip


def _band(band: tuple[int, int]) -> Q:
    return Q(health__gte=band[0], health__lt=band[1])


def _listed(scored: Any) -> Any:
    """The least healthy first: a report that is cut off keeps those who matter."""
    names = ("customer_id", "tier", "health", "health_before", "risk", "main_cause", "owner_id", "reasons")
    return scored.order_by("health", "customer_id").values(*names)


def _row(row: dict[str, Any]) -> dict[str, Any]:
    before = row["health_before"]
    told = (row["reasons"] or {}).get("health_reasons") or []
    return {
        "key": str(row["customer_id"]), "customer": row["customer_id"], "tier": row["tier"], "health": row["health"],
        "change": None if before is None else round(row["health"] - before, 1), "risk": row["risk"],
        "main_cause": row["main_cause"], "owner": row["owner_id"],
        "reasons": [[reason["code"], reason.get("data") or {}] for reason in told],
    }  # fmt: skip


def _reasons(stored: list[Any], language: str) -> str:
    """What of the four dimensions counted, in sentences."""
    said = [_said(code, data, language).rstrip("。.") for code, data in stored]
    return ("；" if language.startswith("zh") else "; ").join(said)


def _said(code: str, data: dict[str, Any], language: str) -> str:
    try:
        return sentence(code, data, language)
    except KeyError:
        return code


def _spread(data: list[list[int]], language: str) -> str:
    """How many customers stand in each band of health."""
    del language  # Numbers only.
    return columns([(f"{low}–{high}", n, color) for (low, high, n), color in zip(data, _COLORS, strict=True)])


_STATES = (Choice("draft", _("Draft")), Choice("submitted", _("To be decided")), Choice("approved", _("Approved")),
           Choice("returned", _("Returned")))  # fmt: skip

reports.register(
    reports.Report(
        code="customer_health",
        title=_("Customer health report"),
        purpose=_("How healthy the customers are, who is below the limit and why, and what is done for them."),
        area=Area.HEALTH,
        query=_health,
        rhythm="half_yearly",
        duty="B-61",
        owner="success_manager",
        readers=("management", "customer_manager", "sales_lead"),
        formats=ILLUSTRATED,
        icon="heartbeat",
        order=30,
        requirement="RET-06",
        gaps={
            "nps": _("NPS: not measured, because no patrol of the last year has asked for it."),
            "dimensions": _("Dimensions of health: not measured, because no night has computed health yet."),
        },
        parts=(
            Figures(
                code="sums",
                title=_("At a glance"),
                columns=(
                    Field("scored", _("Customers with a score"), Kind.NUMBER),
                    Field("unscored", _("Without a score"), Kind.NUMBER),
                    Field("mean", _("Mean health"), Kind.NUMBER, digits=1),
                    Field("limit", _("Limit"), Kind.NUMBER),
                    Field("low", _("Below the limit"), Kind.NUMBER),
                    Field("high", _("High risk"), Kind.NUMBER),
                    Field("fell", _("Fallen since the night before"), Kind.NUMBER),
                    Field("nps", _("NPS, as patrols heard it"), Kind.NUMBER),
                    Field("answers", _("Answers behind it"), Kind.NUMBER),
                    Field("night", _("As of"), Kind.DATE),
                ),
            ),
            Chart(code="spread", title=_("Customers by health"), draw=_spread),
            Table(
                code="customers",
                title=_("Customers by health, the least healthy first"),
                about="customer",
                empty=_("No night has computed health yet."),
                columns=(
                    Field("customer", _("Customer"), Kind.RELATION, relation="customers"),
                    Field("tier", _("Tier"), Kind.BADGE, choices=TIERS),
                    Field("health", _("Health"), Kind.NUMBER, digits=1),
                    Field("change", _("Change"), Kind.NUMBER, digits=1),
                    Column(Field("reasons", _("What counted")), _reasons),
                    Field("risk", _("Risk"), Kind.BADGE, choices=RISKS),
                    Field("main_cause", _("Main cause"), Kind.CHOICE, choices=causes),
                    Field("owner", _("Owner"), Kind.PERSON),
                ),
            ),
            Table(
                code="plans",
                title=_("Retention plans under way"),
                about="case",
                empty=_("No retention plan is under way."),
                columns=(
                    Field("case", _("Retention case"), Kind.RELATION, relation="retentions"),
                    Field("state", _("Plan"), Kind.CHOICE, choices=_STATES),
                    Field("goal", _("Goal")),
                    Field("goal_on", _("Goal reached by"), Kind.DATE),
                    Field("owner", _("Owner"), Kind.PERSON),
                ),
            ),
        ),
    )
)
