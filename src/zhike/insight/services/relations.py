"""From the computation to the table of relations: only what has changed since the night before is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.db import transaction

from zhike.foundation.kit import bulk
from zhike.foundation.policies.load import PolicySet
from zhike.insight.compute.entry import relations
from zhike.insight.compute.relations import SCHEMA
from zhike.insight.models import NightRun, Relation
from zhike.insight.services.reading import reader
from zhike.insight.services.snapshot import typed
from zhike.segment.policy import LifecyclePolicy

_KEY = ["customer_id", "began_on"]
_FIELDS = ("customer", "began_on", "lost_on", "tier")
_LASTS = -1  # in place of an empty day: Arrow's join takes no two empty values for equal
_CHUNK = 500


def relations_write(run: NightRun, folder: Path, policies: PolicySet, measures: pa.Table) -> dict[str, Any]:
    """Bring the table into line with the snapshot of ``run``; what to say of it, empty where no loss can be told.

    The same night again changes nothing.
    """
    found = relations(folder, policies, run.as_of, measures)
    rows = found.table if found is not None else SCHEMA.empty_table()
    rows = rows.set_column(3, "tier", rows["tier"].fill_null(""))
    standing = _standing()
    fresh = _missing(rows, standing, [*_KEY, "lost_on", "tier"])
    gone = _missing(standing, rows, _KEY)
    with transaction.atomic():
        for start in range(0, gone.num_rows, _CHUNK):
            _delete(gone.slice(start, _CHUNK))
        values = (fresh[name].to_pylist() for name in fresh.column_names)
        written = zip(*values, strict=True)
        bulk.upsert(Relation, _FIELDS, written, conflict=("customer", "began_on"), update=("lost_on", "tier"))
    if found is None:
        return {}
    known = found.known_from.isoformat() if found.known_from else None
    stage = policies.get(LifecyclePolicy)
    return {
        "definition": found.definition,
        "known_from": known,
        "lost_months": stage.lost_months,
        "grace_days": stage.lost_contract_days,
        "relations": rows.num_rows,
    }


def _standing() -> pa.Table:
    # The table's name and columns are our own; nothing of a user's goes into the text.
    query = f"SELECT customer_id, began_on, lost_on, tier FROM {Relation._meta.db_table}"  # noqa: S608
    with reader() as database:
        parts = [typed(pa.Table.from_batches([batch]), SCHEMA) for batch in database.batches(query) if batch.num_rows]
    return pa.concat_tables(parts) if parts else SCHEMA.empty_table()


def _missing(rows: pa.Table, others: pa.Table, key: list[str]) -> pa.Table:
    """Rows whose ``key`` is not among ``others``."""
    numbered = _comparable(rows).append_column("row", pa.array(range(rows.num_rows), pa.int64()))
    left = numbered.join(_comparable(others).select(key), key, join_type="left anti")
    return rows.take(left["row"])


def _comparable(rows: pa.Table) -> pa.Table:
    days = {name: pc.fill_null(rows[name].cast(pa.int32()), _LASTS) for name in ("began_on", "lost_on")}
    return pa.table({"customer_id": rows["customer_id"], **days, "tier": rows["tier"]})


def _delete(part: pa.Table) -> None:
    starts = dict.fromkeys(zip(part["customer_id"].to_pylist(), part["began_on"].to_pylist(), strict=True))
    rows = Relation.objects.filter(customer_id__in=[customer_id for customer_id, _ in starts])
    stale = [pk for pk, *key in rows.values_list("pk", "customer_id", "began_on") if tuple(key) in starts]
    Relation.objects.filter(pk__in=stale).delete()
