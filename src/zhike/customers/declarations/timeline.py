"""How the customers room's own lines read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from zhike.customers.models.customer import VerifiedBy
from zhike.customers.models.interaction import InteractionKind
from zhike.customers.timeline import Said, line_words
from zhike.foundation.access.matrix import posts
from zhike.foundation.records import find
from zhike.foundation.records.tags import known as tags


@line_words("customer.created", "user-plus")
def _created(_words: Mapping[str, Any], _language: str) -> Said:
    return _("Customer file opened"), ""


@line_words("customer.reassigned", "user-share")
def _reassigned(words: Mapping[str, Any], _language: str) -> Said:
    if not words.get("after"):
        return _("Given back by %(before)s") % words, ""
    if words.get("before"):
        return _("Owner changed from %(before)s to %(after)s") % words, ""
    return _("Assigned to %(after)s") % words, ""


def _receiver(words: Mapping[str, Any], language: str) -> dict[str, str]:
    code = str(words.get("post", ""))
    title = posts()[code].title.said_in(language) if code in posts() else str(words.get("to", ""))
    return {"to": title, "until": str(words.get("until", ""))}


@line_words("record.shared", "user-share")
def _shared(words: Mapping[str, Any], language: str) -> Said:
    return _("Shared with %(to)s until %(until)s") % _receiver(words, language), ""


@line_words("record.share_ended", "x")
def _share_ended(words: Mapping[str, Any], language: str) -> Said:
    return _("Not shared with %(to)s any more") % _receiver(words, language), ""


def _titles(codes: Any) -> str:
    labels = {one.code: str(one.label) for one in tags.choices()}
    return _(", ").join(labels[code] for code in tags.read(codes) if code in labels)


@line_words("tags.changed", "tag")
def _tags(words: Mapping[str, Any], _language: str) -> Said:
    parts = []
    if put := _titles(words.get("put")):
        parts.append(_("Put on: %(tags)s") % {"tags": put})
    if taken := _titles(words.get("taken")):
        parts.append(_("Taken off: %(tags)s") % {"tags": taken})
    kind = find(str(words.get("of", "")))
    title = _("Tags changed") if kind is None or kind.code == "customers" else _("Tags of the lead changed")
    return title, " · ".join(parts)


@line_words("customer.restored", "trash-off")
def _restored(_words: Mapping[str, Any], _language: str) -> Said:
    return _("Customer file restored from the recycle bin"), ""


@line_words("customer.formal", "file-check")
def _formal(words: Mapping[str, Any], _language: str) -> Said:
    way = dict(VerifiedBy.choices).get(words.get("verified_by", ""), "")
    return _("File made formal"), _("Identity verified by: %(way)s") % {"way": way} if way else ""


@line_words("contact.added", "address-book")
def _contact_added(_words: Mapping[str, Any], _language: str) -> Said:
    return _("Contact added"), ""


@line_words("contact.changed", "address-book")
def _contact_changed(_words: Mapping[str, Any], _language: str) -> Said:
    return _("Contact changed"), ""


@line_words("contact.removed", "address-book")
def _contact_removed(_words: Mapping[str, Any], _language: str) -> Said:
    return _("Contact removed"), ""


@line_words("contact.restored", "address-book")
def _contact_restored(_words: Mapping[str, Any], _language: str) -> Said:
    return _("Contact restored from the recycle bin"), ""


@line_words("interaction", "message-2")
def _interaction(words: Mapping[str, Any], _language: str) -> Said:
    kind = dict(InteractionKind.choices).get(words.get("interaction_kind", ""), words.get("interaction_kind", ""))
    title = _("%(kind)s, incoming") if words.get("direction") == "in" else _("%(kind)s")
    parts = [words.get("feedback") or ""]
    if words.get("change_in_needs"):
        parts.append(_("Change in needs: %(text)s") % {"text": words["change_in_needs"]})
    if words.get("next_action"):
        following = {"text": words["next_action"], "day": words.get("next_on") or _("no date")}
        parts.append(_("Next: %(text)s (%(day)s)") % following)
    return title % {"kind": str(kind)[:1].upper() + str(kind)[1:]}, "\n".join(p for p in parts if p)
