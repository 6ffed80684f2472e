"""How tasks of rules read on the timeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from zhike.customers.public import Said, line_words


@line_words("rule_task.set", "checklist")
def _set(_words: Mapping[str, Any], _language: str) -> Said:
    return _("A rule set a task"), ""


@line_words("rule_task.done", "check")
def _done(_words: Mapping[str, Any], _language: str) -> Said:
    return _("The task of a rule was done"), ""
