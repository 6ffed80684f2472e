"""What is missing, in sentences: the rules answer with codes, people read what to do."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

# Before a stage of a deal (WIN-01).
STAGE = {
    "first_talk": _("Log the first talk with the customer."),
    "explicit_needs": _("Write down the explicit needs."),
    "contact": _("Name the contact at the customer."),
    "amount": _("Enter the amount."),
    "expected_date": _("Enter the expected date."),
    "signed_contract": _("Have a contract of this opportunity signed: that closes it."),
}
# Before a contract goes to legal, and before it is signed (WIN-10, WIN-11).
CONTRACT = {
    "not_a_draft": _("Only a draft or a returned contract goes to legal review."),
    "parties": _("Name both parties."),
    "value": _("Enter the value."),
    "end": _("Enter until when it runs."),
    "clauses": _("Write the clauses."),
    "legal_review": _("Legal has to approve the contract first."),
    "signer": _("Choose who signs for the customer."),
    "authority": _("Enter the proof of authority: its kind and its number."),
    "seal": _("Confirm that signature and seal are on the contract."),
}
