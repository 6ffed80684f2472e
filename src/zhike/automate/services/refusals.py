"""Why something about rules is refused."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from zhike.foundation.kit.refusals import Refusal


class RuleIncomplete(Refusal):
    """The draft cannot be put in force."""

    code = "rule_incomplete"
    status = 422
    sentence = _("The rule cannot be put in force yet: %(problems)s")


class RuleIsOn(Refusal):
    """What is on has to be switched off first."""

    code = "rule_is_on"
    sentence = _("This rule is on. Switch it off first.")


class RuleNotOn(Refusal):
    """What is not on cannot be switched off."""

    code = "rule_not_on"
    sentence = _("This rule is not on, so there is nothing to switch off.")


class HaltStands(Refusal):
    """All rules stand still already."""

    code = "halt_stands"
    sentence = _("All rules stand still already. Let them run again first.")


class NoHalt(Refusal):
    """Nothing holds the rules."""

    code = "no_halt"
    sentence = _("The rules are running. Reload the page to see how they stand.")


class NothingToRepeat(Refusal):
    """No action of a firing failed or was refused."""

    code = "nothing_to_repeat"
    sentence = _("Every action of this firing was done. There is nothing to try again.")


class NobodySees(Refusal):
    """Nobody of those meant may see the record."""

    code = "nobody_sees"
    sentence = _("Nobody of those who are meant sees this record, so nobody was told.")


class TaskClosed(Refusal):
    """The task is over."""

    code = "rule_task_closed"
    sentence = _("This task is done or was dropped before. Reload the page to see what came of it.")


class StepRefused(Refusal):
    """An action is no longer offered, or its answers no longer fit."""

    code = "step_refused"
    sentence = "%(why)s"
