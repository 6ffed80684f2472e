"""Units and choices of policies in words."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from zhike.foundation.policies.declare import Rule

ROOM_WORDS = {
    "acquire": gettext_lazy("Acquire"),
    "api": gettext_lazy("Interface for programs"),
    "approvals": gettext_lazy("Approvals"),
    "automate": gettext_lazy("Automation"),
    "backup": gettext_lazy("Backup"),
    "calendar": gettext_lazy("Calendar"),
    "correspond": gettext_lazy("Messages"),
    "customers": gettext_lazy("Customers"),
    "files": gettext_lazy("Attachments"),
    "imports": gettext_lazy("Imports"),
    "insight": gettext_lazy("Insight"),
    "jobs": gettext_lazy("Jobs"),
    "mcp": gettext_lazy("Assistants"),
    "messages": gettext_lazy("Message gate"),
    "obligations": gettext_lazy("Duties"),
    "onboard": gettext_lazy("Onboard"),
    "outbox": gettext_lazy("Delivery of events"),
    "portal": gettext_lazy("Customer portal"),
    "records": gettext_lazy("Lists and exports"),
    "reports": gettext_lazy("Reports"),
    "retain": gettext_lazy("Retain"),
    "segment": gettext_lazy("Segments & strategy"),
    "serve": gettext_lazy("Serve"),
    "win": gettext_lazy("Win"),
}

CHOICE_WORDS = {
    "month": gettext_lazy("month"),
    "quarter": gettext_lazy("quarter"),
    "year": gettext_lazy("year"),
    "sales_lead": gettext_lazy("sales lead"),
    "customer_manager": gettext_lazy("customer manager"),
    "success_manager": gettext_lazy("success manager"),
    "not_withdrawn": gettext_lazy("not withdrawn"),
    "given": gettext_lazy("consented"),
    "quantiles": gettext_lazy("fifths of all customers"),
    "bands": gettext_lazy("fixed bands"),
    "history": gettext_lazy("the whole history"),
    "window": gettext_lazy("the last twelve months"),
    "orders": gettext_lazy("by orders"),
    "contracts": gettext_lazy("by contracts"),
    "feb_28": gettext_lazy("28 February"),
    "mar_1": gettext_lazy("1 March"),
    "none": gettext_lazy("nobody"),
    "high": gettext_lazy("high value"),
    "high_core": gettext_lazy("high value and core"),
    "all": gettext_lazy("all of them"),
    "birthday": gettext_lazy("birthdays only"),
    "elapsed": gettext_lazy("elapsed time, 7×24"),
    "working": gettext_lazy("working time"),
    "by_tier": gettext_lazy("by the tier of the customer"),
}


def unit_words(rule: Rule) -> str:
    """The unit in words; none for money, shares of one, plain numbers, flags and choices."""
    words = {
        "days": _("days"), "working_days": _("working days"), "months": _("months"), "years": _("years"),
        "hours": _("hours"), "minutes": _("minutes"), "seconds": _("seconds"), "points": _("points"),
        "score": _("score"), "times": _("times"), "people": pgettext("unit", "people"),
        "customers": pgettext("unit", "customers"), "rows": pgettext("unit", "rows"), "percent": "%",
    }  # fmt: skip
    return words.get(rule.unit, "")
