"""What the package raises: bad input is a ValueError, a refusal to fit carries a code."""

from collections.abc import Mapping


class BadRow(ValueError):
    """One row of the input cannot be right; ``row`` is its position from 0, ``column`` its argument."""

    def __init__(self, *, column: str, row: int, value: object, rule: str) -> None:
        super().__init__(f"row {row}: {column} is {value!r}, but {rule}")
        self.column = column
        self.row = row
        self.value = value
        self.rule = rule


class CannotFit(Exception):
    """The data do not carry this model. ``code`` is for machines and translations, ``data`` its numbers.

    Codes: ``no_customers``, ``no_repeat_customers``, ``too_few_repeat_customers``, ``span_too_short``,
    ``not_converged``, ``one_class_only``, ``no_usable_columns``, ``spend_too_uneven``,
    ``too_few_customers``, ``too_few_texts``,
    ``too_few_baskets``, ``too_short``.
    """

    def __init__(self, code: str, data: Mapping[str, float | int | str] | None = None) -> None:
        self.code = code
        self.data = dict(data or {})
        super().__init__(f"{code}: {self.data}" if self.data else code)
