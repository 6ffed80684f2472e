"""Files that leave the system: harmless, capped, complete."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from zhike.customers.services.customer import customer_create
from zhike.foundation.access.people import viewer_of
from zhike.foundation.audit.models import Entry
from zhike.foundation.records.export import harmless
from zhike.foundation.records.policy import ExportPolicy
from zhike.foundation.records.testing import signed_in, staff, text_of
from zhike.foundation.records.tests.numbers import let_be

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


@given(st.text())
def test_no_cell_begins_like_a_formula_and_nothing_is_lost(text: str) -> None:
    written = harmless(text)

    assert not written.startswith(STARTS)
    assert written in (text, "'" + text)


@pytest.mark.django_db
def test_a_formula_as_a_name_leaves_as_text() -> None:
    person = staff("customer_manager")
    customer_create(viewer=viewer_of(person), kind="firm", name="=HYPERLINK(1)有限公司", short_name="+cmd")
    client = signed_in(person)
    client.post("/customers/columns/", {"columns": ["short_name"], "density": "comfortable"})

    rows = list(csv.reader(io.StringIO(text_of(client.get("/customers/export.csv")).lstrip("\ufeff"))))
    book = b"".join(client.get("/customers/export.xlsx").streaming_content)
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()

    assert rows[1][:2] == ["'=HYPERLINK(1)有限公司", "'+cmd"]
    assert sheet[1][:2] == ["'=HYPERLINK(1)有限公司", "'+cmd"]


@pytest.mark.django_db
def test_an_export_above_the_limit_is_refused_and_nothing_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    person = staff("customer_manager")
    for number in range(4):
        customer_create(viewer=viewer_of(person), kind="firm", name=f"出口{number}有限公司")
    client = signed_in(person)
    noted = Entry.objects.filter(action="records.exported").count()

    let_be(monkeypatch, ExportPolicy, rows_max=4)
    assert client.get("/customers/export.csv").status_code == 200
    let_be(monkeypatch, ExportPolicy, rows_max=3)
    refused = client.get("/customers/export.csv")

    assert refused.status_code == 422
    assert "3" in text_of(refused)
    assert Entry.objects.filter(action="records.exported").count() == noted + 1


@pytest.mark.django_db
def test_what_the_log_says_of_an_export() -> None:
    person = staff("customer_manager")
    customer_create(viewer=viewer_of(person), kind="firm", name="日志有限公司")

    signed_in(person).get("/customers/export.csv?kind=firm")

    entry = Entry.objects.filter(action="records.exported").latest("id")
    assert entry.actor_id == person.pk
    assert "日志" not in str(entry.after)
    assert "kind=firm" in str(entry.after)


def test_an_unknown_format_does_not_exist(db: None) -> None:
    assert signed_in(staff("customer_manager")).get("/customers/export.pdf").status_code == 404
