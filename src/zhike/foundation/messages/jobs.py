"""The worker's part of telling people."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from zhike.foundation import jobs, policies
from zhike.foundation.jobs.pruning import remove_in_pieces
from zhike.foundation.jobs.work import Work
from zhike.foundation.kit import clock
from zhike.foundation.messages import staff_mail, staff_push
from zhike.foundation.messages.models import Notice
from zhike.foundation.messages.policy import NoticesPolicy, StaffMailPolicy, StaffPushPolicy


def _rhythm() -> dt.timedelta | None:
    """How far apart; not at all without a mail server."""
    if not staff_mail.is_ready():
        return None
    return dt.timedelta(minutes=policies.current().get(StaffMailPolicy).every_minutes)


@jobs.job("messages.staff", every=_rhythm, title=_("Notices by mail"))  # type: ignore[arg-type]
def notices(_work: Work) -> dict[str, int]:
    """Mail notices to those who want them."""
    return {"mails": staff_mail.staff_mail_send()}


def _apart() -> dt.timedelta | None:
    """How far apart; not at all where no service can tell anybody."""
    if not staff_push.ways():
        return None
    return dt.timedelta(minutes=policies.current().get(StaffPushPolicy).every_minutes)


@jobs.job("messages.push", every=_apart, title=_("Notices in WeCom, DingTalk or Feishu"))  # type: ignore[arg-type]
def push(_work: Work) -> dict[str, int]:
    """Tell those who want it there what they have not seen."""
    return {"told": staff_push.staff_push_send()}


@jobs.job("messages.prune", every="50 3 * * *", title=_("Remove old notices"))
def prune(work: Work) -> dict[str, int]:
    """Forget notices that nobody reads any more."""
    before = clock.now() - dt.timedelta(days=policies.current().get(NoticesPolicy).keep_days)
    return {"notices": remove_in_pieces(Notice.objects.filter(at__lt=before), work)}
