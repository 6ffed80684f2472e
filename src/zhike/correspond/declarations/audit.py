"""Words of the log about messages."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.audit import words

words.declare(
    "message",
    _("Message"),
    records="messages",
    actions={
        "message.write": _("Wrote a message to a customer"),
        "message.refuse": _("The gate held a message back"),
        "message.sent": _("A message left"),
        "message.failed": _("A message did not arrive"),
        "message.cancel": _("Took a message back"),
        "message.again": _("Sent a message again"),
        "message.receive": _("A message of a customer came in"),
        "message.assign": _("Said whose message it is"),
        "message.turn": _("Made a record of a message"),
        "message.set_aside": _("Set a message aside"),
    },
)
words.declare(
    "stop",
    _("Unwanted messages"),
    records="stops",
    actions={
        "stop.set": _("Recorded that a customer wants no messages"),
        "stop.lift": _("Recorded that a customer takes messages again"),
    },
)
words.declare(
    "template",
    _("Message template"),
    records="message-templates",
    actions={"template.publish": _("Published a message template")},
)
