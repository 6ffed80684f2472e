"""How the installation stands: parts contribute what they see, the system page and ``/metrics`` show it.

>>> system.add("backup", _("Backup"), look, order=60, gauges={"backup_age_seconds": "Age of the newest backup."})
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db import DatabaseError, transaction
from django.utils.translation import gettext

from zhike import __version__


class State(StrEnum):
    """Whether somebody has to do something: no, soon, now."""

    WELL = "well"
    LOOK = "look"
    BROKEN = "broken"


@dataclass(frozen=True)
class Found:
    """What a part sees: a sentence, what to do unless all is well, numbers for machines. Never a personal value."""

    words: str
    state: State = State.WELL
    advice: str = ""
    url: str = ""  # where to look closer
    numbers: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """One line of the system page. ``gauges`` explains every number that ``look`` may tell."""

    code: str
    title: Any
    look: Callable[[], Found]
    order: int
    gauges: Mapping[str, str]


_PARTS: dict[str, Part] = {}


def add(
    code: str, title: Any, look: Callable[[], Found], *, order: int = 50, gauges: Mapping[str, str] | None = None
) -> None:
    """Contribute a line; the same code again replaces it."""
    _PARTS[code] = Part(code, title, look, order, dict(gauges or {}))


def parts() -> list[Part]:
    """All lines in order."""
    return sorted(_PARTS.values(), key=lambda part: (part.order, part.code))


def seen(part: Part) -> Found:
    """What the part sees; a table that is missing or does not answer is told like everything else."""
    try:
        with transaction.atomic():
            return part.look()
    except DatabaseError as fault:
        words = gettext("It cannot be read (%(kind)s).") % {"kind": type(fault).__name__}
        return Found(words, State.BROKEN, gettext("Run «zhike check» on the server: it says what is missing."))


def exposition() -> str:
    """All numbers in the text format of Prometheus, with one ``zhike_part_state`` a line: 0 well, 1 look, 2 broken."""
    lines = ["# HELP zhike_part_state How a part stands: 0 well, 1 look, 2 broken.", "# TYPE zhike_part_state gauge"]
    gauges = ["# HELP zhike_info Which version runs.", "# TYPE zhike_info gauge"]
    gauges.append(f'zhike_info{{version="{__version__}"}} 1')
    for part in parts():
        found = seen(part)
        lines.append(f'zhike_part_state{{part="{part.code}"}} {list(State).index(found.state)}')
        for name, value in found.numbers.items():
            gauges += [f"# HELP zhike_{name} {part.gauges[name]}", f"# TYPE zhike_{name} gauge"]
            gauges.append(f"zhike_{name} {value:g}" if value != int(value) else f"zhike_{name} {int(value)}")
    return "\n".join([*lines, *gauges, ""])
