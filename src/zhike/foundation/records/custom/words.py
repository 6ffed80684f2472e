"""What can be said of a custom field: its kinds, and the entry of the data catalogue. In both languages."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.records.declare import Kind

KINDS = {
    Kind.TEXT: _("Text, one line"),
    Kind.LONG_TEXT: _("Text, several lines"),
    Kind.NUMBER: _("A number"),
    Kind.MONEY: _("Amount of money"),
    Kind.DATE: _("Date"),
    Kind.CHOICE: _("Choice"),
    Kind.PERSON: _("Member of staff"),
    Kind.RELATION: _("Another record"),
}
LEVELS = {"basic": _("everybody who sees these records"), "full": _("only posts that see them in full")}
PURPOSES = {
    "contract": _("Performance of the contract"),
    "service": _("After-sales and service"),
    "marketing": _("Marketing and sales"),
    "analysis": _("Analysis and improvement"),
    "duty": _("Duty by law"),
}
BASES = {
    "contract": _("Needed for the contract"),
    "consent": _("Consent"),
    "law": _("Duty by law"),
    "none": _("None needed: no personal value"),
}
RETENTIONS = {
    "record": _("As long as the record"),
    "customer_3y": _("As long as the customer relationship lasts, and 3 years after"),
    "year": _("1 year"),
    "law_10y": _("10 years, by law"),
}
# How the database takes a value of each kind; see .column.
LETTERS = {
    Kind.TEXT: "t",
    Kind.LONG_TEXT: "t",
    Kind.MONEY: "i",
    Kind.DATE: "d",
    Kind.CHOICE: "t",
    Kind.PERSON: "i",
    Kind.RELATION: "i",
}
LONGEST = {Kind.TEXT: 200, Kind.LONG_TEXT: 4_000}
SORTED = (Kind.TEXT, Kind.NUMBER, Kind.MONEY, Kind.DATE)


def letter_of(kind: Kind, digits: int) -> str:
    """How the database takes values of this kind: only numbers with digits after the point are no whole ones."""
    return ("f" if digits else "i") if kind is Kind.NUMBER else LETTERS[kind]
