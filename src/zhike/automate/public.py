"""The door of automation: triggers and actions that other rooms add, and rules from elsewhere."""

from zhike.automate.declare import Action, Doing, Done, Trigger, action, actions_from, trigger
from zhike.automate.rules.definition import Definition, Step
from zhike.automate.services.load import RuleRow, rules_load

__all__ = [
    "Action",
    "Definition",
    "Doing",
    "Done",
    "RuleRow",
    "Step",
    "Trigger",
    "action",
    "actions_from",
    "rules_load",
    "trigger",
]
