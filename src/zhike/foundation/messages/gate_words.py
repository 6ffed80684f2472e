"""The reasons of the gate in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from zhike.foundation.messages.gate_rule import Reason, Verdict


def reason_words(reason: Reason) -> str:
    """Why a message does not leave, as a sentence in the language of the reader."""
    match reason.code:
        case "no_address":
            return _("There is no address for this channel.")
        case "stopped":
            return _("The customer wants no messages of this kind this way.")
        case "consent_withdrawn":
            return _("The customer withdrew consent on %(since)s.") % reason.data
        case "consent_not_asked":
            return _("The customer has not consented to this purpose.")
        case "duplicate":
            return _("The same was sent on %(since)s already.") % reason.data
        case "cap_reached":
            return _("%(count)s messages within %(days)s days are the limit, and it is reached.") % reason.data
        case "no_longer_so":
            return _("What it says is no longer so.")
        case code:
            return str(code)


def verdict_words(verdict: Verdict) -> list[str]:
    """All reasons of a verdict."""
    return [reason_words(reason) for reason in verdict.reasons]


def kept(verdict: Verdict) -> list[dict[str, Any]]:
    """The reasons as they are kept with the message."""
    return [{"code": reason.code, "data": reason.data} for reason in verdict.reasons]


def kept_words(reasons: Iterable[Mapping[str, Any]]) -> list[str]:
    """Kept reasons in words."""
    return [reason_words(Reason(one["code"], dict(one.get("data", {})))) for one in reasons]
