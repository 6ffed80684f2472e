"""What to do next in an installation without customers: each step ticks itself by facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from zhike.customers.public import customers_exist
from zhike.foundation import records
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.models import Department, Person
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.backup.models import Backup

SAMPLE = "sample"


@dataclass(frozen=True)
class Step:
    """One step: what to do, why, where, and whether it is done."""

    title: Any
    why: Any
    url: str
    is_done: bool


def steps() -> list[Step]:
    """In the order in which they make sense; all done in an installation at work."""
    customers = records.find("customers")
    has_customers = customers is not None and customers.model._base_manager.exclude(origin=SAMPLE).exists()
    nights = apps.get_model("insight", "NightRun").objects
    return [
        Step(
            _("Set up the departments"), _("They decide who sees what."), "/organisation/",
            Department.objects.exclude(parent=None).exclude(external_id__startswith="sample:").exists(),
        ),
        Step(
            _("Invite your colleagues"), _("Add each with a post, then give them a sign-in link."), "/people/new/",
            Person.objects.filter(is_active=True).exclude(origin=SAMPLE).count() > 1,
        ),
        Step(
            _("Bring in your customers"), _("Import a spreadsheet, or add the first by hand."),
            "/imports/new/?type=customers", has_customers,
        ),
        Step(
            _("Look at the night"), _("It scores every customer and proposes warnings, each with its reasons."),
            "/nights/", has_customers and nights.filter(state="done").exists(),
        ),
        Step(
            _("Make the first backup"), _("«zhike backup» on the server; docs/howto/deploy.md shows a timer."),
            "/system/", Backup.objects.exists(),
        ),
    ]  # fmt: skip


def shown(viewer: Viewer, _subject: Any) -> dict[str, Any] | None:
    """The steps, until all are done, to who sets things up."""
    if not viewer.may(Area.SETTINGS, Level.EDIT):
        return None
    found = steps()
    if all(step.is_done for step in found):
        return None
    following = next(step for step in found if not step.is_done)
    return {"steps": found, "following": following, "may_look_around": not customers_exist()}
