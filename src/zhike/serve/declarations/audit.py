"""Words of the log about tickets, complaints and knowledge."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.audit import words

words.declare(
    "ticket",
    _("Ticket"),
    records="tickets",
    actions={
        "ticket.load": _("Loaded tickets"),
        "ticket.remove": _("Took loaded tickets back"),
        "ticket.receive": _("Took in a ticket"),
        "ticket.update": _("Corrected a ticket"),
        "ticket.classify": _("Classified a ticket"),
        "ticket.take": _("Took a ticket over"),
        "ticket.pass_on": _("Passed a ticket on"),
        "ticket.answer": _("Answered a ticket"),
        "ticket.solve": _("Solved a ticket"),
        "ticket.note": _("Wrote to a ticket"),
        "ticket.heard": _("Noted what the customer said to a ticket"),
        "ticket.close": _("Closed a ticket"),
        "ticket.rate": _("Noted the customer's rating of a ticket"),
        "ticket.reopen": _("Opened a ticket again"),
        "old_matters.raise": _("Raised old matters of a customer"),
    },
)
words.declare(
    "complaint",
    _("Complaint"),
    records="complaints",
    actions={
        "complaint.load": _("Loaded complaints"),
        "complaint.receive": _("Took in a complaint"),
        "complaint.update": _("Corrected a complaint"),
        "complaint.tell": _("Told the customer the promise of a complaint"),
        "complaint.dispatch": _("Dispatched a complaint"),
        "complaint.investigate": _("Noted the investigation of a complaint"),
        "complaint.resolve": _("Noted the solution of a complaint"),
        "complaint.answer": _("Answered a complaint"),
        "complaint.opinion": _("Noted the customer's opinion on the solution"),
        "complaint.close": _("Closed a complaint"),
        "complaint.call_back": _("Called back about a complaint"),
    },
)
words.declare(
    "article",
    _("Knowledge article"),
    records="knowledge",
    actions={
        "article.load": _("Loaded knowledge articles"),
        "article.create": _("Wrote a knowledge article"),
        "article.update": _("Changed a knowledge article"),
        "article.publish": _("Published a knowledge article"),
        "article.discard": _("Discarded the draft of a knowledge article"),
        "article.withdraw": _("Withdrew a knowledge article"),
    },
)
