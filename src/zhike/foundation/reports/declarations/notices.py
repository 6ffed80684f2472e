"""How the notices of reports read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from zhike.foundation.messages import notice_words
from zhike.foundation.reports import declare

Said = tuple[str, str]


def _named(words: Mapping[str, Any]) -> dict[str, str]:
    report = declare.find(str(words.get("report", "")))
    return {"report": str(report.title if report else words.get("report", "")), "period": str(words.get("period", ""))}


@notice_words("report.drafted", "report")
def _drafted(words: Mapping[str, Any], _language: str) -> Said:
    return _("%(report)s %(period)s is drafted") % _named(words), _("Look it through, complete it and publish it.")


@notice_words("report.submitted", "report")
def _submitted(words: Mapping[str, Any], _language: str) -> Said:
    return _("%(report)s %(period)s waits for your approval") % _named(words), ""


@notice_words("report.returned", "arrow-back-up")
def _returned(words: Mapping[str, Any], _language: str) -> Said:
    return _("%(report)s %(period)s was returned to you") % _named(words), _("The reason stands on its page.")


@notice_words("report.published", "report")
def _published(words: Mapping[str, Any], _language: str) -> Said:
    return _("%(report)s %(period)s is published") % _named(words), ""
