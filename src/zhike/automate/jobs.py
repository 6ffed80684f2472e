"""The worker's part of automation."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from zhike.automate.models import Run, RunState, Standing, Task, WebhookDelivery
from zhike.automate.policy import RulesPolicy, WebhookPolicy
from zhike.automate.services import delivering, timed
from zhike.foundation import jobs
from zhike.foundation.jobs.models import JobRun
from zhike.foundation.jobs.models import RunState as JobState
from zhike.foundation.jobs.pruning import remove_in_pieces
from zhike.foundation.jobs.work import Work
from zhike.foundation.kit import clock
from zhike.foundation.policies import current

SEND, COMERS = "automate.send", "automate.comers"


@jobs.job(SEND, title=_("Send messages to other systems"))
def send(work: Work) -> dict[str, int]:
    """Send what is due, batch by batch."""
    total = 0
    while delivering.is_anything_due():
        count = delivering.deliveries_send()
        total += count
        work.progress(0.5)
        if not count:
            break
    return {"sent": total}


@jobs.job(timed.SLOT, title=_("Rules that are due"), alone=False)
def slot(work: Work) -> dict[str, int]:
    """One due time of one rule."""
    given = work.arguments
    return {"fired": timed.slot_work(int(given["edition"]), dt.datetime.fromisoformat(given["slot"]))}


def _looks() -> dt.timedelta:
    return dt.timedelta(minutes=current().get(RulesPolicy).look_minutes)


@jobs.job(COMERS, every=_looks, title=_("Records that come to meet the condition of a rule"))
def comers(_work: Work) -> dict[str, int]:
    """Who has come to meet a condition."""
    return {"fired": timed.comers_work()}


@jobs.tick("automate.due", dt.timedelta(seconds=2))
def due() -> None:
    """Ask for what is due, unless somebody has asked already."""
    if timed.is_anything_due():
        timed.slots_begin()
        timed.waits_end()
    if (
        delivering.is_anything_due()
        and not JobRun.objects.filter(job=SEND, state__in=(JobState.WAITING, JobState.RUNNING)).exists()
    ):
        jobs.start(SEND, viewer=delivering.SENDER)


@jobs.job("automate.prune", every="20 4 * * *", title=_("Old firings and deliveries"))
def prune(work: Work) -> dict[str, int]:
    """Forget what is older than the policies say; what people still have to do stays."""
    now, policies = clock.now(), current()
    kept = now - dt.timedelta(days=policies.get(RulesPolicy).keep_days)
    sent = now - dt.timedelta(days=policies.get(WebhookPolicy).keep_days)
    ended = Run.objects.exclude(state__in=(RunState.PENDING, RunState.RUNNING))
    closed = ended.exclude(pk__in=Task.objects.values("run"))
    return {
        "firings": remove_in_pieces(closed.filter(at__lt=kept), work),
        "deliveries": remove_in_pieces(WebhookDelivery.objects.filter(at__lt=sent), work),
        "standing": remove_in_pieces(Standing.objects.filter(edition__rule__state="off"), work),
    }
