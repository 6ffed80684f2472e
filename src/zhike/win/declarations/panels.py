"""What winning shows on its own pages, and on the home page of those who sell and of legal."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import Count, Sum
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from zhike.foundation import obligations
from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Area
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.ui import panels
from zhike.win.models import Contract, Opportunity
from zhike.win.models.opportunity import Stage
from zhike.win.rules.vague import Finding, findings
from zhike.win.services.sellers import SELLERS


def _clauses(_viewer: Viewer, contract: Contract) -> dict[str, Any] | None:
    """The clauses with vague wording marked; then the versions that were."""
    if not contract.clauses and contract.is_signed:
        return None
    found = findings(contract.clauses) if not contract.is_signed else []
    items = [
        {"heading": clause.get("heading", ""), "text": _marked(clause.get("text", ""), found, place)}
        for place, clause in enumerate(contract.clauses)
    ]
    versions = contract.versions.select_related("by").order_by("-number")[:20]
    return {"contract": contract, "clauses": items, "versions": versions}


def _marked(text: str, found: list[Finding], place: int) -> SafeString:
    """The text with each vague wording of its clause in a mark."""
    words = sorted({one.words for one in found if one.clause == place}, key=len, reverse=True)
    if not words:
        return format_html("{}", text)
    parts = re.split("(" + "|".join(re.escape(w) for w in words) + ")", text)
    return format_html_join("", "{}{}", ((part, _mark(mark)) for part, mark in zip(parts[::2], [*parts[1::2], ""],
                                                                                  strict=True)))  # fmt: skip


def _mark(words: str) -> SafeString | str:
    return format_html("<mark>{}</mark>", words) if words else ""


def _findings(viewer: Viewer, contract: Contract) -> dict[str, Any] | None:
    """What stands in the way of the legal review, by clause."""
    if contract.is_signed or contract.status == "cancelled":
        return None
    found = [
        {"number": one.clause + 1, "heading": one.heading, "words": one.words,
         "remedy": one.term.remedy.said_in(viewer.language)}
        for one in findings(contract.clauses)
    ]  # fmt: skip
    return {"findings": found, "contract": contract}


def _reviews(_viewer: Viewer, contract: Contract) -> dict[str, Any] | None:
    reviews = list(contract.reviews.select_related("by").order_by("-at", "-id")[:10])
    return {"reviews": reviews} if reviews else None


def _waiting(viewer: Viewer, _subject: Any) -> dict[str, Any]:
    """Contracts that wait for legal, each with its clock, the next due first."""
    rows = scope.visible(viewer, Contract.objects.filter(status="review")).select_related("customer", "owner")
    contracts = list(rows.order_by("updated_at", "id")[:30])
    clocks = obligations.clocks_of("contract", [c.pk for c in contracts])
    items = []
    for contract in contracts:
        running = [duty for duty in clocks.get(contract.pk, []) if duty.fulfilled_at is None]
        items.append({"contract": contract, "duty": running[0] if running else None})
    items.sort(key=lambda item: item["duty"].due_at if item["duty"] else clock.now())
    return {"items": items}


def _mine(viewer: Viewer, _subject: Any) -> dict[str, Any] | None:
    """My open deals: how many, which are to be followed up by today, what waits for a signature."""
    if viewer.person_id is None:
        return None
    deals = scope.visible(viewer, Opportunity.objects.filter(owner=viewer.person_id, closed_at=None))
    due = deals.filter(next_on__lte=clock.today()).select_related("customer").order_by("next_on", "id")[:8]
    contracts = scope.visible(viewer, Contract.objects.filter(owner=viewer.person_id))
    found = {
        "open": deals.count(),
        "due": list(due),
        "today": clock.today(),
        "approved": contracts.filter(status="approved").count(),
        "returned": contracts.filter(status="returned").count(),
        "person": viewer.person_id,
    }
    sells = viewer.holds("sales_specialist", "customer_manager")
    return found if sells or found["open"] or found["approved"] or found["returned"] else None


def _pipeline(viewer: Viewer, _subject: Any) -> dict[str, Any]:
    """Open deals by stage: how many, their sums by currency, and how long the stage is beside the longest."""
    rows = scope.visible(viewer, Opportunity.objects.filter(closed_at=None))
    found = rows.values("stage", "currency").annotate(n=Count("pk"), amount=Sum("amount_minor")).order_by()
    stages: dict[str, dict[str, Any]] = {}
    for row in found:
        held = stages.setdefault(row["stage"], {"n": 0, "sums": []})
        held["n"] += row["n"]
        held["sums"].append((row["amount"], row["currency"]))
    most = max((held["n"] for held in stages.values()), default=1)
    items = [
        {"code": code, "label": label, "share": round(100 * stages[code]["n"] / most), **stages[code]}
        for code, label in Stage.choices
        if code in stages
    ]
    waiting = scope.visible(viewer, Contract.objects.filter(status__in=("review", "approved")))
    counts = {row["status"]: row["n"] for row in waiting.values("status").annotate(n=Count("pk")).order_by()}
    return {"items": items, "reviewing": counts.get("review", 0), "signing": counts.get("approved", 0)}


_SELLING = frozenset(SELLERS)
for panel in (
    panels.Panel("contracts.main", "clauses", _("Clauses"), "win/_clauses.html", _clauses, order=10),
    panels.Panel("contracts.main", "reviews", _("Opinions of legal"), "win/_reviews.html", _reviews, order=20),
    panels.Panel("contracts.side", "findings", _("Vague wording"), "win/_findings.html", _findings, order=10),
    panels.Panel("home", "deals", _("My opportunities"), "win/_mine.html", _mine, Area.DEALS, order=30,
                 posts=_SELLING),
    panels.Panel("home", "pipeline", _("Open deals by stage"), "win/_pipeline.html", _pipeline, Area.DEALS, order=28,
                 posts=frozenset({"management", "sales_lead"})),
    panels.Panel("home", "reviews", _("Contracts waiting for review"), "win/_waiting.html", _waiting, Area.DEALS,
                 order=10, posts=frozenset({"legal"})),
):  # fmt: skip
    panels.add(panel)
