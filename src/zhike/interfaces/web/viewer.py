"""Who is asking: the viewer of a request, kept in the process for as long as the person's rights stay the same.

Kept by the person's uid, the day and ``Person.rights_version``, which is read with the person on each request:
a change of posts therefore takes effect with the next request of any process, and costs no query. The few
seconds' limit is a net under writes that forgot to raise the version.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from django.http import HttpRequest

from zhike.foundation.access import deputies
from zhike.foundation.access.address import address_of
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import viewer_of
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock

_KEPT: dict[Any, tuple[float, Viewer]] = {}
_KEPT_SECONDS = 10.0
_KEPT_MAX = 5_000


def viewer_of_request(request: HttpRequest) -> Viewer | None:
    """The viewer who sent ``request``, or None for somebody who has not signed in or is no longer active."""
    person = request.user
    if not isinstance(person, Person) and not person.is_authenticated:
        return None
    if not person.is_active:
        return None
    own = replace(_viewer(person), address=address_of(request))
    return _standing_in(request, own) or own


ON_BEHALF = "stands_in_for"  # in the session: the number of who is away


def _standing_in(request: HttpRequest, own: Viewer) -> Viewer | None:
    """The deputy on behalf of who is away, where the session says so; asked anew each time, so that it ends at once."""
    away = request.session.get(ON_BEHALF)
    if away is None:
        return None
    found = deputies.viewer_on_behalf(own.person_id, away, address=own.address)
    if found is None:
        del request.session[ON_BEHALF]
    return found


def _viewer(person: Any) -> Viewer:
    key = (person.uid, person.rights_version, clock.today())
    kept = _KEPT.get(key)
    if kept is not None and time.monotonic() - kept[0] < _KEPT_SECONDS:
        return kept[1]
    if len(_KEPT) > _KEPT_MAX:
        _KEPT.clear()
    made = viewer_of(person)
    _KEPT[key] = (time.monotonic(), made)
    return made
