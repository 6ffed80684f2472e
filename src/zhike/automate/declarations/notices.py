"""How notices of automation read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from zhike.foundation.messages import notice_words


@notice_words("automate.told", "robot")
def _told(words: Mapping[str, Any], _language: str) -> tuple[str, str]:
    return str(words["text"]), _("Rule “%(rule)s”") % {"rule": words["rule"]}


@notice_words("automate.webhook_failed", "webhook")
def _failed(words: Mapping[str, Any], _language: str) -> tuple[str, str]:
    detail = _("It failed for too long. Look at its deliveries, mend the receiver, and switch it on again.")
    return _("The webhook “%(name)s” was switched off") % {"name": words["name"]}, detail
