"""All flows that the rooms have declared."""

from __future__ import annotations

from collections.abc import Callable

from zhike.foundation.approvals.flow import Flow
from zhike.foundation.kit.refusals import NotFound

_FLOWS: dict[str, Flow] = {}
# Whoever shows flows may want to know of each: a panel on the page of its records.
_HEARERS: list[Callable[[Flow], None]] = []


def declare(flow: Flow) -> Flow:
    """Let approvals of this flow start from now on. Raises ValueError when another module has the code."""
    held = _FLOWS.get(flow.code)
    if held is not None and getattr(held.hold, "__module__", "") != getattr(flow.hold, "__module__", ""):
        raise ValueError(f"there is a flow {flow.code} already")
    _FLOWS[flow.code] = flow
    for hear in _HEARERS:
        hear(flow)
    return flow


def each(hear: Callable[[Flow], None]) -> Callable[[Flow], None]:
    """Call ``hear`` for every flow, those declared later too."""
    _HEARERS.append(hear)
    for flow in list(_FLOWS.values()):
        hear(flow)
    return hear


def flows() -> list[Flow]:
    """All declared flows, by code."""
    return [_FLOWS[code] for code in sorted(_FLOWS)]


def flow_of(code: str) -> Flow:
    """The flow of that code. Raises NotFound."""
    found = _FLOWS.get(code)
    if found is None:
        raise NotFound(flow=code)
    return found


def forget(code: str) -> None:
    """Take a flow out again: for tests that declare one of their own."""
    _FLOWS.pop(code, None)
