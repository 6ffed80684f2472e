"""Words of the log about projects, milestones and hand-overs."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.audit import words

words.declare(
    "project",
    _("Project"),
    records="projects",
    actions={
        "project.open": _("Opened the project of a contract"),
        "project.team": _("Named the service team of a project"),
        "project.update": _("Changed a project"),
        "project.plan": _("Completed team and plan of a project"),
        "project.offer": _("Offered the customer of a project for hand-over"),
        "project.hand_over": _("Closed a project by its hand-over"),
        "project.load": _("Loaded projects"),
        "project.end": _("Ended a project with its contract"),
        "acceptance.prepare": _("Gave acceptance criteria and test environment"),
        "acceptance.test": _("Recorded an acceptance test"),
        "acceptance.comment": _("Customer commented on the acceptance in the portal"),
        "acceptance.sign": _("Customer signed an acceptance test in the portal"),
        "acceptance.rectify": _("Recorded what was rectified"),
    },
)
words.declare(
    "milestone",
    _("Milestone"),
    records="milestones",
    actions={
        "milestone.create": _("Added a milestone"),
        "milestone.update": _("Changed a milestone"),
        "milestone.reach": _("Marked a milestone as reached"),
        "milestone.late": _("Flagged a milestone as late"),
    },
)
words.declare(
    "handover",
    _("Hand-over"),
    records="hand-overs",
    actions={
        "hand_over.offer": _("Offered a hand-over"),
        "hand_over.accept": _("Accepted a hand-over"),
        "hand_over.decline": _("Declined a hand-over"),
        "hand_over.withdraw": _("Withdrew a hand-over"),
    },
)
