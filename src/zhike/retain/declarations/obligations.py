"""The duties of retention."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.events.retain import RetentionContactMade, WarningPublished
from zhike.foundation import obligations
from zhike.foundation.obligations import Obligation

obligations.declare(
    Obligation(
        code="B-18",
        title=_("Contact a customer on the warning list"),
        starts=WarningPublished,
        fulfils=(RetentionContactMade,),
        within=("retain.clocks", "contact_hours"),
        unit="hours",
        clock="elapsed",
        owed_by="relation:customer_manager",
        fallback=("post:customer_manager",),
        requirement="RET-08",
        subject="warning",
        family="first contact",
        proof=_("A call, visit or meeting logged after publication"),
    )
)
