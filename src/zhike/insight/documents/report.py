"""What every document is made from, and how its values are said."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from zhike.foundation.kit import money
from zhike.foundation.policies.load import PolicySet
from zhike.insight import wording
from zhike.insight.compute.churn_rate import ChurnRate
from zhike.insight.compute.result import ComputeResult
from zhike.insight.intake.read import Intake
from zhike.insight.intake.texts import said
from zhike.retain.policy import ClockPolicy

TIERS = ("high", "core", "low")
GROUPS = ("strategic", "potential", "ordinary")
STAGES = ("potential", "developing", "new", "active", "dormant", "at_risk", "lost")
RISKS = ("high", "medium", "low")
DIMENSIONS = ("stability", "service", "interaction", "usage")
STRATEGY_ROWS = ("high_value", "core", "at_risk", "potential", "dormant")
_BATCH = 20_000


@dataclass
class Report:
    """The result of one run, with the words to say it in ``language`` (zh or en)."""

    intake: Intake
    result: ComputeResult
    policies: PolicySet
    language: str
    made_at: dt.datetime
    churn: ChurnRate | None = None
    _said: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def measures(self) -> pa.Table:
        return self.result.measures

    @property
    def currency(self) -> str:
        return str(self.result.data["currency"])

    @property
    def contact_due(self) -> dt.datetime:
        """When warned customers are to be contacted if the list is published the moment it is made."""
        return self.made_at + dt.timedelta(hours=self.policies.get(ClockPolicy).contact_hours)

    def words(self, code: str, **data: Any) -> str:
        """A text of the catalogue in the report's language."""
        return said(code, self.language, **data)

    def term(self, group: str, code: str | None) -> str:
        """A machine word as people say it: ``tier``, ``high`` → 高价值; an unknown value is a dash."""
        return self.words(f"{group}.{code}") if code else "—"

    def says(self, code: str, data: str | Mapping[str, Any]) -> str:
        """A reason or signal as a sentence; ``data`` is a mapping or its JSON text."""
        key = (code, data if isinstance(data, str) else json.dumps(data, sort_keys=True, default=str))
        if key not in self._said:
            if len(self._said) > 100_000:
                self._said.clear()
            found = json.loads(data) if isinstance(data, str) else data
            self._said[key] = wording.sentence(code, found, self.language)
        return self._said[key]

    def title(self, code: str) -> str:
        """A word or two for a signal, a cause or a measure."""
        return wording.title(code, self.language)

    def major(self, minor: int | None) -> float | None:
        """Minor units as a number for a cell."""
        return None if minor is None else minor / self._minor_per_major

    def amount(self, minor: float | None) -> str:
        """``¥123,456.00``"""
        return "—" if minor is None else money.full(round(minor), self.currency)

    def whole(self, minor: float | None) -> str:
        """``¥123,456``: for sums whose limits lie close together."""
        return "—" if minor is None else self.amount(minor).rsplit(".", 1)[0]

    def short(self, minor: float | None) -> str:
        """``12.3 万`` or ``¥123.5K``; small amounts in full."""
        if minor is None:
            return "—"
        if abs(money.to_major(round(minor), self.currency)) < Decimal(1000):
            return money.full(round(minor), self.currency)
        return money.short(round(minor), self.currency, "zh-hans" if self.language == "zh" else "en")

    def percent(self, share: float | None, digits: int = 1) -> str:
        return "—" if share is None else f"{share * 100:.{digits}f}%"

    def number(self, customer_id: int) -> str:
        """The customer's number as the file has it, else the name."""
        registry = self.intake.registry
        return registry.shown_id[customer_id - 1] or registry.shown_name[customer_id - 1]

    def name(self, customer_id: int) -> str:
        return self.intake.registry.shown_name[customer_id - 1]

    def label(self, customer_id: int) -> str:
        return self.intake.registry.label(customer_id)

    def told_of(self, what: str, customer_id: int) -> str:
        """Owner, industry or region as a file says it, or nothing."""
        return self.intake.registry.extras.get(what, {}).get(customer_id, "")

    def knows(self, what: str) -> bool:
        return bool(self.intake.registry.extras.get(what))

    @cached_property
    def _minor_per_major(self) -> int:
        return int(10 ** money.exponent(self.currency))

    @cached_property
    def has_names(self) -> bool:
        """Whether any customer has a name besides a number."""
        registry = self.intake.registry
        return any(registry.shown_name) and any(registry.shown_id)

    @cached_property
    def has_names_only(self) -> bool:
        """Whether the files name customers and never number them."""
        return not any(self.intake.registry.shown_id)

    def counts(self, column: str) -> Counter[str | None]:
        """How many customers have each value of ``column``."""
        found = pc.value_counts(self.measures[column].combine_chunks())
        return Counter({item["values"]: item["counts"] for item in found.to_pylist()})

    def total(self, column: str, where: pa.Array | None = None) -> float | None:
        """The sum of a column, None where nothing is known."""
        values = self.measures[column] if where is None else self.measures.filter(where)[column]
        found: float | None = pc.sum(values).as_py()
        return found

    def rows(self, table: pa.Table | None = None) -> Iterator[dict[str, Any]]:
        """Measures row by row, a batch at a time."""
        whole = self.measures if table is None else table
        for start in range(0, len(whole), _BATCH):
            yield from whole.slice(start, _BATCH).to_pylist()

    def sorted_by(self, *keys: tuple[str, str], where: pa.Array | None = None, limit: int | None = None) -> pa.Table:
        """Measures in an order such as ``("spend_12m_minor", "descending")``, the customer number last."""
        table = self.measures if where is None else self.measures.filter(where)
        order = pc.sort_indices(table, sort_keys=[*keys, ("customer_id", "ascending")])
        return table.take(order if limit is None else order[:limit])

    def health_reasons(self, row: Mapping[str, Any]) -> str:
        """Why the health score is what it is, as one text."""
        return self._listed(self.says(reason["code"], reason["data"]) for reason in row["health_reasons"] or ())

    def signals(self, row: Mapping[str, Any]) -> str:
        """The signals that were seen, as one text."""
        return self._listed(self.says(signal["code"], signal["evidence"]) for signal in row["signals"] or ())

    def _listed(self, sentences: Iterable[str]) -> str:
        """Sentences as one text: their full stops become the separator, the last one stays."""
        bare = [sentence.rstrip("。.") for sentence in sentences]
        return self.words("list.separator").join(bare) + self.words("list.stop") if bare else ""
