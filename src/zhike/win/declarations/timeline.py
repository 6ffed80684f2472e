"""How contracts read on the timeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from zhike.customers.public import Said, line_words
from zhike.foundation.kit import money


@line_words("contract.signed", "file-certificate")
def _signed(words: Mapping[str, Any], _language: str) -> Said:
    value = money.full(int(words.get("value_minor") or 0), str(words.get("currency") or "CNY"))
    return _("Contract %(number)s signed: %(value)s") % {"number": words.get("number", ""), "value": value}, ""
