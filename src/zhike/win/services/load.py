"""Bulk loading of contracts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from zhike.customers.public import Line, timeline_add
from zhike.foundation.access.matrix import Area
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.facts.load import facts_load
from zhike.foundation.kit import clock
from zhike.win.models import Contract


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
