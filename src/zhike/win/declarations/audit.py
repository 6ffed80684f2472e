"""Words of the log about opportunities and contracts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.audit import words

words.declare(
    "opportunity",
    _("Opportunity"),
    records="opportunities",
    actions={
        "opportunity.open": _("Opened an opportunity"),
        "opportunity.update": _("Changed an opportunity"),
        "opportunity.assign": _("Gave an opportunity to another owner"),
        "opportunity.move": _("Moved an opportunity to another stage"),
        "opportunity.lose": _("Closed an opportunity as not won"),
        "opportunity.win": _("Closed an opportunity as signed"),
        "opportunity.follow_up": _("Followed up an opportunity"),
        "opportunity.load": _("Loaded opportunities"),
    },
)
words.declare(
    "contract",
    _("Contract"),
    records="contracts",
    actions={
        "contract.load": _("Loaded contracts"),
        "contract.draft": _("Began the draft of a contract"),
        "contract.update": _("Changed a contract"),
        "contract.clauses": _("Wrote the clauses of a contract"),
        "contract.assign": _("Gave a contract to another owner"),
        "contract.submit": _("Sent a contract to legal review"),
        "contract.withdraw": _("Withdrew a contract from legal review"),
        "contract.review": _("Gave the legal opinion on a contract"),
        "contract.sign": _("Recorded the signature of a contract"),
        "contract.cancel": _("Cancelled a contract"),
        "contract.end": _("Ended a contract"),
        "contract.turn": _("Contracts began or ended with their days"),
    },
)
