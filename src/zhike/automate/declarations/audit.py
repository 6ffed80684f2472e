"""Words of the log about automation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.audit import words

words.declare(
    "rule", _("Automation rule"), records="rules",
    actions={
        "rule.create": _("Began an automation rule"),
        "rule.update": _("Renamed an automation rule"),
        "rule.define": _("Changed the draft of an automation rule"),
        "rule.turn_on": _("Put an automation rule in force"),
        "rule.turn_off": _("Switched an automation rule off"),
        "rule.delete": _("Deleted an automation rule"),
        "rule.restore": _("Restored an automation rule"),
    },
)  # fmt: skip
words.declare(
    "rules", _("All automation rules"),
    actions={
        "rules.halt": _("Held all automation rules"),
        "rules.resume": _("Let the automation rules run again"),
    },
)  # fmt: skip
words.declare("run", _("Firing of a rule"), records="rule_runs", actions={"rule_run.again": _("Tried a firing again")})
words.declare(
    "task", _("Task of a rule"), records="rule_tasks",
    actions={
        "rule_task.set": _("A rule set a task for somebody"),
        "rule_task.done": _("Did the task of a rule"),
        "rule_task.drop": _("Dropped the task of a rule"),
    },
)  # fmt: skip
words.declare(
    "webhook", _("Webhook"), records="webhooks",
    actions={
        "webhook.create": _("Added a webhook"),
        "webhook.update": _("Changed a webhook"),
        "webhook.secret": _("Made a new secret for a webhook"),
        "webhook.turn_on": _("Switched a webhook on"),
        "webhook.turn_off": _("Switched a webhook off"),
        "webhook.fail": _("A webhook failed for too long and was switched off"),
        "webhook.ping": _("Sent a test to a webhook"),
        "webhook.delete": _("Deleted a webhook"),
        "webhook.restore": _("Restored a webhook"),
    },
)  # fmt: skip
words.declare(
    "webhookdelivery", _("Webhook delivery"), records="webhook_deliveries",
    actions={"webhook_delivery.again": _("Sent a message to a webhook again")},
)  # fmt: skip
