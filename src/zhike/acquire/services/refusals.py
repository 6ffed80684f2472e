"""Why something cannot be done with a lead: one refusal per reason, with a sentence that says what to do."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from zhike.foundation.kit.refusals import Refusal


class LeadClosed(Refusal):
    """The lead was converted or dropped meanwhile."""

    code = "lead_closed"
    sentence = _("This lead is closed already. If the customer asks again, take in the inquiry: it opens anew.")


class LeadTaken(Refusal):
    """Somebody owns the lead."""

    code = "lead_taken"
    sentence = _("%(owner)s has this lead already. Choose the next one from the pool.")


class LeadUnclaimed(Refusal):
    """Nobody owns the lead yet."""

    code = "lead_unclaimed"
    sentence = _("Nobody has this lead yet. Claim it first.")


class ClaimLimit(Refusal):
    """The daily number of claims is used up."""

    code = "claim_limit"
    sentence = _(
        "You have claimed %(limit)s leads today, as many as one may in a day. Ask your sales lead to assign more."
    )


class AlreadyContacted(Refusal):
    """The first contact was logged before."""

    code = "already_contacted"
    sentence = _("The first contact is logged already. Write down what came after it as a follow-up.")


class NotYetContacted(Refusal):
    """There was no first contact that said go."""

    code = "not_yet_contacted"
    sentence = _("Log the first contact and decide to go on; then this is possible.")


class Overpromise(Refusal):
    """Words in the message may promise more than can be kept."""

    code = "overpromise"
    sentence = _(
        "This may promise too much: %(words)s. Change the words, or confirm that every one of them can be kept."
    )


class LeadMovesByDeeds(Refusal):
    """On the board somebody put a lead where only a deed can bring it."""

    code = "lead_moves_by_deeds"
    sentence = _("A lead comes there by what is done: log the first contact or a follow-up, and it moves by itself.")
