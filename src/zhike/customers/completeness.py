"""How complete the customers' files are: counted, never listed. The viewer comes first."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q

from zhike.customers.models import Customer
from zhike.customers.models.customer import CustomerKind, Standing
from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock

LATELY = dt.timedelta(days=7)
# What a file should hold, by kind: of both, of firms alone, of natural persons alone.
_BOTH = ("phone", "region", "source", "core_needs")
_FIRMS = ("credit_code", "industry", "staff_count", "cooperation_since")
_PERSONS = ("id_number", "birthday")


@dataclass(frozen=True)
class Completeness:
    """All visible files: how many, how many formal, how many opened lately; and (field, wanted, filled) by field."""

    files: int
    formal: int
    opened_lately: int
    fields: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class OwnerRow:
    """Files of one owner, None for files of nobody."""

    owner_id: int | None
    files: int
    provisional: int
    incomplete: int


def _filled(name: str) -> Q:
    empty = Q(**{f"{name}__isnull": True})
    return ~empty if name in ("staff_count", "cooperation_since") else ~Q(**{name: ""})


def completeness(viewer: Viewer) -> Completeness:
    """Counts over the visible files. Raises: Forbidden."""
    viewer.require(Area.PROFILE, Level.BASIC)
    firms, persons = Q(kind=CustomerKind.FIRM), Q(kind=CustomerKind.PERSON)
    wanted = {name: Q() for name in _BOTH} | dict.fromkeys(_FIRMS, firms) | dict.fromkeys(_PERSONS, persons)
    counts = {
        "files": Count("pk"), "firms": Count("pk", filter=firms), "persons": Count("pk", filter=persons),
        "formal": Count("pk", filter=Q(standing=Standing.FORMAL)),
        "lately": Count("pk", filter=Q(created_at__gte=clock.now() - LATELY)),
    }  # fmt: skip
    counts |= {f"has_{name}": Count("pk", filter=only & _filled(name)) for name, only in wanted.items()}
    found = scope.visible(viewer, Customer.objects.all()).order_by().aggregate(**counts)
    of = dict.fromkeys(_BOTH, "files") | dict.fromkeys(_FIRMS, "firms") | dict.fromkeys(_PERSONS, "persons")
    fields = tuple((name, found[of[name]], found[f"has_{name}"]) for name in wanted)
    return Completeness(found["files"], found["formal"], found["lately"], fields)


def completeness_by_owner(viewer: Viewer) -> list[OwnerRow]:
    """The visible files by owner, the most incomplete first. Raises: Forbidden."""
    viewer.require(Area.PROFILE, Level.BASIC)
    firms, persons = Q(kind=CustomerKind.FIRM), Q(kind=CustomerKind.PERSON)
    whole = Q()
    for name in _BOTH:
        whole &= _filled(name)
    firm = person = Q()
    for name in _FIRMS:
        firm &= _filled(name)
    for name in _PERSONS:
        person &= _filled(name)
    complete = whole & ((firms & firm) | (persons & person))
    rows = scope.visible(viewer, Customer.objects.all()).order_by().values("owner_id")
    found = rows.annotate(
        n=Count("pk"),
        provisional=Count("pk", filter=Q(standing=Standing.PROVISIONAL)),
        incomplete=Count("pk", filter=~complete),
    )
    made = [OwnerRow(row["owner_id"], row["n"], row["provisional"], row["incomplete"]) for row in found]
    return sorted(made, key=lambda row: (-row.incomplete, -row.files, row.owner_id or 0))
