"""Whatever kind of records comes in from files: a full row comes in, agrees with the base, and goes again."""

from __future__ import annotations

import csv
import io

import pytest

from zhike.customers.models import Customer
from zhike.customers.tests.office import Office, opened
from zhike.foundation.access.viewer import system
from zhike.foundation.imports import reports, targets
from zhike.foundation.imports.models import State
from zhike.foundation.imports.tests.drive import brought, checked, proposal, reverted, written
from zhike.foundation.records import registry
from zhike.foundation.records.declare import Field, Kind, RecordType
from zhike.foundation.records.taglist import tag_create

TYPES = [t for t in registry.every() if t.importer is not None]
TAG = "样例标签"
SAID = {
    "phone": "0571-88000000", "email": "lan@example.com", "credit_code": "91110000802100433B", "wechat": "lan_shan",
    "owner": "", "created_by": "", "number": "N1", "external_id": "OLD-1", "name": "杭州样例机械厂",
}  # fmt: skip
# What only a natural person has, and what the file does not say because the customer is named by the relation.
LEFT_OUT = {"customers": {"id_number", "birthday", "birthday_is_lunar", "external_id"}}


@pytest.fixture
def office(db: None) -> Office:
    tag_create(viewer=system("test"), title_zh=TAG, title_en="Sample")
    return opened()


def cell(field: Field, customer: Customer) -> str:
    if field.key in SAID:
        return SAID[field.key]
    match field.kind:
        case Kind.RELATION:
            return customer.number
        case Kind.TAGS:
            return TAG
        case Kind.CHOICE | Kind.BADGE:
            return str(field.options[0].label)
        case Kind.DATE:
            return "2024-02-01"
        case Kind.DATETIME:
            return "2024-02-01 09:30"
        case Kind.MONEY | Kind.NUMBER | Kind.PERCENT:
            return str(int(min(field.maximum or 12, 12)))
        case Kind.BOOL:
            return "是"
        case _:
            return f"样例{field.key}"


def filled(record_type: RecordType, customer: Customer) -> tuple[str, dict[int, str]]:
    """A file with one row that fills every field, and what its columns are."""
    left_out = LEFT_OUT.get(record_type.code, set())
    offered = {t.field.key: t for t in reversed(targets.every(record_type)) if t.field.key not in left_out}
    buffer = io.StringIO()
    lines = csv.writer(buffer)
    lines.writerow([f"列{place}" for place in range(len(offered))])
    lines.writerow([cell(target.field, customer) for target in offered.values()])
    return buffer.getvalue(), {place: target.code for place, target in enumerate(offered.values())}


def test_the_kinds_that_come_from_files_are_known() -> None:
    assert {t.code for t in TYPES} >= {"customers", "contacts", "interactions", "orders", "bills", "leads", "tickets"}


@pytest.mark.django_db
@pytest.mark.parametrize("record_type", TYPES, ids=[t.code for t in TYPES])
def test_needs_and_keys_are_among_the_fields(record_type: RecordType) -> None:
    importer = targets.importer_of(record_type)
    fields = {field.key for field in importer.fields}

    assert {*importer.needs, *importer.changeable, *importer.past} <= fields
    assert {key.field for key in importer.keys} <= fields
    assert set(importer.synonyms) <= fields


@pytest.mark.parametrize("record_type", TYPES, ids=[t.code for t in TYPES])
def test_headings_in_both_languages_are_understood(record_type: RecordType, office: Office) -> None:
    every = targets.every(record_type)
    needed = set(targets.importer_of(record_type).needs)
    from django.utils.translation import override

    for language in ("zh-hans", "en"):
        with override(language):
            labels = [target.label for target in every]
        found = targets.proposed(record_type, every, labels)
        assert needed <= {code.partition(".")[0] for code in found.values()}, language


@pytest.mark.parametrize("record_type", TYPES, ids=[t.code for t in TYPES])
def test_a_full_row_comes_in_agrees_with_the_base_and_is_taken_back(record_type: RecordType, office: Office) -> None:
    it = office.viewer("it")
    text, columns = filled(record_type, office.firm("seller one", name="宁波已有机械厂"))
    alive = record_type.model._default_manager.filter(deleted_at=None)
    before = set(alive.values_list("pk", flat=True))

    made = checked(it, brought(it, record_type.code, text), columns=columns)
    assert made.counts["new"] == 1, list(reports.rejected(made))
    assert set(alive.values_list("pk", flat=True)) == before
    written(it, made)

    assert made.report["agrees"], made.report
    (row,) = alive.exclude(pk__in=before)
    assert row.origin == "import"
    assert row.updated_by_id == it.person_id
    reverted(it, made)
    assert made.state == State.REVERTED
    assert set(alive.values_list("pk", flat=True)) == before
    assert proposal(it, made) == columns
