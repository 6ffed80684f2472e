"""What a change would do to real data before it is made ("this would move 214 customers"). A port filled by rooms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from zhike.foundation.access.viewer import Viewer
from zhike.foundation.policies import versions
from zhike.foundation.policies.declare import declared
from zhike.foundation.policies.load import PolicySet
from zhike.foundation.policies.models import TEMPLATE_KEY
from zhike.foundation.policies.templates import Selection


@dataclass(frozen=True)
class Effect:
    """One thing that would change: ``code`` names the sentence, ``count`` how many, ``url`` opens the rows.

    ``share`` is how much of a long computation is done, 0 to 1, while it runs: then ask :func:`preview_kept` again.
    """

    code: str
    count: int
    sentence: str
    url: str = ""
    share: float | None = None


Foresee = Callable[[Viewer, PolicySet, PolicySet], list[Effect]]


@dataclass(frozen=True)
class _Port:
    asked: Foresee
    kept: Foresee


# A change of the template asks the ports of all policies whose numbers it moves.
_PREVIEWS: dict[str, list[_Port]] = {}


def preview(*policy_keys: str, kept: Foresee | None = None) -> Callable[[Foresee], Foresee]:
    """Ask the decorated function what a change of ``room.policy`` would do; it gets viewer, before and after.

    What takes long starts in the background and says so by ``Effect.share``. ``kept`` then tells what is known
    without starting anything: for the progress, and for whoever decides on a proposal later.
    """

    def register(foresee: Foresee) -> Foresee:
        port = _Port(foresee, kept or foresee)
        for policy_key in policy_keys:
            _PREVIEWS.setdefault(policy_key, []).append(port)
        return foresee

    return register


def preview_of(viewer: Viewer, key: str, value: Any) -> list[Effect]:
    """What setting ``room.policy.field`` to ``value`` would change now; empty when no room can tell.

    The key of the template with a written Selection asks the same of a template.
    """
    before, after = _both(key, value)
    return [effect for port in _ports(key, before, after) for effect in port.asked(viewer, before, after)]


def preview_kept(viewer: Viewer, key: str, value: Any) -> list[Effect]:
    """What is known of that effect already; a computation that runs tells its progress, none is begun."""
    before, after = _both(key, value)
    return [effect for port in _ports(key, before, after) for effect in port.kept(viewer, before, after)]


def _ports(key: str, before: PolicySet, after: PolicySet) -> list[_Port]:
    """Each port once, in the order of registration."""
    moved = {key.rpartition(".")[0]}
    if key == TEMPLATE_KEY:
        moved = {name for name, cls in declared().items() if before.get(cls) != after.get(cls)}
    return list(dict.fromkeys(port for name, ports in _PREVIEWS.items() if name in moved for port in ports))


def _both(key: str, value: Any) -> tuple[PolicySet, PolicySet]:
    before = versions.current()
    if key == TEMPLATE_KEY:
        return before, Selection.read(value).over(before)
    return before, before.with_values({key: value})
