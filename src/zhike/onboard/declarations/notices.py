"""How the notices of onboarding read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from zhike.foundation.messages import notice_words

Said = tuple[str, str]


@notice_words("project.team", "users-group")
def _team(words: Mapping[str, Any], _language: str) -> Said:
    return _("You are in the service team of “%(title)s”") % {"title": words.get("title", "")}, str(words.get("by", ""))


@notice_words("milestone.late", "alarm")
def _late(words: Mapping[str, Any], _language: str) -> Said:
    said = {"title": words.get("title", ""), "day": words.get("due_on", "")}
    return _("Milestone “%(title)s” is late: it was due on %(day)s") % said, str(words.get("project", ""))


def _about(words: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": words.get("name", ""), "title": words.get("title", "")}


@notice_words("acceptance.commented", "message")
def _commented(words: Mapping[str, Any], _language: str) -> Said:
    return _("%(name)s of the customer commented on the acceptance of “%(title)s”") % _about(words), ""


@notice_words("acceptance.signed", "circle-check")
def _signed(words: Mapping[str, Any], _language: str) -> Said:
    return _("%(name)s signed the acceptance of “%(title)s”: passed") % _about(words), ""


@notice_words("acceptance.not_yet", "circle-x")
def _not_yet(words: Mapping[str, Any], _language: str) -> Said:
    said = _("%(name)s did not accept “%(title)s” yet: rectify and have it tested again") % _about(words)
    return said, ""


@notice_words("hand_over.offered", "arrows-exchange")
def _offered(words: Mapping[str, Any], _language: str) -> Said:
    said = {"by": words.get("by", ""), "title": words.get("title", "")}
    return _("%(by)s asks you to take a customer over: “%(title)s”") % said, ""


@notice_words("hand_over.accepted", "circle-check")
def _accepted(words: Mapping[str, Any], _language: str) -> Said:
    said = {"receiver": words.get("receiver", ""), "title": words.get("title", "")}
    return _("%(receiver)s took the customer over: “%(title)s”") % said, ""


@notice_words("hand_over.declined", "arrow-back-up")
def _declined(words: Mapping[str, Any], _language: str) -> Said:
    said = {"receiver": words.get("receiver", ""), "title": words.get("title", "")}
    return _("%(receiver)s declined the hand-over: “%(title)s”") % said, str(words.get("reason", ""))


@notice_words("hand_over.withdrawn", "arrow-back-up")
def _withdrawn(words: Mapping[str, Any], _language: str) -> Said:
    said = {"by": words.get("by", ""), "title": words.get("title", "")}
    return _("%(by)s withdrew the hand-over: “%(title)s”") % said, str(words.get("reason", ""))


@notice_words("hand_over.ended", "ban")
def _ended(words: Mapping[str, Any], _language: str) -> Said:
    said = {"title": words.get("title", "")}
    return _("No hand-over any more, the contract is over: “%(title)s”") % said, str(words.get("reason", ""))
