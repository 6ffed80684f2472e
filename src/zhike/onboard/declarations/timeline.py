"""How delivery reads on the timeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhike.customers.public import Said, line_words


@line_words("project.team", "users-group")
def _team(words: Mapping[str, Any], _language: str) -> Said:
    return _("Service team formed"), str(words.get("people", ""))


@line_words("project.planned", "list-check")
def _planned(words: Mapping[str, Any], _language: str) -> Said:
    count = int(words.get("milestones") or 0)
    said = ngettext("%(count)s milestone", "%(count)s milestones", count) % {"count": count}
    return _("Project plan complete"), said


@line_words("milestone.reached", "flag")
def _reached(words: Mapping[str, Any], _language: str) -> Said:
    title = {"title": words.get("title", "")}
    if words.get("is_late"):
        return _("Milestone “%(title)s” reached late") % title, ""
    return _("Milestone “%(title)s” reached") % title, ""


@line_words("milestone.late", "alarm")
def _late(words: Mapping[str, Any], _language: str) -> Said:
    said = {"title": words.get("title", ""), "day": words.get("due_on", "")}
    return _("Milestone “%(title)s” is late: it was due on %(day)s") % said, ""


@line_words("acceptance.prepared", "clipboard-list")
def _prepared(_words: Mapping[str, Any], _language: str) -> Said:
    return _("Acceptance criteria and test environment given to the customer"), ""


@line_words("acceptance.commented", "message")
def _commented(words: Mapping[str, Any], _language: str) -> Said:
    head = _("%(name)s commented on the acceptance") % {"name": words.get("name", "")}
    said = [str(words[part]) for part in ("criterion", "text") if words.get(part)]
    return head, " – ".join(said)


@line_words("acceptance.failed", "circle-x")
def _failed(words: Mapping[str, Any], _language: str) -> Said:
    head = _("Acceptance test %(number)s failed") % {"number": words.get("round", "")}
    if words.get("name"):
        said = {"name": words["name"], "reasons": words.get("reasons", "")}
        return head, _("Signed in the portal by %(name)s: %(reasons)s") % said
    return head, ""


@line_words("acceptance.rectified", "tool")
def _rectified(words: Mapping[str, Any], _language: str) -> Said:
    return _("Rectified after acceptance test %(number)s") % {"number": words.get("round", "")}, ""


@line_words("acceptance.passed", "circle-check")
def _passed(words: Mapping[str, Any], _language: str) -> Said:
    head = _("Acceptance passed in test %(number)s") % {"number": words.get("round", "")}
    if words.get("name"):
        return head, _("Signed in the portal by %(name)s") % {"name": words["name"]}
    return head, ""


@line_words("hand_over.offered", "arrows-exchange")
def _offered(words: Mapping[str, Any], _language: str) -> Said:
    return _("Hand-over offered to %(receiver)s") % {"receiver": words.get("receiver", "")}, ""


@line_words("hand_over.accepted", "user-check")
def _accepted(words: Mapping[str, Any], _language: str) -> Said:
    return _("Hand-over accepted by %(receiver)s") % {"receiver": words.get("receiver", "")}, ""


@line_words("hand_over.declined", "arrow-back-up")
def _declined(words: Mapping[str, Any], _language: str) -> Said:
    return _("Hand-over declined"), str(words.get("reason", ""))


@line_words("hand_over.withdrawn", "arrow-back-up")
def _withdrawn(words: Mapping[str, Any], _language: str) -> Said:
    return _("Hand-over withdrawn"), str(words.get("reason", ""))


@line_words("project.ended", "ban")
def _ended(words: Mapping[str, Any], _language: str) -> Said:
    return _("Project ended: its contract is over"), str(words.get("reason", ""))
