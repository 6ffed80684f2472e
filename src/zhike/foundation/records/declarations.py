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
    },
)


def _hand_over(_viewer: Viewer, before: int, after: int) -> int:
    return saved.hand_over(before, after)


register(Estate("views", _("shared views"), saved.shared_count, _hand_over))
