"""The tables of rules, their firings, their tasks, and of webhooks."""

from zhike.automate.models.rule import Halt, Rule, RuleEdition, RuleState, TriggerKind
from zhike.automate.models.run import Run, RunState, RunStep, SkipReason, Standing, StepState
from zhike.automate.models.task import Task, TaskState
from zhike.automate.models.webhook import DeliveryState, Webhook, WebhookDelivery, WebhookState

__all__ = [
    "DeliveryState",
    "Halt",
    "Rule",
    "RuleEdition",
    "RuleState",
    "Run",
    "RunState",
    "RunStep",
    "SkipReason",
    "Standing",
    "StepState",
    "Task",
    "TaskState",
    "TriggerKind",
    "Webhook",
    "WebhookDelivery",
    "WebhookState",
]
