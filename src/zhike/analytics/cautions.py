"""What a reader must know beside a result, and results as plain values for JSON."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Caution:
    """Something the reader must know: ``code`` for machines and translations, ``data`` its numbers.

    The docstring of the function that gives it lists its codes.
    """

    code: str
    data: dict[str, float | int | str]


def named(warnings: Sequence[Caution]) -> set[str]:
    """The codes among ``warnings``."""
    return {warning.code for warning in warnings}


def jsonable(value: Any) -> Any:
    """``value`` with NaN and the infinities as None and tuples as lists, all the way down."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: jsonable(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [jsonable(one) for one in value]
    return value


def as_plain(record: Any) -> dict[str, Any]:
    """A dataclass as plain values only, for JSON."""
    return {key: jsonable(value) for key, value in asdict(record).items()}
