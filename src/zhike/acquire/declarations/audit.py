"""Words of the log about leads."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.audit import words

words.declare(
    "lead",
    _("Lead"),
    records="leads",
    actions={
        "lead.take": _("Took in an inquiry"),
        "lead.update": _("Changed a lead"),
        "lead.grade": _("Graded a lead"),
        "lead.claim": _("Claimed a lead"),
        "lead.give_back": _("Gave a lead back to the pool"),
        "lead.assign": _("Assigned a lead"),
        "lead.first_contact": _("Logged a first contact"),
        "lead.follow_up": _("Followed up a lead"),
        "lead.convert": _("Handed a lead on to sales"),
        "lead.drop": _("Dropped a lead"),
        "lead.quiet": _("Flagged leads without an update"),
        "lead.load": _("Loaded leads"),
        "lead.remove": _("Took loaded leads back"),
    },
)
