"""The tags as choices: kept by each process, read anew when somebody has changed one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from zhike.foundation.kit.rereading import Rereading
from zhike.foundation.records.custom.known import said
from zhike.foundation.records.declare import Choice
from zhike.foundation.records.tags.models import Tag, TagState

_ASKED_EVERY = 1.0  # seconds; the question reads one short table


@dataclass(frozen=True)
class Known:
    """The choices in the order of their names, and by code: the number and the code that it is read as."""

    choices: tuple[Choice, ...] = ()
    read_as: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, tuple[int, ...]] = field(default_factory=dict)  # of a code and all that were merged into it
    own: dict[str, int] = field(default_factory=dict)


def choices() -> tuple[Choice, ...]:
    """All tags that can stand on a record; retired ones as past."""
    return _known.get().choices


def read(codes: Iterable[str] | None) -> list[str]:
    """Codes as a record holds them, merged ones as what they went into, each once, in the order of the list."""
    if not codes:
        return []
    known = _known.get()
    held = {known.read_as[code] for code in codes if code in known.read_as}
    return [one.code for one in known.choices if one.code in held]


def numbers(codes: Iterable[str]) -> list[int]:
    """By which numbers marks name these tags: their own and those of the tags merged into them."""
    found = _known.get().numbers
    return sorted({number for code in codes for number in found.get(code, ())})


def number(code: str) -> int:
    """The number of one tag. Raises KeyError."""
    return _known.get().own[code]


def every() -> set[str]:
    """All codes, those of retired and merged tags too."""
    return set(_known.get().own)


def is_past(code: str) -> bool:
    """Whether it is put on nothing new."""
    return any(one.code == code and one.is_past for one in choices())


def forget(*, is_undecided: bool = False) -> None:
    """Read anew at the next question."""
    _known.forget(is_undecided=is_undecided)


def _token() -> tuple[tuple[object, int], ...]:
    return tuple(Tag.objects.order_by("pk").values_list("uid", "version"))


def _read() -> Known:
    # Here and not by the database, whose order of Chinese names is its own.
    rows = sorted(Tag.objects.all(), key=lambda row: (row.title_zh, row.pk))
    code_of = {row.pk: row.code for row in rows}
    read_as = {row.code: code_of[row.into_id] if row.into_id else row.code for row in rows}
    numbers: dict[str, tuple[int, ...]] = {}
    for row in rows:
        target = read_as[row.code]
        numbers[target] = (*numbers.get(target, ()), row.pk)
    live = tuple(
        Choice(row.code, said(row.title_zh, row.title_en), row.tone, "tag", is_past=row.state != TagState.USED)
        for row in rows
        if row.state != TagState.MERGED
    )
    return Known(live, read_as, numbers, {row.code: row.pk for row in rows})


_known = Rereading(_token, _read, seconds=_ASKED_EVERY)
