"""One mapping of refusals: to a sentence for people, to problem+json for machines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from zhike.foundation.kit.refusals import Refusal
from zhike.foundation.records.problems import said

# The kit knows no gettext; its sentences are noted here for the catalogue.
KIT_SENTENCES = (
    _("This is not possible."),
    _("This record does not exist, or you do not have access to it."),
    _("Your post does not include this. Ask your superior or IT if you need it."),
    _("Some fields need correcting."),
    _("Somebody changed this record while you were editing. Compare both and save again."),
)


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
    return {key: said(words) if isinstance(words, str) else str(words) for key, words in given.items()}


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
