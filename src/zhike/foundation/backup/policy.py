"""The numbers of backups. Pure."""

from __future__ import annotations

from zhike.foundation.policies.declare import number, policy


@policy("backup", "rhythm")
class RhythmPolicy:
    """When the system page says that a backup, or a drill of one, is overdue."""

    backup_hours: float = number(unit="hours", minimum=1, maximum=720)
    drill_days: float = number(unit="days", minimum=1, maximum=3650)
