"""The worker's part of correspondence."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from zhike.correspond.policy import ReceivingPolicy
from zhike.correspond.services import receiving, sending
from zhike.foundation import jobs
from zhike.foundation.jobs.models import JobRun, RunState
from zhike.foundation.jobs.work import Work
from zhike.foundation.policies import current

SEND = "correspond.send"


@jobs.job(SEND, title=_("Send messages"))
def send(work: Work) -> dict[str, int]:
    """Send what is due, batch by batch."""
    total: dict[str, int] = {}
    while sending.is_anything_due():
        counts = sending.messages_send()
        for state, count in counts.items():
            total[state] = total.get(state, 0) + count
        work.progress(0.5)
        if not counts or "unreachable" in counts:
            break
    return total


def _looks() -> dt.timedelta | None:
    """How far apart the mailbox is looked into; not at all without one."""
    if not receiving.is_ready():
        return None
    return dt.timedelta(minutes=current().get(ReceivingPolicy).fetch_minutes)


@jobs.job("correspond.fetch", every=_looks, title=_("Fetch messages"))  # type: ignore[arg-type]
def fetch(_work: Work) -> dict[str, int]:
    """Take in what customers wrote."""
    return receiving.messages_fetch()


@jobs.tick("correspond.due", dt.timedelta(seconds=2))
def due() -> None:
    """Ask for the job when something waits, unless somebody has asked already: a message leaves within seconds."""
    asked = JobRun.objects.filter(job=SEND, state__in=(RunState.WAITING, RunState.RUNNING)).exists()
    if not asked and sending.is_ready() and sending.is_anything_due():
        jobs.start(SEND, viewer=sending.MAIL)
