"""How messages read on the timeline, and as notices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from zhike.correspond.models.stop import StopFor
from zhike.customers.public import Said, line_words
from zhike.foundation.messages import notice_words

Words = Mapping[str, Any]


@line_words("message.queued", "mail-forward")
def _queued(words: Words, _language: str) -> Said:
    title = _("E-mail written by the system") if words.get("is_automatic") else _("E-mail written")
    return title, str(words.get("subject", ""))


@line_words("message.refused", "mail-off")
def _refused(words: Words, _language: str) -> Said:
    return _("E-mail not allowed out"), "\n".join([str(words.get("subject", "")), *_reasons(words)])


def _reasons(words: Words) -> list[str]:
    said = {
        "no_address": _("There is no address for this channel."),
        "stopped": _("The customer wants no messages of this kind this way."),
        "consent_withdrawn": _("Consent was withdrawn."),
        "consent_not_asked": _("The customer has not consented to this purpose."),
        "duplicate": _("The same was sent before."),
        "cap_reached": _("The contact cap is reached."),
    }
    return [said.get(code, code) for code in words.get("reasons", ())]


@line_words("message.sent", "mail-check")
def _sent(_words: Words, _language: str) -> Said:
    return _("E-mail sent"), ""


@line_words("message.failed", "mail-x")
def _failed(words: Words, _language: str) -> Said:
    title = _("E-mail came back") if words.get("is_bounced") else _("E-mail could not be sent")
    return title, str(words.get("subject", ""))


@line_words("message.received", "mail")
def _received(words: Words, _language: str) -> Said:
    return _("E-mail from the customer"), str(words.get("subject", ""))


@line_words("sending.stopped", "bell-off")
def _stopped(words: Words, _language: str) -> Said:
    return _("Wants no messages by e-mail: %(what)s") % {"what": _what(words)}, _by(words)


@line_words("sending.allowed", "bell")
def _allowed(words: Words, _language: str) -> Said:
    return _("Takes messages by e-mail again: %(what)s") % {"what": _what(words)}, _by(words)


def _what(words: Words) -> str:
    return str(dict(StopFor.choices).get(words.get("what", ""), ""))


def _by(words: Words) -> str:
    return _("by a contact") if words.get("by_contact") else ""


@notice_words("message.failed", "mail-x")
def _notice(words: Words, language: str) -> Said:
    return _failed(words, language)
