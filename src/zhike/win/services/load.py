"""Bulk loading of contracts and opportunities."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from zhike.customers.public import Line, timeline_add
from zhike.foundation.access.matrix import Area
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.facts.load import facts_load
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Invalid
from zhike.win.models import Contract, Opportunity
from zhike.win.services.contract import NUMBER_TAKEN

_PIECE = 500


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
    """Load contracts with a line each on the timeline. Raises: Forbidden, Invalid (a number twice, or taken)."""
    _require_numbers_free(rows, origin)
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


def _require_numbers_free(rows: Sequence[ContractRow], origin: str) -> None:
    own = {row.number: row.external_id for row in rows}
    twice = [number for number, count in Counter(row.number for row in rows).items() if count > 1]
    numbers = list(own)
    for first in range(0, len(numbers), _PIECE):
        held = Contract.objects.filter(number__in=numbers[first : first + _PIECE])
        twice += [
            number
            for number, was, external_id in held.values_list("number", "origin", "external_id")
            if (was, external_id) != (origin, own[number])
        ]
    if twice:
        raise Invalid(fields={"number": NUMBER_TAKEN}, numbers=sorted(twice)[:20])


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
