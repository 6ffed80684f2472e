"""Words of the log about the delivery of events."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.audit import words

words.declare(
    "outbox.delivery", _("Delivery of an event"), actions={"outbox.replay": _("Delivered a parked event again")}
)
