"""What people are told: notices in the application, in words that the rooms declare; and the gate to customers.

>>> messages.tell([superior_id], "deal.follow_up", {"title": "…"}, link="/opportunities/…/", about=str(event.uid))
"""

from typing import TYPE_CHECKING

from zhike.foundation.kit.doors import door

if TYPE_CHECKING:
    from zhike.foundation.messages.gate import may_send
    from zhike.foundation.messages.gate_rule import Ask, Reason, Verdict
    from zhike.foundation.messages.gate_words import kept, kept_words, reason_words, verdict_words
    from zhike.foundation.messages.notices import colleagues_of, notices_of, notices_seen, tell
    from zhike.foundation.messages.ports import gate_check
    from zhike.foundation.messages.staff_mail import staff_mail_of, staff_mail_set
    from zhike.foundation.messages.staff_push import push_ways, staff_push_of, staff_push_set
    from zhike.foundation.messages.words import SaidNotice, notice_words, said

_PLACES = {
    "gate": ("may_send",),
    "gate_rule": ("Ask", "Reason", "Verdict"),
    "gate_words": ("kept", "kept_words", "reason_words", "verdict_words"),
    "ports": ("gate_check",),
    "staff_mail": ("staff_mail_of", "staff_mail_set"),
    "staff_push": ("push_ways", "staff_push_of", "staff_push_set"),
    "notices": ("colleagues_of", "notices_of", "notices_seen", "tell"),
    "words": ("SaidNotice", "notice_words", "said"),
}
__all__ = [
    "Ask",
    "Reason",
    "SaidNotice",
    "Verdict",
    "colleagues_of",
    "gate_check",
    "kept",
    "kept_words",
    "may_send",
    "notice_words",
    "notices_of",
    "notices_seen",
    "push_ways",
    "reason_words",
    "said",
    "staff_mail_of",
    "staff_mail_set",
    "staff_push_of",
    "staff_push_set",
    "tell",
    "verdict_words",
]
__getattr__ = door(__name__, {name: place for place, names in _PLACES.items() for name in names})
