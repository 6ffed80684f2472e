"""Why something cannot be done to an approval, in words that say what to do next."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from zhike.foundation.kit.refusals import Forbidden, Refusal


class DecidedBefore(Refusal):
    """The approval has ended."""

    code = "decided_before"
    sentence = _("%(by)s was faster: this approval ended before you decided. Its page shows how.")


class NotYours(Forbidden):
    """The viewer is not asked in the step that is open."""

    code = "not_your_approval"
    sentence = _("You are not asked to decide on this now. Its page shows who is.")


class SignedBefore(Refusal):
    """The viewer has said a word in this step already."""

    code = "signed_before"
    sentence = _("You have decided on this already; others are asked now.")


class NotOffered(Refusal):
    """The flow does not know this verdict, or cannot be withdrawn."""

    code = "not_offered"
    sentence = _("This kind of approval does not offer that. Choose one of the buttons on its page.")


class NotAuthor(Forbidden):
    """Only the author takes an approval back."""

    code = "not_author"
    sentence = _("Only who asked for this approval can withdraw it.")


class RunsAlready(Refusal):
    """The subject is being decided on."""

    code = "approval_runs"
    sentence = _("This is being decided on already. Its approval has to end, or be withdrawn, first.")


# Problems of single fields, where the codes that everybody uses say too little.
AUTHOR = _("Who asked for the decision or had a hand in it cannot sign.")
SIGNS_ALREADY = _("This person is asked in this step already.")
TOO_MANY = _("This is more than can be approved at once. Choose fewer.")
ONE_KIND = _("Choose approvals of one kind: each kind is decided on by itself.")
NO_CURSOR = _("This list goes on elsewhere: begin at its first page.")
