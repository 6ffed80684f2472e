"""How the notices of winning read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhike.foundation.messages import notice_words


@notice_words("deal.follow_up", "message-2")
def _follow_up(words: Mapping[str, Any], _language: str) -> tuple[str, str]:
    title = _("%(by)s followed up “%(title)s”") % {"by": words.get("by", ""), "title": words.get("title", "")}
    following = {"text": words.get("next_action", ""), "day": words.get("next_on", "")}
    return title, _("Next: %(text)s (%(day)s)") % following


@notice_words("contract.renewal", "refresh")
def _renewal(words: Mapping[str, Any], _language: str) -> tuple[str, str]:
    days = int(words.get("days", 0))
    title = ngettext(
        "Contract %(number)s is to be renewed in %(days)s day",
        "Contract %(number)s is to be renewed in %(days)s days",
        days,
    )
    return title % {"number": words.get("number", ""), "days": days}, ""
