"""Custom fields in files: what a room says about importing its records, with the enterprise's own fields beside it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction

from zhike.foundation import audit
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.crypto import vault
from zhike.foundation.kit.refusals import Invalid
from zhike.foundation.records import storing
from zhike.foundation.records.custom import known
from zhike.foundation.records.declare import TAGS, Field, Kind, RecordType
from zhike.foundation.records.importer import Importer, Row, Written
from zhike.foundation.records.tags import carrying

_PIECE = 500


def extended(record_type: RecordType, importer: Importer) -> Importer:
    """The importer of a room that knows the custom fields too."""
    fields = storing.fields_of(record_type) if known.takes(record_type) else ()
    if not fields:
        return importer
    keys = tuple(f.key for f in fields)

    def load(*, viewer: Viewer, rows: Sequence[Row]) -> list[Written]:
        return _load(viewer, record_type, importer, rows)

    def present(pks: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
        return _present(record_type, fields, importer.present(pks))

    def normal(values: dict[str, Any]) -> dict[str, Any]:
        own, added = storing.parted(values)
        return {**importer.normal(own), **added}

    def update(*, viewer: Viewer, uid: Any, version: int, **changes: Any) -> Any:
        return storing.update(viewer, record_type, uid, version, changes, by=importer.update)

    return replace(
        importer, fields=(*importer.fields, *fields), load=load, present=present, normal=normal,
        update=update if importer.update is not None else None, changeable=(*importer.changeable, *keys),
    )  # fmt: skip


def _load(viewer: Viewer, record_type: RecordType, importer: Importer, rows: Sequence[Row]) -> list[Written]:
    """Write new records; a row whose custom values are wrong is not written at all."""
    results: dict[int, Written] = {}
    good: list[tuple[int, Row, dict[str, Any], dict[Field, Any]]] = []
    needed = [f.key for f in record_type.custom_fields if f.required]
    for place, row in enumerate(rows):
        own, added = storing.parted(row.values)
        try:
            missing = {key: "required" for key in needed if added.get(key) in (None, "")}
            if missing:
                raise Invalid(fields=missing)
            good.append((place, Row(row.line, own), added, storing.accepted(viewer, record_type, added)))
        except Invalid as refusal:
            results[place] = Written(problems=refusal.data["fields"])
    done = importer.load(viewer=viewer, rows=[row for _, row, _, _ in good]) if good else ()
    values: dict[int, dict[Field, Any]] = {}
    for (place, _row, added, clean), written in zip(good, done, strict=True):
        results[place] = written if written.kept is None else replace(written, kept={**written.kept, **added})
        if written.pk and not written.problems and not written.clash and clean:
            values[written.pk] = clean
    _write_many(viewer, record_type, values)
    return [results[place] for place in range(len(rows))]


@transaction.atomic
def _write_many(viewer: Viewer, record_type: RecordType, values: Mapping[int, Mapping[Field, Any]]) -> None:
    """Values of records that were just made; one entry in the log."""
    if not values:
        return
    manager = record_type.model._base_manager
    rows = list(manager.filter(pk__in=values).only("pk", "uid", "custom"))
    for row in rows:
        row.custom = storing.stored(row.custom or {}, row.uid, values[row.pk])
    manager.bulk_update(rows, ["custom"], batch_size=_PIECE)
    secrets = {
        row.uid: {f.key: v for f, v in values[row.pk].items() if f.stored_masked and v is not None} for row in rows
    }
    vault.store({uid: held for uid, held in secrets.items() if held})
    tagged = {row.pk: (row.custom or {}).get(TAGS) or [] for row in rows}
    if any(tagged.values()):
        carrying.mark(record_type.code, tagged)
    if record_type.indexes is not None:
        record_type.indexes(list(manager.filter(pk__in=values)))
    keys = sorted({f.key for clean in values.values() for f in clean})
    digests = ((row.pk, audit.digest_of({k: str(v) for k, v in (row.custom or {}).items()})) for row in rows)
    audit.record(
        viewer, "records.custom_changed", kind=record_type.model._meta.model_name or "", after={"fields": keys},
        batch=list(digests),
    )  # fmt: skip


def _present(
    record_type: RecordType, fields: Sequence[Field], held: Mapping[int, Mapping[str, Any]]
) -> dict[int, dict[str, Any]]:
    sealed = [f.key for f in fields if f.stored_masked]
    rows = list(record_type.model._base_manager.filter(pk__in=list(held)).values_list("pk", "uid", "custom"))
    opened = vault.open_values([uid for _pk, uid, _held in rows], sealed) if sealed else {}
    found = {pk: dict(values) for pk, values in held.items()}
    for pk, uid, custom in rows:
        for field in fields:
            if field.stored_masked:
                found[pk][field.key] = opened.get(uid, {}).get(field.key)
            else:
                found[pk][field.key] = _value(field, (custom or {}).get(storing.place_of(field)))
    return found


def _value(field: Field, value: Any) -> Any:
    return dt.date.fromisoformat(value) if field.kind is Kind.DATE and value else value
