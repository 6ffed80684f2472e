"""Words of the log about lists. The kind of an export is the list it came from."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.estates import Estate, register
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.audit import words
from zhike.foundation.records import saved

SHARED = {"record.share": _("Shared a record for a time"), "record.share_end": _("Ended a share")}
words.declare(
    "records",
    _("Lists"),
    actions={
        **SHARED,
        "records.exported": _("Exported a list"),
        "records.bulk_changed": _("Changed many records"),
        "records.undone": _("Took back a change"),
        "records.first_view": _("Chose the first view of a post"),
        "records.tags_changed": _("Changed tags"),
        "records.custom_changed": _("Changed custom fields"),
    },
)
words.declare(
    "tag",
    _("Tag"),
    actions={
        "tag.create": _("Added a tag"),
        "tag.update": _("Changed a tag"),
        "tag.retire": _("Retired a tag"),
        "tag.return": _("Brought a tag back"),
        "tag.merge": _("Merged a tag into another"),
    },
)
words.declare(
    "custom_field",
    _("Custom field"),
    actions={
        "custom_field.add": _("Added a custom field"),
        "custom_field.change": _("Changed a custom field"),
        "custom_field.move": _("Moved a custom field"),
        "custom_field.retire": _("Retired a custom field"),
        "custom_field.return": _("Brought a custom field back"),
        "custom_field.index": _("Switched the index of a custom field"),
    },
)


def _hand_over(_viewer: Viewer, before: int, after: int) -> int:
    return saved.hand_over(before, after)


register(Estate("views", _("shared views"), saved.shared_count, _hand_over))
