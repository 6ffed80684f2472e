"""How strategy tasks read on the timeline."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from zhike.customers.public import Said, line_words
from zhike.foundation.kit import clock
from zhike.segment.words import row_name


@line_words("strategy.entered", "target-arrow")
def _entered(words: Mapping[str, Any], _language: str) -> Said:
    due = clock.local(dt.datetime.fromisoformat(words["due_at"])).date().isoformat()
    return _("Strategy: %(row)s") % {"row": row_name(words["row"])}, _("First contact due by %(day)s") % {"day": due}


@line_words("strategy.left", "target-off")
def _left(words: Mapping[str, Any], _language: str) -> Said:
    after = row_name(words["after"]) if words["after"] else _("none")
    detail = _("The customer is no longer in this row; strategy now: %(row)s") % {"row": after}
    return _("First contact called off: %(row)s") % {"row": row_name(words["row"])}, detail


@line_words("strategy.contacted", "phone-check")
def _contacted(_words: Mapping[str, Any], _language: str) -> Said:
    return _("First contact of the strategy made"), ""
