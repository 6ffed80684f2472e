"""How orders read on the timeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from zhike.customers.public import Said, line_words
from zhike.foundation.kit import money


def _amount(words: Mapping[str, Any]) -> dict[str, str]:
    amount = money.full(int(words.get("amount_minor") or 0), str(words.get("currency") or "CNY"))
    return {"number": str(words.get("number", "")), "amount": amount}


@line_words("order.done", "shopping-cart")
def _done(words: Mapping[str, Any], _language: str) -> Said:
    return _("Order %(number)s: %(amount)s") % _amount(words), ""


@line_words("order.returned", "arrow-back-up")
def _returned(words: Mapping[str, Any], _language: str) -> Said:
    return _("Return %(number)s: %(amount)s") % _amount(words), ""


@line_words("order.cancelled", "circle-x")
def _cancelled(words: Mapping[str, Any], _language: str) -> Said:
    return _("Order %(number)s cancelled: %(amount)s") % _amount(words), ""
