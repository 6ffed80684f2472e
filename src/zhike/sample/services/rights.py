"""A deputy and a share of the sample company: what a newcomer would otherwise never come across."""

from __future__ import annotations

import datetime as dt

from zhike.foundation.access import scope
from zhike.foundation.access.deputies import deputy_name
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import viewer_of
from zhike.foundation.kit import clock
from zhike.foundation.records import find, sharing

_POST = "customer_manager"
_AWAY_IN, _AWAY_DAYS, _SHARED_DAYS = 5, 4, 14


def rights_of_sample() -> int:
    """Two customer managers: one stands in for the other next week and reads one of the other's customers now.

    How many rows were made: none where the company has not two of the post.
    """
    managers = Person.objects.filter(origin="sample", holdings__post=_POST, is_active=True)
    two = list(managers.order_by("pk")[:2])
    if len(two) < 2:
        return 0
    away, other = two
    viewer, today = viewer_of(away), clock.today()
    first = today + dt.timedelta(days=_AWAY_IN)
    deputy_name(
        viewer=viewer, person=away.pk, deputy=other.pk, since=first, until=first + dt.timedelta(days=_AWAY_DAYS),
        reason="年假" if away.language.startswith("zh") else "Annual leave",
    )  # fmt: skip
    kind = find("customers")
    if kind is None:
        return 1
    own = scope.visible(viewer, kind.model._default_manager.filter(owner_id=away.pk)).order_by("pk").first()
    if own is None:
        return 1
    sharing.share(
        viewer=viewer, model=kind.model, uid=own.uid, version=None, person=other.pk, level="full",
        until=today + dt.timedelta(days=_SHARED_DAYS),
        reason="联合拜访" if away.language.startswith("zh") else "Joint visit",
    )  # fmt: skip
    return 2
