"""How a change of the own data in the portal reads, on the timeline and as a notice: what, never to what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhike.customers.public import line_words
from zhike.foundation.messages import notice_words

Said = tuple[str, str]


def _fields(words: Mapping[str, Any]) -> str:
    known = {"name": pgettext("person", "Name"), "phone": _("Phone"), "email": _("E-mail"), "title": _("Job title")}
    return _(", ").join(known.get(field, field) for field in words.get("fields", ()))


@line_words("portal.data_changed", "user-edit")
def _line(words: Mapping[str, Any], _language: str) -> Said:
    return _("%(name)s changed the own data in the portal") % {"name": words.get("name", "")}, _fields(words)


@notice_words("portal.data_changed", "user-edit")
def _notice(words: Mapping[str, Any], _language: str) -> Said:
    return _("%(name)s changed the own data in the portal") % {"name": words.get("name", "")}, _fields(words)
