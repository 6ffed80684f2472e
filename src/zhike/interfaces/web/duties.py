"""Duties as pages show them: with the customer they are about, what proves them done, and where to do them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from zhike.customers.public import CustomerCard, cards_of
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.obligations import declared
from zhike.foundation.obligations.models import Duty
from zhike.foundation.records.links import Link, links_of


@dataclass(frozen=True)
class ShownDuty:
    """One duty on a page. ``customer`` is None when it is about none, or the viewer may not see it."""

    duty: Duty
    customer: CustomerCard | None
    proof: Any
    subject: Link | None = None

    @property
    def link(self) -> str:
        """Where the duty is done: the page of the ticket or contract, else the customer's with the composer open."""
        if self.subject is not None:
            return self.subject.url
        return f"/customers/{self.customer.uid}/?do={self.duty.code}" if self.customer else ""


def shown(viewer: Viewer, duties: Iterable[Duty]) -> list[ShownDuty]:
    """``duties`` with their customers and the records they are about, read in a query each."""
    found = list(duties)
    cards = cards_of(viewer, {d.customer_id for d in found if d.customer_id is not None})
    subjects = links_of(viewer, ((d.subject_kind, d.subject_id) for d in found))
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
