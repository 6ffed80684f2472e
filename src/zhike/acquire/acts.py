"""What is done to a lead besides editing it: the buttons of its page, in the order of the work."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhike.acquire.models import Lead
from zhike.acquire.models.lead import OPEN, ContactChannel, DropReason, LeadGrade, LeadState
from zhike.acquire.services import grading, holding, progress
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.naming import able
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.records import Act, Choice, Confirm, Field, Kind


def _is_open(_viewer: Viewer, lead: Lead) -> bool:
    return lead.state in OPEN


def _in_pool(viewer: Viewer, lead: Lead) -> bool:
    return _is_open(viewer, lead) and lead.owner_id is None


def _mine(viewer: Viewer, lead: Lead) -> bool:
    is_theirs = lead.owner_id == viewer.person_id or viewer.may(Area.LEADS, Level.APPROVE)
    return _is_open(viewer, lead) and lead.owner_id is not None and is_theirs


def _uncontacted(viewer: Viewer, lead: Lead) -> bool:
    return _mine(viewer, lead) and lead.contacted_at is None


def _going(viewer: Viewer, lead: Lead) -> bool:
    return _mine(viewer, lead) and bool(lead.is_go)


def _never(_viewer: Viewer, _lead: Lead) -> bool:
    return False


def _choices(enum: Any) -> tuple[Choice, ...]:
    return tuple(Choice(value, label) for value, label in enum.choices)


_BY = Field("contact_channel", _("Means of contact"), Kind.CHOICE, choices=_choices(ContactChannel), required=True)
_NEXT = (
    Field("next_action", _("Next action"), max_length=200),
    Field("next_on", _("Next date"), Kind.DATE),
)
_REASON = Field("reason", _("Reason"), required=True, max_length=200)
_DROP = Field("drop_reason", _("Reason"), Kind.CHOICE, choices=_choices(DropReason), required=True)

ACTS = (
    Act("claim", _("Claim"), "hand-grab", holding.lead_claim, when=_in_pool, posts=holding.CLAIMERS, is_main=True,
        done=_("The lead is yours now.")),
    Act(
        "first_contact", _("Log the first contact"), "phone", progress.lead_first_contact, when=_uncontacted,
        is_main=True, done=_("First contact logged."),
        asks=_("What you write here also stands on the customer's timeline."),
        fields=(
            _BY,
            Field("message", _("Message given"), Kind.LONG_TEXT, required=True,
                  help=_("What you told them. Promise nothing that cannot be kept.")),
            Field("interests", _("Points of interest"), Kind.LONG_TEXT),
            Field("doubts", _("Doubts"), Kind.LONG_TEXT),
            Field("decision", _("Deep follow-up"), Kind.CHOICE, required=True,
                  choices=(Choice("go", _("Go")), Choice("no_go", _("No-go")))),
            _REASON,
            *_NEXT,
        ),
        confirms=(
            Confirm("overpromise", "promises_can_be_kept", _("I have checked these words: all of it can be kept.")),
        ),
    ),
    Act("follow_up", _("Log a follow-up"), "message-2", progress.lead_follow_up, when=_going,
        fields=(_BY, Field("feedback", _("Customer feedback"), Kind.LONG_TEXT, required=True), *_NEXT)),
    Act("convert", _("Hand on to sales"), "trophy", progress.lead_convert, when=_going, is_main=True,
        asks=_("An opportunity is opened on this customer, called as the need of the lead.")),
    Act("grade", _("Change the grade"), "adjustments", grading.lead_grade, when=_mine,
        fields=(
            Field("grade", _("Grade"), Kind.CHOICE, required=True,
                  choices=(*_choices(LeadGrade), Choice(grading.BY_RULE, _("As the rule says")))),
            _REASON,
        )),
    Act("assign", _("Assign"), "user-share", holding.lead_assign, when=_is_open, level=Level.APPROVE,
        fields=(Field("owner", _("New owner"), Kind.PERSON, required=True, people=partial(able, Area.LEADS)),)),
    Act("give_back", _("Give back to the pool"), "arrow-back-up", holding.lead_give_back, when=_mine,
        fields=(_REASON,)),
    Act("drop", pgettext_lazy("lead", "Drop"), "circle-x", progress.lead_drop, when=_mine,
        fields=(_DROP, Field("note", _("Note"), max_length=200))),
    # Only for the board: a card is put into the columns to which a decision leads.
    Act("move", _("Move the lead"), "arrows-move", progress.lead_move, when=_never,
        fields=(
            Field("state", _("State"), Kind.CHOICE, choices=_choices(LeadState), required=True),
            Field("drop_reason", _("Reason of dropping"), Kind.CHOICE, choices=_choices(DropReason)),
            Field("note", _("Note"), max_length=200),
        )),
)  # fmt: skip
