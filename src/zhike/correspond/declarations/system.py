"""What correspond sees of the installation: whether messages leave."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhike.correspond.models import Message, MessageState
from zhike.correspond.services import sending
from zhike.foundation.kit import clock
from zhike.foundation.ui import system
from zhike.foundation.ui.system import Found, State

_DAYS = 7
_SLOW_MINUTES = 30


def _mail() -> Found:
    now = clock.now()
    queued = Message.objects.filter(state=MessageState.QUEUED)
    late = queued.filter(next_at__lt=now - dt.timedelta(minutes=_SLOW_MINUTES)).count()
    failed = Message.objects.filter(
        state__in=(MessageState.FAILED, MessageState.BOUNCED), at__gte=now - dt.timedelta(days=_DAYS)
    ).count()
    waiting = queued.count()
    numbers = {"mail_waiting": float(waiting), "mail_failed_7d": float(failed)}
    words = gettext("%(waiting)d wait; %(failed)d failed or came back within %(days)d days.") % {
        "waiting": waiting, "failed": failed, "days": _DAYS,
    }  # fmt: skip
    if waiting and not sending.is_ready():
        advice = gettext("Name the mail server in ZHIKE_SMTP_URL: docs/howto/mail.md says how.")
        return Found(words, State.LOOK, advice, numbers=numbers)
    if late:
        advice = gettext("The mail server takes nothing: look at its name, its password and at the log of the worker.")
        return Found(words, State.BROKEN, advice, numbers=numbers)
    if failed:
        advice = gettext("Each one says why on its page, and whoever wrote it can send it again.")
        return Found(words, State.LOOK, advice, numbers=numbers)
    return Found(words, numbers=numbers)


system.add(
    "mail", _("Mail traffic"), _mail, order=50,
    gauges={"mail_waiting": "Messages that wait to leave.", "mail_failed_7d": "Messages failed within 7 days."},
)  # fmt: skip
