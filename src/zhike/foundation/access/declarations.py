"""Words of the log about staff and departments."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.audit import words

words.declare(
    "department",
    _("Department"),
    records="departments",
    actions={
        "department.add": _("Added a department"),
        "department.update": _("Renamed or moved a department"),
    },
)
words.declare(
    "person",
    _("Member of staff"),
    records="people",
    actions={
        "person.add": _("Added a member of staff"),
        "person.update": _("Changed a member of staff"),
        "person.post_give": _("Gave a post"),
        "person.post_take": _("Took a post away"),
        "person.deactivate": _("Closed an account and handed over what it owned"),
        "person.reactivate": _("Opened a closed account again"),
        "person.explained": _("Asked why somebody sees a record"),
        "deputy.named": _("Named a deputy"),
        "deputy.ended": _("Ended a deputyship"),
        "records.hand_over": _("Handed records over to another owner"),
    },
)
