"""What people are told: notices in the application, in words that the rooms declare.

>>> messages.tell([superior_id], "deal.follow_up", {"title": "…"}, link="/opportunities/…/", about=str(event.uid))
"""

from typing import TYPE_CHECKING

from zhike.foundation.kit.doors import door

if TYPE_CHECKING:
    from zhike.foundation.messages.notices import colleagues_of, notices_of, notices_seen, tell
    from zhike.foundation.messages.words import SaidNotice, notice_words, said

_PLACES = {
    "notices": ("colleagues_of", "notices_of", "notices_seen", "tell"),
    "words": ("SaidNotice", "notice_words", "said"),
}
__all__ = ["SaidNotice", "colleagues_of", "notice_words", "notices_of", "notices_seen", "said", "tell"]
__getattr__ = door(__name__, {name: place for place, names in _PLACES.items() for name in names})
