"""The data catalogue: every field of every kind of records, its class, purpose, basis, retention and who sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from zhike.foundation.access.matrix import Level, Post, posts
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.records.declare import Field, Klass, RecordType
from zhike.foundation.records.registry import every


@dataclass(frozen=True)
class Listed:
    """One field as the catalogue lists it. ``seen_by`` are posts; a sensitive value is open to none without a grant."""

    kind: Any
    key: str
    label: Any
    klass: Klass
    is_personal: bool
    is_masked: bool
    is_in_vault: bool
    purpose: Any
    basis: Any
    retention: Any
    seen_by: tuple[Post, ...]


def fields() -> list[Listed]:
    """The whole catalogue, in the order of the navigation and of the declarations."""
    return [_listed(record_type, field) for record_type in every() for field in record_type.all_fields]


def undeclared() -> list[str]:
    """Personal or sensitive fields without purpose, basis or retention, as ``code.key``: there should be none."""
    return [
        f"{record_type.code}.{field.key}"
        for record_type in every()
        for field in record_type.all_fields
        if (field.personal or field.klass is Klass.SENSITIVE)
        and not (field.purpose and field.basis and field.retention)
    ]


def _listed(record_type: RecordType, field: Field) -> Listed:
    return Listed(
        kind=record_type.plural,
        key=f"{record_type.code}.{field.key}",
        label=field.label,
        klass=Klass.SENSITIVE if field.custom and field.stored_masked else field.klass,
        is_personal=field.personal,
        is_masked=bool(field.masked or field.stored_masked),
        is_in_vault=field.stored_masked,
        purpose=field.purpose,
        basis=field.basis,
        retention=field.retention,
        seen_by=tuple(post for post in posts().values() if _sees(post, record_type, field)),
    )


def _sees(post: Post, record_type: RecordType, field: Field) -> bool:
    if field.klass is Klass.SENSITIVE:
        return False
    area = field.area or record_type.area
    level = Level.FULL if field.level is Level.FULL else Level.BASIC
    return Viewer(None, "", levels=post.areas).may(area, level)
