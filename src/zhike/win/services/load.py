"""Bulk loading of contracts and opportunities."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from zhike.customers.public import Line, timeline_add
from zhike.foundation.access.matrix import Area
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.facts.load import facts_load
from zhike.foundation.kit import clock
from zhike.win.models import Contract, Opportunity


class ContractRow(NamedTuple):
    """A signed contract; ``customer`` is the database id, the value in minor units."""

    external_id: str
    customer: int
    number: str
    title: str
    signed_on: dt.date
    starts_on: dt.date
    ends_on: dt.date | None
    value_minor: int
    currency: str


def contracts_load(*, viewer: Viewer, rows: Sequence[ContractRow], origin: str) -> int:
    """Load contracts with a line each on the timeline. Raises: Forbidden."""
    written = facts_load(
        viewer=viewer, model=Contract, area=Area.DEALS, fields=ContractRow._fields, rows=rows, origin=origin
    )
    timeline_add(
        [
            Line(
                row.customer,
                clock.start_of(row.signed_on) + dt.timedelta(hours=12),
                "deals",
                "contract.signed",
                {"number": row.number, "value_minor": row.value_minor, "currency": row.currency},
            )
            for row in rows
        ]
    )
    return written


class OpportunityRow(NamedTuple):
    """A deal of the past or on its way; ``customer``, ``owner`` and ``department`` are database ids."""

    external_id: str
    customer: int
    owner: int | None
    department: int | None
    title: str
    stage: str
    amount_minor: int
    opened_at: dt.datetime
    stage_since: dt.datetime
    closed_at: dt.datetime | None
    loss_reason: str


def opportunities_load(*, viewer: Viewer, rows: Sequence[OpportunityRow], origin: str) -> int:
    """Load deals with their lines on the timeline. Raises: Forbidden."""
    written = facts_load(
        viewer=viewer, model=Opportunity, area=Area.DEALS, fields=OpportunityRow._fields, rows=rows, origin=origin
    )
    lines = [Line(row.customer, row.opened_at, "deals", "opportunity.opened", {"title": row.title}) for row in rows]
    lines += [
        Line(row.customer, row.closed_at, "deals", f"opportunity.{row.stage}",
             {"title": row.title, "reason": row.loss_reason})
        for row in rows
        if row.closed_at is not None
    ]  # fmt: skip
    timeline_add(lines)
    return written
