"""《客户价值矩阵图》: each quarter, from the same selector as the page of the matrix."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

from zhike.customers.public import GROUPS, TIERS, states_seen
from zhike.foundation import reports
from zhike.foundation.access.matrix import Area
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.obligations.rules import Period
from zhike.foundation.records import Choice, Field, Kind
from zhike.foundation.reports import Chart, Content, Figures, Table
from zhike.foundation.reports.declare import CHART
from zhike.foundation.reports.reading import last_content
from zhike.foundation.reports.svg import BLUE, GREY, INK, LINE, QUIET, TEAL, Canvas
from zhike.insight.selectors import BANDS, matrix, newest_night

_CODE = "value_matrix"
_BAND_WORDS = {"low": _("low potential"), "medium": _("medium potential"), "high": _("high potential")}
_W, _H, _LEFT, _TOP = 1000.0, 560.0, 150.0, 60.0


def _matrix(viewer: Viewer, _period: Period) -> Content:
    """Cells and groups as they stand, and who changed the group since the last issue was published."""
    found, night = matrix(viewer), newest_night(viewer)
    placed = states_seen(viewer).filter(group__in=["strategic", "potential"])
    names = ("customer_id", "tier", "potential", "group", "spend_12m_minor", "currency", "owner_id")
    rows = [_row(row) for row in placed.order_by("-group", "-spend_12m_minor", "customer_id").values(*names)]
    last = last_content(_CODE)
    if last is not None:
        before = {row["key"]: row["group"] for row in last.parts.get("customers", [])}
        for row in rows:
            row["before"] = before.get(row["key"], "ordinary")
    whole = sum(group.spend_minor for group in found.groups)
    return Content(
        {
            "sums": {"model": night.template if night else None, "night": night.as_of if night else None,
                     "placed": sum(cell.customers for cell in found.cells), "without": found.without_place,
                     "moved": None if last is None else sum(row["before"] != row["group"] for row in rows)},
            "chart": [[cell.tier, cell.band, cell.customers] for cell in found.cells],
            "groups": [
                {"key": group.code, "group": group.code, "customers": group.customers,
                 "spend": group.spend_minor, "share": group.spend_minor / whole if whole else None,
                 "effort": group.effort_percent / 100}
                for group in found.groups
            ],
            "customers": rows,
        },
        gaps=("first",) if last is None else (),
    )  # fmt: skip


def _row(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "key": str(row["customer_id"]), "customer": row["customer_id"], "tier": row["tier"], "group": row["group"],
        "potential": row["potential"], "spend": [row["spend_12m_minor"], row["currency"]], "owner": row["owner_id"],
    }  # fmt: skip


def _draw(data: list[list[Any]], language: str) -> str:
    """Tiers upwards, potential to the right, a circle as large as its customers are many."""
    canvas = Canvas(_W, _H)
    tiers = list(TIERS)
    wide, high = (_W - _LEFT - 30) / len(BANDS), (_H - _TOP - 90) / len(tiers)
    most = max((n for _tier, _band, n in data), default=0) or 1
    counts = {(tier, band): n for tier, band, n in data}
    with override("zh-hans" if language.startswith("zh") else "en"):
        for down, tier in enumerate(tiers):
            y = _TOP + down * high
            canvas.text(_LEFT - 16, y + high / 2 + 5, str(tier.label), anchor="end", size=15)
            for right, band in enumerate(reversed(BANDS)):
                x, n = _LEFT + right * wide, counts.get((tier.code, band), 0)
                canvas.rect(x, y, wide - 6, high - 6, _color(tier.code, band), radius=6, opacity=0.12)
                if n:
                    canvas.circle(x + wide / 2 - 3, y + high / 2 - 8, 10 + 34 * (n / most) ** 0.5,
                                  _color(tier.code, band))  # fmt: skip
                canvas.text(x + wide / 2 - 3, y + high - 16, f"{n:,}", anchor="middle", size=14, fill=INK)
        for right, band in enumerate(reversed(BANDS)):
            words = str(_BAND_WORDS[band])
            canvas.text(_LEFT + right * wide + wide / 2, _H - 62, words, anchor="middle", size=14, fill=QUIET)
        canvas.line(_LEFT, _H - 86, _W - 30, _H - 86, LINE)
        canvas.text(_LEFT, 34, str(_("Customers by value and potential")), size=19, bold=True)
    return canvas.drawn()


def _color(tier: str, band: str) -> str:
    """As the three groups: of high value, of high potential, the others."""
    return BLUE if tier == "high" else TEAL if band == "high" else GREY


_WITH_NONE = (*GROUPS, Choice("", _("none")))

reports.register(
    reports.Report(
        code=_CODE,
        title=_("Customer value matrix"),
        purpose=_("Where the customers stand on value and potential, and how effort is shared among the groups."),
        area=Area.STRATEGY,
        query=_matrix,
        rhythm="quarterly",
        duty="B-51",
        owner="customer_analyst",
        readers=("management", "operations_specialist", "operations_analyst", "sales_lead", "customer_manager",
                 "sales_specialist"),
        formats=CHART,
        icon="chart-dots-3",
        order=40,
        requirement="SEG-05",
        gaps={"first": _("Moves since the last edition: not measured, because this is the first one published.")},
        parts=(
            Figures(
                code="sums",
                title=_("At a glance"),
                columns=(
                    Field("placed", _("Customers with a place"), Kind.NUMBER),
                    Field("without", _("Without a place"), Kind.NUMBER),
                    Field("moved", _("Changed the group"), Kind.NUMBER),
                    Field("night", _("As of"), Kind.DATE),
                    Field("model", _("Industry template")),
                ),
            ),
            Chart(code="chart", title=_("Customers by value and potential"), draw=_draw),
            Table(
                code="groups",
                title=_("Groups and their share of effort"),
                columns=(
                    Field("group", _("Group"), Kind.BADGE, choices=GROUPS),
                    Field("customers", _("Customers"), Kind.NUMBER),
                    Field("spend", _("Spend in 12 months"), Kind.MONEY, area=Area.ORDERS),
                    Field("share", _("Share of spend"), Kind.PERCENT, digits=1, area=Area.ORDERS),
                    Field("effort", _("Share of effort"), Kind.PERCENT, digits=0),
                ),
            ),
            Table(
                code="customers",
                title=_("Strategic and potential customers"),
                about="customer",
                empty=_("Nobody stands in these groups yet."),
                columns=(
                    Field("customer", _("Customer"), Kind.RELATION, relation="customers"),
                    Field("group", _("Group"), Kind.BADGE, choices=GROUPS),
                    Field("before", _("Group before"), Kind.CHOICE, choices=_WITH_NONE),
                    Field("tier", _("Tier"), Kind.BADGE, choices=TIERS),
                    Field("potential", pgettext_lazy("score", "Potential"), Kind.PERCENT, digits=0),
                    Field("spend", _("Spend in 12 months"), Kind.MONEY, area=Area.ORDERS),
                    Field("owner", _("Owner"), Kind.PERSON),
                ),
            ),
        ),
    )
)  # fmt: skip
