"""What insight sees of the installation: whether last night was done."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhike.foundation.kit import clock
from zhike.foundation.ui import system
from zhike.foundation.ui.system import Found, State
from zhike.insight.models import NightRun

_DAYS_LATE = 2  # the night of yesterday is done today; the day before yesterday's is one too old


def _night() -> Found:
    run = NightRun.objects.order_by("-as_of").first()
    if run is None:
        advice = gettext("It comes by itself at night, while a worker runs; «zhike night» does it now.")
        return Found(gettext("No night was done yet."), State.LOOK, advice)
    days = (clock.today() - run.as_of).days
    numbers = {"night_age_days": float(days)}
    words = gettext("Night of %(day)s: %(state)s.") % {"day": run.as_of, "state": run.get_state_display()}
    if run.state == "failed":
        advice = gettext("Open it and read why; «zhike night» goes on where it stopped.")
        return Found(words, State.BROKEN, advice, reverse("nights"), numbers)
    if days > _DAYS_LATE:
        advice = gettext("See that a worker runs at night; «zhike night» makes up for it.")
        return Found(words, State.BROKEN, advice, reverse("nights"), numbers)
    return Found(words, url=reverse("nights"), numbers=numbers)


system.add("night", _("Last night"), _night, order=40, gauges={"night_age_days": "Days since the newest night's day."})
