"""《高潜力线索清单》: each week, the open leads worth the most effort, for the sellers (ACQ-06)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from zhike.acquire.models.lead import Source
from zhike.acquire.selectors import leads_worth
from zhike.acquire.wording import reasons_said
from zhike.foundation import reports
from zhike.foundation.access.matrix import Area
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.obligations.rules import Period
from zhike.foundation.records import Choice, Field, Kind
from zhike.foundation.reports import Column, Content, Table

_GRADES = (Choice("A", "A", "strong", "flame"), Choice("B", "B", "info", "trending-up"))
_SOURCES = tuple(Choice(code, label) for code, label in Source.choices)
# What is best done next, by how far the lead is.
_ACTIONS = {
    "pool": _("Take it from the pool and make the first contact"),
    "new": _("Make the first contact"),
    "quiet": _("Follow up: nothing has happened for a while"),
    "contacted": _("Decide on deep follow-up"),
    "followed": _("Turn it into an opportunity"),
}


def _leads(viewer: Viewer, _period: Period) -> Content:
    return Content({"leads": [_row(row) for row in leads_worth(viewer)]}, gaps=("score",))


def _row(row: dict[str, Any]) -> dict[str, Any]:
    step = "quiet" if row["is_quiet"] else "pool" if row["owner_id"] is None else row["state"]
    parts = {"match": 0, "urgency": 0, "repeat": 0}
    for reason in row["grade_reasons"]:
        first = reason["code"].split("_")[0]
        parts[first if first in parts else "match"] += int(reason["points"])
    return {
        "key": str(row["uid"]), "lead": row["id"], "grade": row["grade"], "points": row["grade_points"], **parts,
        "source": row["source"], "need": row["need"], "reasons": row["grade_reasons"], "action": step,
        "owner": row["owner_id"],
    }  # fmt: skip


def _reasons(stored: Any, language: str) -> str:
    with override("zh-hans" if language.startswith("zh") else "en"):
        told = [words for words, points in reasons_said(stored) if points]
    return ("；" if language.startswith("zh") else "; ").join(told)


def _action(code: str, _language: str) -> str:
    return str(_ACTIONS.get(code, code))


reports.register(
    reports.Report(
        code="promising_leads",
        title=_("Promising leads"),
        purpose=_("Which open leads are worth the most effort this week, why, and what is best done next."),
        area=Area.LEADS,
        query=_leads,
        rhythm="weekly",
        duty="B-41",
        owner="data_analyst",
        readers=("sales_specialist", "sales_lead", "market_specialist", "customer_manager", "management"),
        icon="magnet",
        order=60,
        requirement="ACQ-06",
        gaps={"score": _("Learned score: not measured, because no model of leads has been trained yet; the points "
                         "of the grade stand in its place.")},
        parts=(
            Table(
                code="leads",
                title=_("Leads of grade A and B, the best first"),
                about="lead",
                excludes=True,
                empty=_("No open lead is of grade A or B."),
                columns=(
                    Field("lead", _("Lead"), Kind.RELATION, relation="leads"),
                    Field("grade", _("Grade"), Kind.BADGE, choices=_GRADES),
                    Field("points", _("Points"), Kind.NUMBER),
                    Field("match", _("Match"), Kind.NUMBER),
                    Field("urgency", _("Urgency"), Kind.NUMBER),
                    Field("repeat", _("Asked again"), Kind.NUMBER),
                    Field("source", _("Source"), Kind.CHOICE, choices=_SOURCES),
                    Field("need", _("Need")),
                    Column(Field("reasons", _("Reason")), _reasons),
                    Column(Field("action", _("Suggested action")), _action),
                    Field("owner", _("Owner"), Kind.PERSON),
                ),
            ),
        ),
    )
)  # fmt: skip
