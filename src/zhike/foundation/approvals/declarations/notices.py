"""How the notices of approvals read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from zhike.foundation.approvals.register import flow_of
from zhike.foundation.kit.refusals import NotFound
from zhike.foundation.messages import notice_words

# Each state is a whole sentence: word order differs between the languages.
_ENDED = {
    "approved": gettext_noop("Approved: %(kind)s %(title)s"),
    "rejected": gettext_noop("Rejected: %(kind)s %(title)s"),
    "returned": gettext_noop("Returned: %(kind)s %(title)s"),
}


def _named(words: Mapping[str, Any], language: str) -> dict[str, str]:
    title = str(words.get("title", ""))
    try:
        flow = flow_of(str(words.get("flow", "")))
        kind, title = str(flow.title), flow.named(title, language)
    except NotFound:  # the room is gone
        kind = str(words.get("flow", ""))
    return {"kind": kind, "title": title, "by": str(words.get("by", ""))}


def _by(words: Mapping[str, Any]) -> str:
    return "：".join(part for part in (str(words.get("by", "")), str(words.get("words", ""))) if part)


@notice_words("approval.asked", "checkup-list")
def _asked(words: Mapping[str, Any], language: str) -> tuple[str, str]:
    title = _("To be decided by you: %(kind)s %(title)s") % _named(words, language)
    author = str(words.get("author", ""))
    return title, _("Asked for by %(author)s") % {"author": author} if author else ""


@notice_words("approval.ended", "circle-check")
def _ended(words: Mapping[str, Any], language: str) -> tuple[str, str]:
    return _(_ENDED.get(str(words.get("state")), _ENDED["approved"])) % _named(words, language), _by(words)


@notice_words("approval.withdrawn", "arrow-back-up")
def _withdrawn(words: Mapping[str, Any], language: str) -> tuple[str, str]:
    return _("Withdrawn: %(kind)s %(title)s") % _named(words, language), _by(words)


@notice_words("approval.called_off", "x")
def _called_off(words: Mapping[str, Any], language: str) -> tuple[str, str]:
    return _("No decision needed any more: %(kind)s %(title)s") % _named(words, language), _by(words)


@notice_words("approval.copied", "copy")
def _copied(words: Mapping[str, Any], language: str) -> tuple[str, str]:
    return _("%(by)s sent you a copy: %(kind)s %(title)s") % _named(words, language), ""


@notice_words("approval.nobody", "alert-triangle")
def _nobody(words: Mapping[str, Any], language: str) -> tuple[str, str]:
    title = _("Nobody can decide on %(kind)s %(title)s") % _named(words, language)
    return title, _("Give somebody the post that decides, or change the flow: the step waits until then.")
