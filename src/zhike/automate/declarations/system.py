"""What automation sees of the installation: whether rules do what they should, and messages arrive."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhike.automate.selectors import how_it_stands
from zhike.automate.services.rule import standing_halt
from zhike.foundation.ui import system
from zhike.foundation.ui.system import Found, State


def _automation() -> Found:
    now = how_it_stands()
    numbers = {"rules_on": float(now.on), "rules_failed": float(now.failed), "webhooks_parked": float(now.parked)}
    words = gettext("%(on)d rules are on; %(failed)d firings wait to be tried again; %(parked)d deliveries parked.") % {
        "on": now.on, "failed": now.failed, "parked": now.parked,
    }  # fmt: skip
    if standing_halt() is not None:
        advice = gettext("All rules stand still. Somebody held them: see the page of automation.")
        return Found(words, State.LOOK, advice, numbers=numbers)
    if now.failed or now.parked or now.webhooks_failed:
        advice = gettext("The log of automation and the deliveries of webhooks say what failed.")
        return Found(words, State.LOOK, advice, numbers=numbers)
    return Found(words, numbers=numbers)


system.add(
    "automation", _("Automation"), _automation, order=55,
    gauges={
        "rules_on": "Automation rules that are on.",
        "rules_failed": "Firings of rules that wait to be tried again.",
        "webhooks_parked": "Webhook deliveries that are parked.",
    },
)  # fmt: skip
