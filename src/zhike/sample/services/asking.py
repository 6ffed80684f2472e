"""Asking for the sample company, and for its end: one job at a time, each refused at once where it cannot be."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_noop as _

from zhike.customers.public import customers_exist
from zhike.foundation import audit, jobs
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.jobs.models import JobRun, RunState
from zhike.foundation.kit.refusals import Refusal
from zhike.sample.services.removal import LiveRowsHang, NoSample, hanging, is_loaded

CUSTOMERS = 2_000
LOAD, REMOVE = "sample.load", "sample.remove"  # names of the jobs


class NotEmpty(Refusal):
    """The sample is for looking around before work begins."""

    code = "sample_not_empty"
    sentence = _("There are customers here already. The sample company is for an installation without any.")


class UnderWay(Refusal):
    """One job about the sample at a time."""

    code = "sample_under_way"
    sentence = _("The sample company is being loaded or taken out at this moment. Wait until that is done.")


def under_way() -> JobRun | None:
    """The job about the sample that waits or runs, if there is one."""
    names = (LOAD, REMOVE)
    return JobRun.objects.filter(job__in=names, state__in=(RunState.WAITING, RunState.RUNNING)).order_by("id").first()


@transaction.atomic
def load_ask(*, viewer: Viewer, customers: int) -> JobRun:
    """Have the sample company loaded. Raises: Forbidden, UnderWay, NotEmpty."""
    viewer.require(Area.SETTINGS, Level.EDIT)
    if under_way():
        raise UnderWay()
    if customers_exist():
        raise NotEmpty()
    return _asked(viewer, LOAD, {"customers": customers, "language": viewer.language})


@transaction.atomic
def remove_ask(*, viewer: Viewer) -> JobRun:
    """Have the sample company taken out. Raises: Forbidden, UnderWay, NoSample, LiveRowsHang."""
    viewer.require(Area.SETTINGS, Level.EDIT)
    if under_way():
        raise UnderWay()
    if not is_loaded():
        raise NoSample()
    if found := hanging():
        raise LiveRowsHang(what="; ".join(map(str, found)))
    return _asked(viewer, REMOVE, {})


def _asked(viewer: Viewer, job: str, arguments: dict[str, object]) -> JobRun:
    run = jobs.start(job, viewer=viewer, arguments=arguments)
    audit.record(viewer, "sample.ask", kind="sample", after={"job": job})
    return run
