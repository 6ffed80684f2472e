"""Custom fields that name another record: its number stands in the row, its uid and name are read along with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import OuterRef, Q, Subquery

from zhike.foundation.records.declare import Field, Kind
from zhike.foundation.records.registry import find


def is_custom(field: Field) -> bool:
    """Whether it is a custom field that names another record."""
    return bool(field.custom) and field.kind is Kind.RELATION


def paths(field: Field) -> tuple[str, str]:
    """Under which names the query has uid and name of the other record."""
    return f"x{field.custom}_uid", f"x{field.custom}_name"


def aliases(fields: Iterable[Field]) -> dict[str, Any]:
    """What a query has to be given, so that it has the names of :func:`paths`: no query more, no row less."""
    found: dict[str, Any] = {}
    for field in fields:
        if not is_custom(field):
            continue
        uid, name = paths(field)
        found[uid] = Subquery(_rows(field).filter(pk=OuterRef(field.path)).values("uid")[:1])
        found[name] = Subquery(_rows(field).filter(pk=OuterRef(field.path)).values(_shown(field))[:1])
    return found


def among(field: Field, where: Q) -> Q:
    """The condition that the named record answers ``where``."""
    return Q(**{f"{field.path}__in": _rows(field).filter(where).order_by().values("pk")})


def called(field: Field, lookup: str, text: str) -> Q:
    """The condition that the name of the other record answers ``lookup``."""
    return among(field, Q(**{f"{_shown(field)}__{lookup}": text}))


def _rows(field: Field) -> Any:
    related = find(field.relation)
    if related is None:
        raise KeyError(field.relation)
    return related.model._base_manager.all()


def _shown(field: Field) -> str:
    related = find(field.relation)
    shown = related.field(field.relation_label) if related is not None else None
    return shown.path if shown is not None else field.relation_label
