"""The numbers of the server for assistants. Pure."""

from __future__ import annotations

from zhike.foundation.policies.declare import number, policy


@policy("mcp", "changes")
class ChangePolicy:
    """How long a change that an assistant has shown may be confirmed."""

    confirm_minutes: int = number(unit="minutes", minimum=1, maximum=30)
