"""Every duty has an owner, a clock and an escalation: declared as data by the rooms, run and counted here.

>>> obligations.declare(Obligation(code="B-18", title=_("Contact the customer"), starts=WarningPublished, ...))
"""

from typing import TYPE_CHECKING

from zhike.foundation.kit.doors import door

if TYPE_CHECKING:
    from zhike.foundation.obligations.declaration import Obligation, Recurring, Subject
    from zhike.foundation.obligations.declaring import (
        cancel_on,
        declare,
        hand_over_on,
        reaction,
        reassign_on,
        recurring,
    )
    from zhike.foundation.obligations.gates import GateClosed, gate, missing, require_open, words_of
    from zhike.foundation.obligations.register import declared
    from zhike.foundation.obligations.selectors import (
        clocks_of,
        counts,
        duties_about,
        duties_of,
        duties_of_customer,
        duties_open,
        duties_overdue,
        duties_stood_in,
        notices_of,
    )
    from zhike.foundation.obligations.services import duty_cancel, duty_reassign, notices_seen, reassign
    from zhike.foundation.obligations.ticking import tick

_PLACES = {
    "declaration": ("Obligation", "Recurring", "Subject"),
    "declaring": ("cancel_on", "declare", "hand_over_on", "reaction", "reassign_on", "recurring"),
    "register": ("declared",),
    "gates": ("GateClosed", "gate", "missing", "require_open", "words_of"),
    "selectors": (
        "clocks_of",
        "counts",
        "duties_about",
        "duties_of",
        "duties_of_customer",
        "duties_open",
        "duties_overdue",
        "duties_stood_in",
        "notices_of",
    ),
    "services": ("duty_cancel", "duty_reassign", "notices_seen", "reassign"),
    "ticking": ("tick",),
}
__all__ = [
    "GateClosed",
    "Obligation",
    "Recurring",
    "Subject",
    "cancel_on",
    "clocks_of",
    "counts",
    "declare",
    "declared",
    "duties_about",
    "duties_of",
    "duties_of_customer",
    "duties_open",
    "duties_overdue",
    "duties_stood_in",
    "duty_cancel",
    "duty_reassign",
    "gate",
    "hand_over_on",
    "missing",
    "notices_of",
    "notices_seen",
    "reaction",
    "reassign",
    "reassign_on",
    "recurring",
    "require_open",
    "tick",
    "words_of",
]
__getattr__ = door(__name__, {name: place for place, names in _PLACES.items() for name in names})
