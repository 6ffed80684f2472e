"""What health patrols tell together: how likely customers are to recommend us."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q

from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.retain.models import HealthPatrol

# By the definition of the net promoter score: 9 and 10 promote, 0 to 6 detract. Source: requirements D2.
_PROMOTES_FROM, _DETRACTS_TO = 9, 6


@dataclass(frozen=True)
class Recommending:
    """Answers from 0 to 10: how many there are, how many promote, how many detract."""

    answers: int
    promoters: int
    detractors: int

    @property
    def nps(self) -> float | None:
        """Share of promoters − share of detractors, from −100 to 100; None without answers."""
        return 100 * (self.promoters - self.detractors) / self.answers if self.answers else None


def recommending(viewer: Viewer, start: dt.date, end: dt.date) -> Recommending:
    """The answers of visible customers in patrols held in [start, end). Raises: Forbidden."""
    viewer.require(Area.HEALTH, Level.BASIC)
    rows = scope.visible(viewer, HealthPatrol.objects.filter(state="held", held_on__gte=start, held_on__lt=end))
    found = rows.aggregate(
        answers=Count("recommend"),
        promoters=Count("recommend", filter=Q(recommend__gte=_PROMOTES_FROM)),
        detractors=Count("recommend", filter=Q(recommend__lte=_DETRACTS_TO)),
    )
    return Recommending(**found)
