"""The door of correspondence: writing to customers, and what they do not want."""

from zhike.correspond.addressing import whom_to_write
from zhike.correspond.mail_act import NotAllowedOut, mail_act
from zhike.correspond.models import Message, Template
from zhike.correspond.models.message import MessageState
from zhike.correspond.policy import ReceivingPolicy
from zhike.correspond.selectors import may_read_words, template_in_use, templates_in_use, was_said, words_before
from zhike.correspond.services.answering import answer_by_mail, words_received
from zhike.correspond.services.stop import sending_stop
from zhike.correspond.services.turning import Letter, Turn, message_belongs, turns_into
from zhike.correspond.services.writing import About, message_write, queued
from zhike.correspond.standing import still_so

__all__ = [
    "About",
    "Letter",
    "Message",
    "MessageState",
    "NotAllowedOut",
    "ReceivingPolicy",
    "Template",
    "Turn",
    "answer_by_mail",
    "mail_act",
    "may_read_words",
    "message_belongs",
    "message_write",
    "queued",
    "sending_stop",
    "still_so",
    "template_in_use",
    "templates_in_use",
    "turns_into",
    "was_said",
    "whom_to_write",
    "words_before",
    "words_received",
]
