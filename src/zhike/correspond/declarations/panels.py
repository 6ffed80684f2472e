"""What correspondence shows: what may be sent to a customer and why not, and the words of a message."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhike.correspond import selectors
from zhike.correspond.services.receiving import TOO_LARGE
from zhike.correspond.services.sending import IN_DOUBT
from zhike.foundation import messages
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.ui import panels


def _ways(viewer: Viewer, customer: Any) -> dict[str, Any]:
    may_see_stops = viewer.may(Area.CONSENT, Level.BASIC)
    return {
        "customer": customer,
        "ways": selectors.ways_to(viewer, customer.pk),
        "stops": selectors.stops_of(viewer, customer.pk) if may_see_stops else [],
        "may_write": viewer.may(Area.TIMELINE, Level.EDIT),
        "may_stop": viewer.may(Area.CONSENT, Level.EDIT),
    }


def _words(viewer: Viewer, message: Any) -> dict[str, Any]:
    return {
        "may_read": selectors.may_read_words(viewer),
        "text": selectors.words_of(viewer, message),
        "reasons": messages.kept_words(message.reasons),
        "error": error_words(message.error),
        "attachments": message.attachments,
        "next_at": message.next_at if message.state == "queued" and message.next_at > message.at else None,
    }


def error_words(code: str) -> str:
    """What went wrong, and what to do, as a sentence."""
    if not code:
        return ""
    if code == IN_DOUBT:
        return gettext(
            "The connection broke while the message was handed over: it may have arrived. Ask before you repeat it."
        )
    if code == TOO_LARGE:
        return gettext("The message is too large: only its head was taken in. Look into the mailbox.")
    if code == "unreachable":
        return gettext("The mail server could not be reached.")
    if code.startswith("smtp_5"):
        return gettext("The mail server refused it (%(code)s). Check the address.") % {
            "code": code.removeprefix("smtp_")
        }
    if code.startswith("smtp_"):
        return gettext("The mail server asks to try later (%(code)s).") % {"code": code.removeprefix("smtp_")}
    return gettext("It came back (%(code)s). Check the address.") % {"code": code}


panels.add(
    panels.Panel("customer.foot", "messages", _("What may be sent"), "correspond/_ways.html", _ways, Area.TIMELINE,
                 order=35)
)  # fmt: skip


def _to_assign(viewer: Viewer, _subject: Any) -> dict[str, Any] | None:
    count = selectors.unassigned_count(viewer)
    return {"count": count} if count else None


panels.add(
    panels.Panel("home", "mail", _("Messages to be assigned"), "correspond/_to_assign.html", _to_assign, Area.TIMELINE,
                 Level.EDIT, order=31, posts=frozenset({"service_representative", "counter_staff"}))
)  # fmt: skip
panels.add(panels.Panel("messages.main", "words", _("Text"), "correspond/_words.html", _words, Area.TIMELINE, order=1))
