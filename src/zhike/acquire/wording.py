"""The reasons of a grade, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhike.customers.public import INDUSTRIES, REGIONS

_NAMES = {"industry": INDUSTRIES, "region": REGIONS}


def reasons_said(reasons: Sequence[Mapping[str, Any]]) -> list[tuple[str, int]]:
    """Each reason as a sentence in the active language, with its points."""
    return [(_said(str(reason["code"]), reason.get("value")), int(reason["points"])) for reason in reasons]


def _said(code: str, value: Any) -> str:
    words = {
        "industry_fits": _("The industry is a target: %(value)s"),
        "industry_differs": _("The industry is no target: %(value)s"),
        "industry_unknown": _("The industry is not known"),
        "size_fits": _("The size is a target: %(value)s staff"),
        "size_differs": _("Smaller than the target: %(value)s staff"),
        "size_unknown": _("The size is not known"),
        "region_fits": _("The region is a target: %(value)s"),
        "region_differs": _("The region is no target: %(value)s"),
        "region_unknown": _("The region is not known"),
        "urgency_month": _("Needed within a month"),
        "urgency_quarter": _("Needed within three months"),
        "urgency_half_year": _("Needed within half a year"),
        "urgency_later": _("No time named, or just looking"),
    }
    if code == "repeat":
        return ngettext("Asked %(n)s time", "Asked %(n)s times", int(value)) % {"n": value}
    return words[code] % {"value": _named(code, value)} if code in words else code


def _named(code: str, value: Any) -> str:
    choices = _NAMES.get(code.split("_")[0], ())
    return next((str(choice.label) for choice in choices if choice.code == value), str(value))
