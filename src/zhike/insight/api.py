"""REST routes of insight: the churn rate with the same figures as its page."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.routes import Door, Route
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import typed
from zhike.foundation.kit.refusals import Invalid
from zhike.foundation.records import names
from zhike.insight.churn import PERIODS, Part, churn
from zhike.retain.rules.churn_rate import PeriodChurn

router = Router(tags=["insight"])


class PeriodOut(Schema):
    """One period [start, end); rates are shares, null where nobody was a customer at its start."""

    start: dt.date
    end: dt.date
    at_start: int
    lost: int
    churn_rate: float | None
    retention_rate: float | None


class PartOut(Schema):
    """One tier, department, owner or cause; ``code`` is the stored word or the uid, null where there is none."""

    code: str | None
    at_start: int
    lost: int
    churn_rate: float | None


class ChurnOut(Schema):
    """Customers lost ÷ customers at the start of the period, for the customers within the caller's reach."""

    as_of: dt.date | None
    definition: str | None
    known_from: dt.date | None
    period: str | None
    periods: list[PeriodOut]
    chosen: PeriodOut | None
    by: dict[str, list[PartOut]]


@router.get("/churn", response=ChurnOut, operation_id="insight_churn", summary="churn rate")
def churn_rates(request: HttpRequest, period: str = "", start: str = "") -> dict[str, Any]:
    """The churn rate of the last periods (month, quarter, year), and the one beginning on ``start`` split."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    churn_rates.route.check(viewer)  # type: ignore[attr-defined]
    found = churn(viewer, _period(period), _start(start))
    if found is None:
        return {"as_of": None, "definition": None, "known_from": None, "period": None,
                "periods": [], "chosen": None, "by": {}}  # fmt: skip
    books = {"department": names.departments, "owner": names.people}
    by = {name: [_part(part, books.get(name)) for part in parts] for name, parts in found.splits.items()}
    return {
        "as_of": found.told.as_of,
        "definition": found.told.definition,
        "known_from": found.told.known_from,
        "period": found.period,
        "periods": [_row(row) for row in found.rows],
        "chosen": _row(found.chosen),
        "by": by | {"cause": [_part(part, None) for part in found.causes]},
    }


churn_rates.route = Route(Door.AREA, Area.HEALTH, Level.BASIC)  # type: ignore[attr-defined]


def _period(text: str) -> str:
    if text and text not in PERIODS:
        raise Invalid(fields={"period": "not_an_option"}, options=list(PERIODS))
    return text


def _start(text: str) -> dt.date | None:
    try:
        return typed.day(text) if text else None
    except ValueError:
        raise Invalid(fields={"start": "not_a_date"}) from None


def _row(row: PeriodChurn) -> dict[str, Any]:
    kept = None if row.rate is None else 1 - row.rate
    return {"start": row.start, "end": row.end, "at_start": row.at_start, "lost": row.lost,
            "churn_rate": row.rate, "retention_rate": kept}  # fmt: skip


def _part(part: Part, book: Any) -> dict[str, Any]:
    code = part.code or None
    if book is not None and code is not None:
        named = book.get(code)
        code = str(named.uid) if named else None
    return {"code": code, "at_start": part.at_start, "lost": part.lost, "churn_rate": part.rate}
