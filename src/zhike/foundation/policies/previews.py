"""What a change would do to real data before it is made ("this would move 214 customers"). A port filled by rooms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from zhike.foundation.access.viewer import Viewer
from zhike.foundation.policies import versions
from zhike.foundation.policies.load import PolicySet


@dataclass(frozen=True)
class Effect:
    """One thing that would change: ``code`` names the sentence, ``count`` how many, ``url`` opens the rows."""

    code: str
    count: int
    sentence: str
    url: str = ""


Foresee = Callable[[Viewer, PolicySet, PolicySet], list[Effect]]
_PREVIEWS: dict[str, list[Foresee]] = {}


def preview(policy_key: str) -> Callable[[Foresee], Foresee]:
    """Ask the decorated function what a change of ``room.policy`` would do; it gets viewer, before and after."""

    def register(foresee: Foresee) -> Foresee:
        _PREVIEWS.setdefault(policy_key, []).append(foresee)
        return foresee

    return register


def preview_of(viewer: Viewer, key: str, value: Any) -> list[Effect]:
    """What setting ``room.policy.field`` to ``value`` would change now; empty when no room can tell."""
    policy_key, _, _ = key.rpartition(".")
    before = versions.current()
    after = before.with_values({key: value})
    return [effect for foresee in _PREVIEWS.get(policy_key, ()) for effect in foresee(viewer, before, after)]
