"""Every policy has its words on the page, so that nobody reads a code of the program."""

from __future__ import annotations

from zhike.foundation.policies.declare import declared
from zhike.interfaces.web.views.policies import POLICY_WORDS, ROOM_WORDS


def test_every_room_and_every_policy_is_named_in_words() -> None:
    ours = {key for key, made in declared().items() if ".tests." not in made.__module__}

    assert {key.partition(".")[0] for key in ours} - set(ROOM_WORDS) == set()
    assert ours - set(POLICY_WORDS) == set()
