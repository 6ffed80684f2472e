"""What other rooms see of a contract."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from zhike.win.models import Contract


@dataclass(frozen=True)
class ContractCard:
    """A contract as the rooms after the signature need it: clauses as (heading, text), the deal's needs beside it."""

    id: int
    uid: UUID
    customer_id: int
    owner_id: int | None
    number: str
    title: str
    starts_on: dt.date
    ends_on: dt.date | None
    signed_on: dt.date | None
    clauses: tuple[tuple[str, str], ...]
    explicit_needs: str


def contract_ids(origin: str, external_ids: Collection[str]) -> dict[str, int]:
    """Numbers of loaded contracts by their external id; unknown ones are missing."""
    rows = Contract.objects.filter(origin=origin, external_id__in=list(external_ids), deleted_at=None)
    return dict(rows.values_list("external_id", "pk"))


def contract_cards(ids: Collection[int]) -> Mapping[int, ContractCard]:
    """Cards by id. The caller has made sure that the viewer works on what follows from these contracts."""
    rows = Contract.objects.filter(pk__in=list(ids), deleted_at=None).select_related("opportunity")
    return {
        row.pk: ContractCard(
            row.pk, row.uid, row.customer_id, row.owner_id, row.number, row.title, row.starts_on, row.ends_on,
            row.signed_on, tuple((c.get("heading", ""), c.get("text", "")) for c in row.clauses),
            row.opportunity.explicit_needs if row.opportunity is not None else "",
        )
        for row in rows
    }  # fmt: skip
