"""Why somebody can, or cannot, see a record: by which post and scope, by a share, on whose behalf; which fields are
closed and why; what could be asked for. The same choke points decide here as everywhere."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from zhike.foundation.access import scope
from zhike.foundation.access.matrix import Area, Level, Post, posts
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import reach_by
from zhike.foundation.access.viewer import Shared, Viewer, union
from zhike.foundation.records import values
from zhike.foundation.records.declare import Field, Klass, RecordType


@dataclass(frozen=True)
class PostSays:
    """What one post says about a record: its levels in the area, its scope, and whether that reaches the record."""

    post: Post
    levels: tuple[Level, ...]
    reaches: bool
    by: str  # owner, or the scope by which it is reached; empty where it is not


@dataclass(frozen=True)
class FieldSays:
    """A field that is not simply open. ``state``: masked, sensitive, area (the posts lack it), share (it is basic)."""

    field: Field
    state: str
    area: Area
    level: Level


@dataclass(frozen=True)
class Explanation:
    """The whole answer. ``asks`` are codes of what could be asked for: post, level, share, more, sensitive."""

    sees: bool
    may_edit: bool
    is_reference: bool
    is_deleted: bool
    posts: tuple[PostSays, ...]
    share: Shared | None
    shares: tuple[Shared, ...]
    fields: tuple[FieldSays, ...]
    open_count: int
    asks: tuple[str, ...]


def explain(viewer: Viewer, person: Person, record_type: RecordType, pk: int) -> Explanation:
    """Why ``viewer`` sees the record or not. ``person`` is who holds the posts: who is away, where a deputy asks.

    The caller has made sure that this may be told.
    """
    model = record_type.model
    rows = model._base_manager.filter(pk=pk)
    is_reference = getattr(model, "scope_path", None) is None
    row = rows.first()
    is_in = scope.visible(viewer, rows).exists()
    held = [posts()[code] for code in sorted(viewer.posts) if code in posts()]
    said = tuple(_post_says(viewer, person, record_type, post, rows, row) for post in held)
    share = scope.by_share(viewer, model, pk)
    reader = scope.narrowed(viewer, record_type.area, share)
    sees = is_in and reader.may(record_type.area, Level.BASIC)
    closed = tuple(
        found for field in record_type.fields if (found := _field_says(viewer, reader, record_type, field, row))
    )
    may_edit = sees and reader.may(record_type.area, Level.EDIT)
    return Explanation(
        sees=sees, may_edit=may_edit, is_reference=is_reference,
        is_deleted=getattr(row, "deleted_at", None) is not None, posts=said, share=share,
        shares=_shares(viewer, model, pk), fields=closed, open_count=len(record_type.fields) - len(closed),
        asks=_asks(viewer, record_type, is_in=is_in, share=share, closed=closed, may_edit=may_edit),
    )  # fmt: skip


def _post_says(
    viewer: Viewer, person: Person, record_type: RecordType, post: Post, rows: Any, row: Any
) -> PostSays:  # fmt: skip
    held = union([post]).get(record_type.area, frozenset()) & viewer.levels.get(record_type.area, frozenset())
    alone = replace(viewer, posts=frozenset({post.code}), reach=reach_by(person, [post]))
    reaches = scope.visible(alone, rows).exists()
    is_owner = getattr(row, "owner_id", None) == person.pk
    levels = tuple(level for level in Level if level in held)
    return PostSays(post, levels, reaches, ("owner" if is_owner else str(post.scope)) if reaches else "")


def _field_says(
    viewer: Viewer, reader: Viewer, record_type: RecordType, field: Field, row: Any
) -> FieldSays | None:  # fmt: skip
    area = field.area or record_type.area
    level = Level.FULL if field.level is Level.FULL else Level.BASIC
    if not values.allows(viewer, record_type, field):
        return FieldSays(field, "area", area, level)
    if not values.allows(reader, record_type, field):
        return FieldSays(field, "share", area, level)
    if field.klass is Klass.SENSITIVE:
        return FieldSays(field, "sensitive", Area.SENSITIVE, Level.SENSITIVE)
    is_plain = field.plain_when is not None and getattr(row, field.plain_when[0], None) == field.plain_when[1]
    if values.is_hidden(field) and not is_plain:
        return FieldSays(field, "masked", area, level)
    return None


def _shares(viewer: Viewer, model: Any, pk: int) -> tuple[Shared, ...]:
    """All shares that open the record, whether or not it would be seen without them."""
    held = model._base_manager.filter(pk=pk).values(*(path for path, _kind in scope.holders_of_rows(model))).first()
    return tuple(
        one
        for path, kind in scope.holders_of_rows(model)
        for one in sorted(viewer.reach.shared, key=lambda shared: shared.object_id)
        if one.kind == kind and one.object_id == (held or {}).get(path) and (path == "pk" or one.is_full)
    )


def _asks(
    viewer: Viewer, record_type: RecordType, *, is_in: bool, share: Shared | None, closed: tuple[FieldSays, ...],
    may_edit: bool,
) -> tuple[str, ...]:  # fmt: skip
    found = []
    if not viewer.may(record_type.area, Level.BASIC):
        found.append("post")
    if not is_in:
        found.append("share")
    elif share is not None and not (share.is_full and share.may_edit):
        found.append("more")
    if any(one.state == "area" for one in closed) or (is_in and not may_edit and share is None):
        found.append("level")
    if any(one.state == "sensitive" for one in closed):
        found.append("sensitive")
    return tuple(found)
