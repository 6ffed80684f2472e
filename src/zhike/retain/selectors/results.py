"""Saved and lost, counted: by period, cause, measure, tier and owner (MEAS-02, RET-18)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.retain.models import RetentionCase
from zhike.retain.rules.effect import Limits, share_limits

BY = ("cause", "tier", "owner")
LOST = ("lost", "archived")


@dataclass(frozen=True)
class Result:
    """Closed cases: how many customers were saved and lost, the value that was at stake, what their plans cost.

    Amounts in minor units by currency, the largest first: those of two currencies are not added up.
    """

    saved: int
    lost: int
    saved_value: Mapping[str, int]
    lost_value: Mapping[str, int]
    cost: Mapping[str, int]

    @property
    def saved_share(self) -> float | None:
        """Saved ÷ closed, None where nothing was closed."""
        return self.saved / self.closed if self.closed else None

    @property
    def closed(self) -> int:
        return self.saved + self.lost

    @property
    def limits(self) -> Limits | None:
        """Between what the true share saved lies, as far as these cases can tell."""
        return share_limits(self.saved, self.closed) if self.closed else None


@dataclass(frozen=True)
class CasesCounted:
    """What became of the cases closed from ``start`` to ``end`` (included), together and split.

    ``by_cause`` splits by what is known best: the true reason, what the interview found, what the night found;
    ``by_measure`` by the measure of the plan, "" where none was written; ``by_owner`` by the number of who led;
    ``by_month`` by the month's first day. The largest part comes first.
    """

    start: dt.date
    end: dt.date
    total: Result
    by_cause: dict[str, Result]
    by_measure: dict[str, Result]
    by_tier: dict[str, Result]
    by_owner: dict[int | None, Result]
    by_month: dict[dt.date, Result]


class _Closed(NamedTuple):
    state: str
    closed_at: dt.datetime
    cause: str
    tier: str
    owner_id: int | None
    value_at_stake_minor: int | None
    currency: str
    plan__measure: str | None
    plan__cost_minor: int | None
    plan__currency: str | None


def cases_counted(viewer: Viewer, start: dt.date, end: dt.date) -> CasesCounted:
    """Cases within the viewer's reach that were closed on the days from ``start`` to ``end``. Raises: Forbidden."""
    viewer.require(Area.HEALTH, Level.BASIC)
    rows = scope.visible(viewer, RetentionCase.objects.all()).filter(
        closed_at__gte=clock.start_of(start), closed_at__lt=clock.start_of(end + dt.timedelta(days=1))
    )
    found = [_Closed(*row) for row in rows.values_list(*_Closed._fields)]
    return CasesCounted(
        start=start,
        end=end,
        total=_result(found),
        by_cause=_split(found, lambda row: row.cause),
        by_measure=_split(found, lambda row: row.plan__measure or ""),
        by_tier=_split(found, lambda row: row.tier),
        by_owner=_split(found, lambda row: row.owner_id),
        by_month=_split(found, lambda row: clock.local(row.closed_at).date().replace(day=1)),
    )


def _split(rows: Iterable[_Closed], part: Callable[[_Closed], Hashable]) -> dict[Any, Result]:
    groups: dict[Hashable, list[_Closed]] = {}
    for row in rows:
        groups.setdefault(part(row), []).append(row)
    return {name: _result(groups[name]) for name in sorted(groups, key=lambda name: (-len(groups[name]), str(name)))}


def _result(rows: list[_Closed]) -> Result:
    saved, lost = [r for r in rows if r.state == "saved"], [r for r in rows if r.state in LOST]
    cost = _summed((row.plan__currency or row.currency, row.plan__cost_minor) for row in rows)
    return Result(len(saved), len(lost), _values(saved), _values(lost), cost)


def _values(rows: list[_Closed]) -> dict[str, int]:
    return _summed((row.currency, row.value_at_stake_minor) for row in rows)


def _summed(amounts: Iterable[tuple[str, int | None]]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for currency, minor in amounts:
        found[currency] += minor or 0
    return {currency: minor for currency, minor in found.most_common() if minor}
