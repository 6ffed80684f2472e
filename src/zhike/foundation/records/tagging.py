"""The act by which a person ticks the tags of one record, and the words that rules and people use for it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.viewer import Viewer
from zhike.foundation.records import undo
from zhike.foundation.records.declare import TAGS, Act
from zhike.foundation.records.registry import get
from zhike.foundation.records.tags import known
from zhike.foundation.records.tags.carrying import tags_of


def act(code: str) -> Act:
    """Tick the tags of one record of this kind, without the rest of its form. Can be undone like any field."""

    def run(*, viewer: Viewer, uid: UUID, version: int, tags: list[str] | None = None) -> Any:
        return undo.updating(viewer, get(code), uid, version, {TAGS: tags or []})

    def may(_viewer: Viewer, row: Any) -> bool:
        return bool(known.read((row.custom or {}).get(TAGS))) or any(not one.is_past for one in known.choices())

    return Act("tags", _("Tags"), "tag", run, lambda _viewer, _row: (tags_of(code),), may,
               start=lambda row: {TAGS: (row.custom or {}).get(TAGS)}, done=_("Tags saved."))  # fmt: skip
