"""What a computation hands back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class NotComputed:
    """A measure the data could not support: which, why as a code for ``wording``, and the numbers behind it."""

    measure: str
    code: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ComputeResult:
    """One row of ``measures`` per customer, in rising ``customer_id``; see ``measures.SCHEMA``.

    ``models``: per model its version, parameters, metrics and diagnosis as plain numbers. ``data``: rows by
    table, first and last day of orders, currency, and what was assumed.
    """

    measures: pa.Table
    models: dict[str, dict[str, Any]]
    not_computed: list[NotComputed]
    policy_versions: dict[str, str]
    data: dict[str, Any]

    @property
    def fitted(self) -> dict[str, dict[str, Any]]:
        """The reports of the fitted lifetime value: ``clv_fitted``, or one per kind as ``clv_fitted:firm``."""
        return {name: model for name, model in self.models.items() if name.split(":")[0] == "clv_fitted"}


class SnapshotFault(ValueError):
    """The folder is not a snapshot that can be computed; ``code`` and ``data`` say why."""

    def __init__(self, code: str, **data: Any) -> None:
        super().__init__(f"{code}: {data}")
        self.code, self.data = code, data
