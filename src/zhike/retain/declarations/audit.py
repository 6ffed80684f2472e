"""Words of the log about churn warnings."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.audit import words

words.declare(
    "warning",
    _("Churn warning"),
    records="warnings",
    actions={
        "warning.propose": _("Proposed churn warnings for decision"),
        "warning.publish": _("Published a churn warning"),
        "warning.dismiss": _("Dismissed a proposed churn warning"),
        "warning.case": _("Opened the retention case of a warning published earlier"),
    },
)
words.declare(
    "retention_case",
    _("Retention case"),
    records="retentions",
    actions={
        "retention.load": _("Loaded retention cases"),
        "retention.open": _("Opened a retention case"),
        "retention.offer": _("Offered a retention case to the sales lead"),
        "retention.take": _("Took over the lead of a retention case"),
        "retention.interview": _("Logged a retention interview"),
        "retention.plan": _("Wrote a retention plan"),
        "retention.step_add": _("Added a step to a retention plan"),
        "retention.step_drop": _("Took a step out of a retention plan"),
        "retention.step_done": _("Marked a step of a retention plan as done"),
        "retention.plan_submit": _("Submitted a retention plan"),
        "retention.plan_approve": _("Approved a retention plan"),
        "retention.plan_return": _("Returned a retention plan"),
        "retention.save": _("Closed a retention case: customer saved"),
        "retention.lose": _("Closed a retention case: customer lost"),
        "retention.last_talk": _("Logged the last talk with a lost customer"),
        "retention.archive": _("Archived the file of a lost customer"),
        "retention.approach": _("Approached a lost customer again"),
    },
)
words.declare(
    "health_patrol",
    _("Health patrol"),
    records="health_patrols",
    actions={
        "patrol.plan": _("Planned health patrols"),
        "patrol.hold": _("Wrote down a health patrol"),
        "patrol.call_off": _("Called off a health patrol"),
        "patrol.task_done": _("Marked a task of a health patrol as done"),
    },
)
words.declare(
    "health_fall",
    _("Fall of health"),
    records="health_falls",
    actions={"health.cause": _("Confirmed the cause of a fall of health")},
)
