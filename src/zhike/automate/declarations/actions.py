"""What rules do: each action calls the service of a room with the rights of who put the rule in force."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from zhike.automate.declare import Action, Doing, Done, action, actions_from
from zhike.automate.services import mailing, notifying, webhook
from zhike.automate.services.people import WHO, one_of
from zhike.automate.services.task import task_set
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.records import Field, Kind, RecordType, operations

_DO = "do:"


def _task(doing: Doing, answers: Mapping[str, Any]) -> Done:
    owner = one_of(doing, answers)
    due_at = clock.now() + dt.timedelta(hours=float(answers["hours"]))
    task = task_set(
        viewer=doing.viewer, run=doing.run, place=doing.place, title=str(answers["title"]), owner=owner, due_at=due_at,
        subject=doing.record_type.code, row=doing.row, customer_id=doing.customer_id,
    )  # fmt: skip
    return Done(gettext("Task for %(name)s") % {"name": owner.name}, f"/rule_tasks/{task.uid}/")


def _notify(doing: Doing, answers: Mapping[str, Any]) -> Done:
    count = notifying.told(doing, answers)
    return Done(ngettext("%(count)d person told", "%(count)d people told", count) % {"count": count})


def _mail(doing: Doing, answers: Mapping[str, Any]) -> Done:
    message = mailing.mailed(doing, str(answers["template"]))
    return Done(str(message.get_state_display()), f"/messages/{message.uid}/")


def _call(doing: Doing, answers: Mapping[str, Any]) -> Done:
    delivery = webhook.called(doing, str(answers["webhook"]))
    return Done(delivery.webhook.name, f"/webhook_deliveries/{delivery.uid}/")


action(
    Action(
        "task", _("Set a task"), "checklist", _task,
        lambda _viewer, _type: (
            Field("title", pgettext_lazy("task", "What is to be done"), required=True, max_length=120, name="title"),
            *WHO,
            Field("hours", _("Within hours"), Kind.NUMBER, required=True, minimum=1, maximum=8760, name="hours"),
        ),
    )
)  # fmt: skip
action(
    Action(
        "notify", _("Tell people"), "bell", _notify,
        lambda _viewer, _type: (
            Field("text", _("What they are told"), required=True, max_length=200, name="text",
                  help=_("Names of customers do not belong here; the notice leads to the record.")),
            *WHO,
        ),
    )
)  # fmt: skip
action(
    Action(
        "mail", _("Send a template by e-mail"), "mail-forward", _mail,
        lambda _viewer, _type: (
            Field("template", _("Template"), Kind.CHOICE, required=True, choices=mailing.templates, name="template"),
        ),
        offered=lambda viewer, _type: mailing.may_mail(viewer),
    )
)  # fmt: skip
action(
    Action(
        "webhook", _("Call a webhook"), "webhook", _call,
        lambda _viewer, _type: (
            Field("webhook", _("Subscription"), Kind.CHOICE, required=True, choices=webhook.on_choices, name="webhook"),
        ),
    )
)  # fmt: skip


@actions_from
def _of_records(viewer: Viewer, record_type: RecordType) -> Sequence[Action]:
    """Every field, act and assignment that the posts include: what can be done to many can be done by a rule."""
    return [_doing(operation) for operation in operations.offered(viewer, record_type)]


def _doing(operation: operations.Operation) -> Action:
    def run(doing: Doing, answers: Mapping[str, Any]) -> Done:
        operation.run(doing.viewer, doing.row.uid, answers)
        return Done(operation.title, doing.record_type.link(doing.row.uid))

    return Action(
        f"{_DO}{operation.what}", operation.title, "pencil", run, lambda _viewer, _type: operation.fields,
        group=operation.group,
    )  # fmt: skip
