"""What the serve room refuses, each with a sentence that says what to do instead."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from zhike.foundation.kit.refusals import Refusal


class TicketOver(Refusal):
    """The ticket is solved or closed."""

    code = "ticket_over"
    sentence = _("This ticket is solved or closed already. Reopen it if there is more to do.")


class TicketNotClassified(Refusal):
    """There is no class yet."""

    code = "ticket_not_classified"
    sentence = _("This ticket has no class yet. Classify it first.")


class SameClass(Refusal):
    """The ticket has this class already."""

    code = "same_class"
    sentence = _("This ticket has this class already. Somebody may have been faster; reload the page.")


class AlreadyHandled(Refusal):
    """The person works on the ticket already."""

    code = "already_handled"
    sentence = _("This ticket is with this person already.")


class SolutionByEngineer(Refusal):
    """A technical ticket is solved by a support engineer (SERV-05)."""

    code = "solution_by_engineer"
    status = 403
    sentence = _("The solution of a technical ticket is written by a support engineer. Pass the ticket on to one.")


class TicketNotSolved(Refusal):
    """Only what is solved can be closed."""

    code = "ticket_not_solved"
    sentence = _("This ticket is not solved. Only a solved ticket can be closed.")


class TicketOpen(Refusal):
    """What is open cannot be opened again."""

    code = "ticket_open"
    sentence = _("This ticket is open. There is nothing to reopen.")


class TicketNotClosed(Refusal):
    """The customer is asked once it is over."""

    code = "ticket_not_closed"
    sentence = _("The customer is asked about their satisfaction once the ticket is solved.")


class ArticlePublished(Refusal):
    """The article is published already."""

    code = "article_published"
    sentence = _("This article is published already.")


class ArticleNotPublished(Refusal):
    """Only a published article can be used or withdrawn."""

    code = "article_not_published"
    sentence = _("This article is not published. Publish it first.")


class ArticleNotDraft(Refusal):
    """Only a draft can be discarded."""

    code = "article_not_draft"
    sentence = _("Only a draft is discarded. A published article is taken out of use instead.")


class StepTaken(Refusal):
    """This step of the complaint was taken before."""

    code = "step_taken"
    sentence = _("This step has been taken already. Reload the page to see where the complaint stands.")


class NothingToTell(Refusal):
    """The promise was told before, or the complaint is over."""

    code = "nothing_to_tell"
    sentence = _("There is no promise left to tell: the customer knows it already, or the complaint is closed.")


class NotDispatched(Refusal):
    """Nobody is responsible yet."""

    code = "not_dispatched"
    sentence = _("Dispatch the complaint to a department or person first.")


class NotInvestigated(Refusal):
    """Cause, party and scope are not known yet."""

    code = "not_investigated"
    sentence = _("Record the cause, the responsible party and the scope of effect first.")


class NoSolution(Refusal):
    """There is nothing to tell the customer yet."""

    code = "no_solution"
    sentence = _("Write the solution and its basis first.")


class NotAnswered(Refusal):
    """The customer has not heard the solution yet."""

    code = "not_answered"
    sentence = _("Tell the customer the solution first, then note the opinion.")


class NotAccepted(Refusal):
    """The customer has not accepted the solution."""

    code = "not_accepted"
    sentence = _("The customer has not accepted the solution. A complaint is closed once they have.")


class NotClosed(Refusal):
    """The callback follows the closing."""

    code = "not_closed"
    sentence = _("Close the complaint first, then call back.")


class GreetingNotPlanned(Refusal):
    """The greeting has left, was taken out or was refused."""

    code = "greeting_not_planned"
    sentence = _("This greeting is not planned any more. Its state says what became of it.")


class GreetingNotTakenOut(Refusal):
    """Only what was taken out can be put back."""

    code = "greeting_not_taken_out"
    sentence = _("This greeting was not taken out. Its state says what became of it.")


class GreetingDayOver(Refusal):
    """The day is over."""

    code = "greeting_day_over"
    sentence = _("The day of this greeting is over. It cannot be planned any more.")


class GreetingNotToGive(Refusal):
    """Nobody has to call, or somebody has said already what became of it."""

    code = "greeting_not_to_give"
    sentence = _("This greeting is not waiting for a call. Its state says what became of it.")


class GreetingDayTaken(Refusal):
    """There is a holiday on this day."""

    code = "greeting_day_taken"
    sentence = _("There is a holiday on this day already. Change that one.")
