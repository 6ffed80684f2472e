"""Greetings are planned at night and leave in the morning, as do reminders of arrears and package use."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from zhike.foundation import jobs
from zhike.foundation.jobs.pruning import remove_in_pieces
from zhike.foundation.jobs.work import Work
from zhike.foundation.kit import clock
from zhike.foundation.policies import current
from zhike.serve.models import Greeting
from zhike.serve.models.greeting import GreetingState
from zhike.serve.policy import GreetingPolicy
from zhike.serve.services.greeting_planning import days_ahead, greetings_plan
from zhike.serve.services.greeting_sending import greetings_send
from zhike.serve.services.reminding import reminders_send


@jobs.job("serve.greetings_plan", every="40 0 * * *", title=_("Plan greetings"))
def plan(work: Work) -> dict[str, int]:
    """Write down who is greeted in the next weeks, day by day."""
    days = {day.isoformat(): day for day in days_ahead(clock.today(), current().get(GreetingPolicy))}
    return {"planned": sum(greetings_plan(days[name]) for name in work.pieces(list(days)) if name in days)}


@jobs.job("serve.greetings_send", every="5 * * * *", title=_("Send greetings"))
def send(work: Work) -> dict[str, int]:
    """Deal with the greetings of the day, from the hour of the policy on; those of days that are over lapse."""
    return greetings_send()


@jobs.job("serve.greetings_prune", every="25 4 * * *", title=_("Old greetings"))
def prune(work: Work) -> dict[str, int]:
    """Forget greetings that are over and older than the policy says; a call that is still owed stays."""
    last = clock.today() - dt.timedelta(days=current().get(GreetingPolicy).keep_days)
    over = Greeting.objects.exclude(state=GreetingState.CALL).filter(on__lt=last)
    return {"greetings": remove_in_pieces(over, work)}


@jobs.job("serve.reminders", every="40 8 * * *", title=_("Remind of arrears and package use"))
def remind(work: Work) -> dict[str, int]:
    """Bills past their due day, and packages of which much is used."""
    return reminders_send()
