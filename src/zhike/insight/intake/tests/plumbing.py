"""Write a small file, read it, look at what came out."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from zhike.insight.intake.read import Asked, Intake, Plan, plan_reading, read_files


def written(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    """A file in ``folder``; line ends are as in ``text``."""
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def planned(*paths: Path, **asked: Any) -> Plan:
    return plan_reading(Asked(paths, **asked))


class Read:
    """One reading: the intake, the tables it made, the rows it refused."""

    def __init__(self, folder: Path, *paths: Path, **asked: Any) -> None:
        work = folder / "work"
        work.mkdir()
        self.plan = planned(*paths, **asked)
        self.rejected_path = folder / "rejected.csv"
        self.intake: Intake = read_files(self.plan, work, self.rejected_path)

    def table(self, name: str) -> list[dict[str, Any]]:
        path = self.intake.snapshot / f"{name}.parquet"
        return pq.read_table(path).to_pylist() if path.is_file() else []

    @property
    def rejected(self) -> list[dict[str, str]]:
        with self.rejected_path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    @property
    def counts(self) -> list[tuple[str, int, int, int]]:
        return [(f.understanding.source.label, f.read, f.accepted, f.rejected) for f in self.intake.files]

    def orders_of(self, name: str) -> list[tuple[dt.date, int, str]]:
        """(day, minor units, status) of the customer called ``name``, by day."""
        registry = self.intake.registry
        customer = registry.names.get(name.casefold()) or registry.ids.get(name)
        rows = [row for row in self.table("orders") if row["customer_id"] == customer]
        return sorted((row["ordered_on"], row["amount_minor"], row["status"]) for row in rows)


def meanings_of(plan: Plan, index: int = 0) -> dict[str, str | None]:
    """Column name → meaning of one source."""
    return {column.name: column.meaning for column in plan.understandings[index].columns}
