"""Why customers were lost in a period (RET-15): each with the cause as far as it is known, and what went with them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.insight.churn import Period, relations_behind
from zhike.ledger.public import last_year_spent
from zhike.retain.public import cause_behind, last_words

MOST = 20_000
_YEAR = 12  # months


@dataclass(frozen=True)
class Loss:
    """One customer lost. ``cause`` is a code of the playbook, "" if nobody knows; ``known_by`` says from where.

    ``known_by``: ``case`` where a retention case ended with it, ``night`` where only a warning before the loss tells,
    "" for neither. ``spent``: in the year that ended with the last order, in minor units by currency.
    """

    customer_id: int
    tier: str
    lost_on: dt.date
    cause: str
    known_by: str
    spent: dict[str, int]
    case_id: int | None
    analysis: str


def losses(viewer: Viewer, period: Period) -> list[Loss]:
    """Customers within the viewer's reach that were lost in [start, end), the newest first. Raises: Forbidden."""
    rows, _count = relations_behind(viewer, period=period, lost=True, size=MOST)
    lost = {row.customer_id: (row, row.lost_on) for row in rows if row.lost_on is not None}
    words = last_words(viewer, list(lost), clock.start_of(clock.months_before(period[0], _YEAR)))
    spent = last_year_spent(viewer, {pk: lost_on for pk, (_row, lost_on) in lost.items()})
    found = []
    for pk, (row, lost_on) in lost.items():
        word, night = words.get(pk), cause_behind(row.cause)
        known_by = "case" if word and word.cause else "night" if night else ""
        cause = word.cause if word and word.cause else night
        case_id, analysis = (word.case_id, word.analysis) if word else (None, "")
        found.append(Loss(pk, row.tier, lost_on, cause, known_by, spent.get(pk, {}), case_id, analysis))
    return found


@dataclass(frozen=True)
class Share:
    """Losses of one cause: how many customers, of all lost (0 to 1), and what they had spent, by currency."""

    cause: str
    lost: int
    share: float
    spent: dict[str, int]


def by_cause(rows: Sequence[Loss]) -> list[Share]:
    """The losses split by cause, the largest first and the unknown last."""
    groups: dict[str, list[Loss]] = {}
    for row in rows:
        groups.setdefault(row.cause, []).append(row)
    found = [Share(cause, len(held), len(held) / len(rows), _summed(held)) for cause, held in groups.items()]
    return sorted(found, key=lambda share: (not share.cause, -share.lost, share.cause))


def _summed(rows: Sequence[Loss]) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in rows:
        for currency, minor in row.spent.items():
            found[currency] = found.get(currency, 0) + minor
    return found
