"""The form on which columns are mapped: plain selects, so that it works without a script."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.http import QueryDict
from django.utils.translation import gettext

from zhike.foundation.access.viewer import Viewer
from zhike.foundation.crypto.parcels import Parcels
from zhike.foundation.imports import reading, rights, targets
from zhike.foundation.imports.context import field_of_cells
from zhike.foundation.imports.models import Import
from zhike.foundation.imports.plan import FILL, OVERWRITE, SKIP, Plan
from zhike.foundation.imports.targets import Target
from zhike.foundation.records import registry
from zhike.foundation.records.declare import Kind
from zhike.foundation.tables.dates import ORDERS

_SHOWN = 3
_LONGEST = 40
_ASKED = (Kind.CHOICE, Kind.BADGE, Kind.BOOL)


class ColumnRow(NamedTuple):
    """One column of the file as the page shows it."""

    place: int
    heading: str
    samples: list[str]
    target: str
    read_as: str  # a sample as it is understood
    is_day: bool
    order: str


class Constant(NamedTuple):
    """A value for all rows, where the file has no such column."""

    code: str
    label: str
    text: str
    choices: list[tuple[str, str]]
    is_needed: bool


class MappingForm:
    """What is proposed, or what was sent."""

    def __init__(self, viewer: Viewer, made: Import, data: QueryDict | None) -> None:
        self.made, self.data = made, data
        self.record_type = registry.get(made.code)
        self.importer = targets.importer_of(self.record_type)
        self.targets = targets.targets_for(rights.acting(viewer, self.record_type), self.record_type)
        parcels = Parcels(made.uid)
        self.shape = parcels.open(made.shape or b"", "shape")
        self._plan = Plan.from_json(parcels.open(made.plan, "plan")) if made.plan is not None else self._proposed()

    def _proposed(self) -> Plan:
        columns = targets.proposed(self.record_type, self.targets, self.shape["headings"])
        fields = {code.partition(".")[0] for code in columns.values()}
        key = next((k.field for k in self.importer.keys if k.field in fields), "")
        # A choice that every row needs and the file does not have: the first option stands until somebody changes it.
        constants = {
            t.code: t.field.options[0].code
            for t in self.targets
            if t.field.key in self.importer.needs and t.field.key not in fields and t.field.kind in _ASKED[:2]
        }
        return Plan(columns, constants, key, SKIP)

    @property
    def columns(self) -> list[ColumnRow]:
        """The columns of the file in order."""
        by_code = {t.code: t for t in self.targets}
        plan = self.plan() if self.data is not None else self._plan
        found = []
        for place, heading in enumerate(self.shape["headings"]):
            samples = self.shape["samples"][place]
            target = by_code.get(plan.columns.get(place, ""))
            found.append(self._row(place, heading, samples, target, plan.orders.get(place, "")))
        return found

    def _row(self, place: int, heading: str, samples: list[str], target: Target | None, order: str) -> ColumnRow:
        read_as, is_day = "", False
        if target is not None:
            field = field_of_cells(target)
            is_day = field.kind in (Kind.DATE, Kind.DATETIME)
            style = reading.judged(field, samples, order)
            order = style[0] if is_day else ""
            sample = next((text for text in samples if text.strip()), "")
            read_as = reading.shown(field, sample, *style)
        shown = [text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…" for text in samples[:_SHOWN]]
        return ColumnRow(place, heading, shown, target.code if target else "", read_as, is_day, order)

    @property
    def orders(self) -> tuple[str, ...]:
        return ORDERS

    @property
    def constants(self) -> list[Constant]:
        """Fields that may be one value for all rows: those that are needed first."""
        plan = self.plan() if self.data is not None else self._plan
        found = []
        for target in self.targets:
            is_needed = target.field.key in self.importer.needs
            is_asked = target.field.kind in _ASKED or target.field.key == "owner" or target.field.key == "source"
            if target.via is None and (is_asked or is_needed) and target.field.key not in self._identifying:
                options = [(c.code, str(c.label)) for c in target.field.options]
                if target.field.kind is Kind.BOOL:
                    options = [("yes", gettext("yes")), ("no", gettext("no"))]
                found.append(
                    Constant(target.code, target.label, plan.constants.get(target.code, ""), options, is_needed)
                )
        return sorted(found, key=lambda one: not one.is_needed)

    @property
    def _identifying(self) -> set[str]:
        """What tells records apart cannot be the same for all."""
        return {k.field for k in self.importer.keys} | {self.record_type.name_field}

    @property
    def keys(self) -> list[tuple[str, str]]:
        """By what rows can be recognised."""
        labels = {t.code: t.label for t in self.targets}
        return [(k.field, labels[k.field]) for k in self.importer.keys if k.field in labels]

    @property
    def chosen(self) -> Plan:
        return self.plan() if self.data is not None else self._plan

    @property
    def matches(self) -> tuple[str, ...]:
        return (SKIP, FILL, OVERWRITE) if self.importer.update is not None else (SKIP,)

    @property
    def has_duties(self) -> bool:
        return self.importer.starts is not None

    def plan(self) -> Plan:
        """What was sent, as a plan; the service checks it."""
        sent: Any = self.data if self.data is not None else QueryDict()
        columns = {
            place: code for place in range(len(self.shape["headings"])) if (code := sent.get(f"column-{place}", ""))
        }
        orders = {place: order for place in columns if (order := sent.get(f"order-{place}", ""))}
        given = {code.partition(".")[0] for code in columns.values()}
        constants = {
            t.code: sent.get(f"constant-{t.code}", "").strip()[:200]
            for t in self.targets
            if t.field.key not in given and sent.get(f"constant-{t.code}", "").strip()
        }
        return Plan(
            columns, constants, sent.get("key", ""), sent.get("on_match", SKIP), orders, sent.get("duties") == "1"
        )
