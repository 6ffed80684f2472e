"""《客户流失预警名单》: each week, what the nights propose, published by the data specialist."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhike.customers.public import RISKS, TIERS, customers_hold
from zhike.foundation import reports
from zhike.foundation.access.matrix import Area
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.obligations.rules import Period
from zhike.foundation.records import Choice, Field, Kind
from zhike.foundation.reports import Column, Content, Table
from zhike.foundation.reports.declare import Row
from zhike.retain.causes import causes, signal_words
from zhike.retain.selectors.warnings import WarningCard, warnings_by_uid, warnings_listed
from zhike.retain.services.warning import warning_dismiss, warnings_publish

_STATES = (
    Choice("proposed", _("Proposed"), "info"),
    Choice("published", _("Published"), "warn"),
)
_ALL = 1_000_000  # a report keeps as many as its own limit allows


def _warned(viewer: Viewer, _period: Period) -> Content:
    """What the nights propose, and what was published before and waits for contact: the most dangerous first."""
    found = itertools.chain.from_iterable(
        warnings_listed(viewer, state=state, size=_ALL) for state in ("proposed", "published")
    )
    return Content({"customers": [_row(card) for card in found]})


def _row(card: WarningCard) -> dict[str, Any]:
    return {
        "key": str(card.uid),
        "customer": card.customer_id,
        "tier": card.tier,
        "risk": card.risk,
        "main_cause": card.main_cause,
        "signals": [[signal["code"], signal.get("evidence") or {}] for signal in card.signals],
        "health": card.health,
        "contact_due_at": card.contact_due_at,
        "owner": card.owner_id,
        "state": card.state,
    }


def _signals(stored: Sequence[Any], language: str) -> str:
    said = [signal_words(code, evidence, language).rstrip("。.") for code, evidence in stored]
    return ("；" if language.startswith("zh") else "; ").join(said)


def _publish(*, viewer: Viewer, kept: Sequence[Row], out: Sequence[tuple[Row, str]]) -> Mapping[str, Row]:
    """Publish the warnings that stay on the list, so that the contact clock starts, and dismiss those left out.

    What somebody decided meanwhile stays decided. Returns the contact time that each row has now.
    """
    customers_hold(sorted({row["customer"] for row in (*kept, *(row for row, _reason in out))}))
    now = warnings_by_uid(viewer, [row["key"] for row in (*kept, *(row for row, _reason in out))])
    warnings_publish(viewer=viewer, uids=[card.uid for row in kept if (card := now.get(row["key"])) and _waits(card)])
    for row, reason in out:
        if (card := now.get(row["key"])) is not None and _waits(card):
            warning_dismiss(viewer=viewer, uid=card.uid, reason=reason)
    after = warnings_by_uid(viewer, [row["key"] for row in kept])
    return {
        key: {"contact_due_at": card.contact_due_at, "state": card.state, "owner": card.owner_id}
        for key, card in after.items()
    }


def _waits(card: WarningCard) -> bool:
    return card.state == "proposed"


reports.register(
    reports.Report(
        code="churn_warnings",
        title=_("Churn warning list"),
        purpose=_("Which customers may leave, how likely and why, and until when somebody has to talk to them."),
        area=Area.HEALTH,
        query=_warned,
        rhythm="weekly",
        duty="B-42",
        owner="data_specialist",
        readers=("customer_manager", "sales_lead", "success_manager", "sales_specialist", "management"),
        on_publish=_publish,
        icon="alert-triangle",
        order=10,
        requirement="RET-07",
        parts=(
            Table(
                code="customers",
                title=_("Customers at risk"),
                about="customer",
                excludes=True,
                empty=_("The nights of this period found nobody who may leave."),
                columns=(
                    Field("customer", _("Customer"), Kind.RELATION, relation="customers"),
                    Field("tier", _("Tier"), Kind.BADGE, choices=TIERS),
                    Field("risk", _("Risk"), Kind.BADGE, choices=RISKS),
                    Field("main_cause", _("Main cause"), Kind.CHOICE, choices=causes),
                    Column(Field("signals", _("Signals")), _signals),
                    Field("health", _("Health"), Kind.NUMBER, digits=1),
                    Field("contact_due_at", _("Contact due"), Kind.DATETIME),
                    Field("owner", _("Owner"), Kind.PERSON),
                    Field("state", _("State"), Kind.BADGE, choices=_STATES),
                ),
            ),
        ),
    )
)
