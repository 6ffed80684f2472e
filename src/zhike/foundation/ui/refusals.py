"""One mapping of refusals: to a sentence for people, to problem+json for machines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from zhike.foundation.kit.refusals import Refusal

# The kit knows no gettext; its sentences are noted here for the catalogue.
KIT_SENTENCES = (
    _("This is not possible."),
    _("This record does not exist, or you do not have access to it."),
    _("Your post does not include this. Ask your superior or IT if you need it."),
    _("Some fields need correcting."),
    _("Somebody changed this record while you were editing. Compare both and save again."),
)

# What services say of a field is a code; here it becomes a sentence that tells how to mend it.
FIELD_SENTENCES = {
    "required": _("Please fill this in."),
    "not_an_option": _("Choose one of the options offered."),
    "unknown_field": _("There is no such field."),
    "too_small": _("This number is too small."),
    "too_large": _("This number is too large."),
    "too_long": _("This text is too long."),
    "only_for_persons": _("A firm has none. Add the person as a contact instead."),
    "not_a_number": _("Enter a number."),
    "not_a_date": _("Enter a date such as 2026-11-30."),
    "in_future": _("This lies in the future. Enter when it really happened."),
    "no_such_person": _("Choose an active member of staff."),
    "bad_credit_code": _("The unified social credit code has 18 characters; its check character does not match."),
    "bad_id_number": _("The ID number has 18 characters; its check digit does not match."),
    "bad_phone": _("Enter a telephone number, with the area code or country code if it needs one."),
    "bad_email": _("Enter an e-mail address such as name@example.com."),
}


class _Forgiving(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


def sentence(refusal: Refusal) -> str:
    """What a person reads: what is refused and what to do next, in the active language."""
    return (
        gettext(refusal.sentence) % _Forgiving(refusal.data) if "%(" in refusal.sentence else gettext(refusal.sentence)
    )


def field_problems(refusal: Refusal) -> Mapping[str, str]:
    """Sentences by field, translated where the catalogue knows them."""
    given = refusal.data.get("fields", {})
    return {
        key: gettext(FIELD_SENTENCES.get(words, words)) if isinstance(words, str) else str(words)
        for key, words in given.items()
    }


def problem(refusal: Refusal, *, instance: str) -> dict[str, Any]:
    """The body of an ``application/problem+json`` answer (RFC 9457)."""
    body: dict[str, Any] = {
        "type": f"/api/problems/{refusal.code}",
        "title": sentence(refusal),
        "status": refusal.status,
        "code": refusal.code,
        "instance": instance,
    }
    extra = {k: v for k, v in refusal.data.items() if k != "fields"}
    if extra:
        body["data"] = {k: str(v) for k, v in extra.items()}
    if fields := field_problems(refusal):
        body["fields"] = dict(fields)
    return body
