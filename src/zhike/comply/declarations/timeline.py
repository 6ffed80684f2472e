"""How consents read on the timeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhike.comply.models import Channel, Purpose
from zhike.customers.public import Said, line_words


@line_words("consent.given", "shield-check")
def _given(words: Mapping[str, Any], _language: str) -> Said:
    return _("Consent given: %(purposes)s") % {"purposes": _purposes(words)}, _how(words)


@line_words("consent.withdrawn", "shield-off")
def _withdrawn(words: Mapping[str, Any], _language: str) -> Said:
    return _("Consent withdrawn: %(purposes)s") % {"purposes": _purposes(words)}, _how(words)


def _purposes(words: Mapping[str, Any]) -> str:
    said = words.get("purposes", ())
    chosen = [str(label) for code, label in Purpose.choices if code in said]
    return pgettext("between the items of a list", ", ").join(chosen)


def _how(words: Mapping[str, Any]) -> str:
    channel = dict(Channel.choices).get(words.get("channel", ""), "")
    said = _("Channel: %(channel)s") % {"channel": channel} if channel else ""
    return said + (" · " + _("by a contact") if words.get("by_contact") else "")
