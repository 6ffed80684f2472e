"""The policies in force at a moment: the shipped ones, the template, and the changes that have taken effect."""

from __future__ import annotations

import bisect
import datetime as dt
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from zhike.foundation.kit import clock
from zhike.foundation.kit.rereading import Rereading
from zhike.foundation.policies.load import PolicySet
from zhike.foundation.policies.models import (
    TEMPLATE_KEY,
    Action,
    PolicyProposal,
    PolicyVersion,
    ProposalState,
)


@dataclass(frozen=True)
class Change:
    """A version as the cache keeps it."""

    id: int
    key: str
    action: str
    value: Any
    effective_from: dt.datetime


@dataclass(frozen=True)
class Known:
    """All changes in the order of taking effect; ``sets`` are folded once."""

    changes: tuple[Change, ...]
    sets: dict[int, PolicySet] = field(default_factory=dict)

    def at(self, moment: dt.datetime) -> PolicySet:
        count = bisect.bisect_right(self.changes, moment, key=lambda change: change.effective_from)
        found = self.sets.get(count)
        if found is None:
            found = self.sets[count] = _folded(self.changes[:count])
        return found


def current(at: dt.datetime | None = None) -> PolicySet:
    """The policies in force at ``at`` (now if not given).

    Another process's change is seen after five seconds at most, this process's own at once; see :func:`refresh`.
    """
    return _known.get().at(at or clock.now())


def in_force() -> dict[str, int]:
    """The number of the version now in force by its key, that of the template among them."""
    changes = _known.get().changes
    moment = clock.now()
    return {change.key: change.id for change in changes if change.effective_from <= moment}


def before(version_id: int) -> PolicySet:
    """The policies that were in force just before a version took effect."""
    changes = _known.get().changes
    place = next(place for place, change in enumerate(changes) if change.id == version_id)
    return _folded(changes[:place])


def refresh() -> None:
    """See at the next question what other processes have changed: for whoever looks at the numbers to change them."""
    _known.ask()


def forget(*, is_undecided: bool = False) -> None:
    """Read anew at the next question; at every question while a change of this process is undecided."""
    _known.forget(is_undecided=is_undecided)


def _newest() -> UUID | None:
    return PolicyVersion.objects.order_by("-id").values_list("uid", flat=True).first()


def _read() -> Known:
    rows = list(PolicyVersion.objects.order_by("effective_from", "id"))
    withdrawn = {row.withdraws_id for row in rows if row.action == Action.WITHDRAW}
    changes = (
        Change(row.pk, row.key, row.action, row.value, row.effective_from)
        for row in rows
        if row.pk not in withdrawn and row.action != Action.WITHDRAW
    )
    return Known(tuple(changes))


_known = Rereading(_newest, _read)


def _folded(in_force: tuple[Change, ...]) -> PolicySet:
    """The set made by these versions, of which a later one replaces an earlier one of the same key."""
    latest = {change.key: change for change in in_force}
    template = latest.pop(TEMPLATE_KEY, None)
    values = {key: change.value for key, change in latest.items() if change.action == Action.SET}
    return PolicySet(
        template=template.value if template is not None and template.action == Action.SET else None,
        changes=tuple(sorted(values.items())),
        versions=tuple(sorted((key, change.id) for key, change in latest.items())),
    )


def history(key: str) -> QuerySet[PolicyVersion]:
    """All versions of ``room.policy.field``, the newest first."""
    rows = PolicyVersion.objects.filter(key=key).select_related("changed_by", "withdraws")
    return rows.order_by("-effective_from", "-id")


def upcoming(at: dt.datetime | None = None) -> list[PolicyVersion]:
    """Changes that will take effect later than ``at``, the next first."""
    moment = at or clock.now()
    waiting = [change.id for change in _known.get().changes if change.effective_from > moment]
    rows = PolicyVersion.objects.filter(id__in=waiting).select_related("changed_by")
    return list(rows.order_by("effective_from", "id"))


def proposals_open() -> QuerySet[PolicyProposal]:
    """Proposals that wait for a decision, the oldest first."""
    return PolicyProposal.objects.filter(state=ProposalState.PROPOSED).select_related("proposed_by").order_by("id")
