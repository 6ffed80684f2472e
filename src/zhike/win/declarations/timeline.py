"""How deals and contracts read on the timeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from zhike.customers.public import Said, line_words
from zhike.foundation.kit import money
from zhike.win.models.opportunity import LossReason, Stage


@line_words("contract.signed", "file-certificate")
def _signed(words: Mapping[str, Any], _language: str) -> Said:
    value = money.full(int(words.get("value_minor") or 0), str(words.get("currency") or "CNY"))
    return _("Contract %(number)s signed: %(value)s") % {"number": words.get("number", ""), "value": value}, ""


def _chosen(choices: type[models.TextChoices], code: Any) -> str:
    return str(dict(choices.choices).get(code, code))


@line_words("opportunity.opened", "target")
def _opened(words: Mapping[str, Any], _language: str) -> Said:
    title = _("Opportunity “%(title)s” opened") % {"title": words.get("title", "")}
    return title, _("From a lead") if words.get("from_lead") else ""


@line_words("opportunity.moved", "arrow-right")
def _moved(words: Mapping[str, Any], _language: str) -> Said:
    steps = {name: _chosen(Stage, words.get(name)) for name in ("before", "after")}
    title = _("“%(title)s”: from %(before)s to %(after)s") % {"title": words.get("title", ""), **steps}
    return title, str(words.get("reason") or "")


@line_words("opportunity.lost", "circle-x")
def _lost(words: Mapping[str, Any], _language: str) -> Said:
    return (
        _("Opportunity “%(title)s” not won") % {"title": words.get("title", "")},
        _chosen(LossReason, words.get("reason")),
    )


@line_words("opportunity.won", "trophy")
def _won(words: Mapping[str, Any], _language: str) -> Said:
    return _("Opportunity “%(title)s” won") % {"title": words.get("title", "")}, ""


def _of_contract(kind: str, icon: str, sentence: str) -> None:
    """Let a line about a contract read as ``sentence``, with the reason if there is one."""

    @line_words(kind, icon)
    def _say(words: Mapping[str, Any], _language: str) -> Said:
        return _(sentence) % {"number": words.get("number", "")}, str(words.get("reason") or "")


for _kind, _icon, _sentence in (
    ("contract.drafted", "file-pencil", gettext_noop("Contract %(number)s drafted")),
    ("contract.submitted", "send", gettext_noop("Contract %(number)s sent to legal review")),
    ("contract.approved", "file-check", gettext_noop("Contract %(number)s approved by legal")),
    ("contract.returned", "arrow-back-up", gettext_noop("Contract %(number)s returned by legal")),
    ("contract.voided", "rotate", gettext_noop("Contract %(number)s changed: the approval is void")),
    ("contract.ended", "file-off", gettext_noop("Contract %(number)s ended")),
    ("contract.cancelled", "file-x", gettext_noop("Contract %(number)s cancelled")),
):
    _of_contract(_kind, _icon, _sentence)
