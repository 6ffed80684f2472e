"""Leads for tests, taken in through the service as people do."""

from __future__ import annotations

import itertools
from typing import Any

from zhike.acquire.models import Lead
from zhike.acquire.services.taking import lead_take
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import viewer_of
from zhike.foundation.access.viewer import Viewer

_numbers = itertools.count(1)
# Enough for an A by the shipped numbers, and for a B.
FITS = {"industry": "C", "region": "330000", "staff_count": 500}


def asked(viewer: Viewer, *, name: str = "", profile: dict[str, Any] | None = None, **more: Any) -> Lead:
    """A firm asks; the lead is the viewer's unless ``owner_id`` says otherwise."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "kind": "firm", "need": f"需要{number}套席位", "urgency": "later", "source": "search", "channel": "hand",
        "values": {"name": name or f"苏州第{number}泰和机械厂", **(profile or {})},
        "contact": {"name": "章建国", "title": "采购经理", "phone": f"1380013{number:04d}"},
    }  # fmt: skip
    return lead_take(viewer=viewer, **(values | more))


def of(person: Person) -> Lead:
    """A lead that belongs to ``person``."""
    return asked(viewer_of(person), owner_id=person.pk)
