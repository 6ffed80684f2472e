"""Duties as pages show them: with the customer they are about, what proves them done, and where to do them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Count, Q
from django.utils.html import escape
from django.utils.translation import gettext

from zhike.customers.public import CustomerCard, cards_of
from zhike.foundation import obligations, reports
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.approvals.declarations.obligations import SUBJECT as SIGNER
from zhike.foundation.approvals.selectors import links_of as approval_links
from zhike.foundation.kit import clock
from zhike.foundation.obligations import declared
from zhike.foundation.obligations.models import Duty, DutyState
from zhike.foundation.records.links import Link, links_of
from zhike.foundation.records.views.calendar import Entry


@dataclass(frozen=True)
class ShownDuty:
    """One duty on a page. ``customer`` is None when it is about none, or the viewer may not see it."""

    duty: Duty
    customer: CustomerCard | None
    proof: Any
    subject: Link | None = None

    @property
    def link(self) -> str:
        """Where it is done: the page of the ticket, contract or report, else the customer's with the composer open."""
        if self.subject is not None:
            return self.subject.url
        if link := reports.link_of_duty(self.duty):
            return link
        return f"/customers/{self.customer.uid}/?do={self.duty.code}" if self.customer else ""


class DepartmentDuties(NamedTuple):
    """Duties that run in one department, and how many of them are overdue."""

    uid: Any
    name: str
    running: int
    overdue: int


def by_department(viewer: Viewer) -> list[DepartmentDuties]:
    """Running duties within reach by the department of the person who owes them, the most overdue first."""
    late = Count("pk", filter=Q(due_at__lt=clock.now()))
    rows = obligations.duties_open(viewer).order_by().values_list("person__department__uid", "person__department__name")
    found = [DepartmentDuties(uid, name or "", n, overdue) for uid, name, n, overdue in
             rows.annotate(n=Count("pk"), overdue=late)]  # fmt: skip
    return sorted(found, key=lambda row: (-row.overdue, -row.running, row.name))


def entry(one: ShownDuty) -> Entry:
    """The duty on its day of a calendar."""
    late = [(gettext("State"), escape(gettext("overdue")))] if one.duty.state == DutyState.BREACHED else []
    about = [(gettext("Customer"), escape(one.customer.name))] if one.customer else []
    return Entry(one.link, str(one.duty.title), late + about)


def shown(viewer: Viewer, duties: Iterable[Duty]) -> list[ShownDuty]:
    """``duties`` with their customers and the records they are about, read in a query each."""
    found = list(duties)
    cards = cards_of(viewer, {d.customer_id for d in found if d.customer_id is not None})
    subjects = links_of(viewer, ((d.subject_kind, d.subject_id) for d in found))
    asked = approval_links([d.subject_id for d in found if d.subject_kind == SIGNER], viewer.language)
    subjects |= {(SIGNER, number): Link(*link) for number, link in asked.items()}
    proofs = {code: declaration.proof for code, declaration in declared().items()}
    return [
        ShownDuty(
            d,
            cards.get(d.customer_id) if d.customer_id else None,
            proofs.get(d.code, ""),
            subjects.get((d.subject_kind, d.subject_id)),
        )
        for d in found
    ]
