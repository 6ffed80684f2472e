"""What arrives: any usual file is understood, what is no table is refused in words, and half a file leaves nothing."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
import xlsxwriter

from zhike.customers.models import Customer
from zhike.customers.tests.office import Office, opened
from zhike.foundation.crypto.models import PersonKey
from zhike.foundation.imports import staging
from zhike.foundation.imports.models import Import, Piece
from zhike.foundation.imports.refusals import UnusableFile
from zhike.foundation.imports.tests.drive import brought, checked, headings, imported, proposal, reasons
from zhike.foundation.kit.refusals import Forbidden, Invalid

pytestmark = pytest.mark.django_db
ROWS = "客户编号,客户名称,客户类型\nA1,杭州甲机械有限公司,企业\nA2,欧阳静宜,个人\n"


@pytest.fixture
def office(db: None) -> Office:
    return opened()


def workbook(*rows: list[Any]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        ROWS.encode("utf-8"),
        ROWS.encode("utf-8-sig"),
        ROWS.encode("gb18030"),
        ROWS.replace(",", "\t").encode(),
        ROWS.replace(",", ";").encode("gb18030"),
        workbook(*[line.split(",") for line in ROWS.strip().split("\n")]),
    ],
    ids=["utf-8", "with mark", "gb18030", "tabs", "semicolons", "workbook"],
)
@pytest.mark.requirement("PLAT-05", proof="rule")
def test_the_same_rows_come_in_from_every_kind_of_file(office: Office, content: bytes) -> None:
    made = imported(office.viewer("seller one"), "customers", content, key="number")

    assert made.counts == {"new": 2, "updated": 0, "unchanged": 0, "rejected": 0, "duplicates": 0, "read": 2}
    names = Customer.objects.order_by("external_id").values_list("external_id", "name", "kind", "origin")
    assert list(names) == [("A1", "杭州甲机械有限公司", "firm", "import"), ("A2", "欧***", "person", "import")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空"),
        (b"\xef\xbb\xbf  \n", "空"),
        (b"name,kind\n", "没有数据行"),
        (b"PK\x03\x04not a zip", "损坏"),
        (b"\x00\x01\x02\x03,\x00\n", "不是表格"),
        (b"%PDF-1.7 and so on", "压缩"),
    ],
    ids=["empty", "blank", "headings only", "broken workbook", "binary", "PDF"],
)
def test_what_is_no_table_is_refused_in_words_and_leaves_nothing(office: Office, content: bytes, words: str) -> None:
    keys = PersonKey.objects.filter(erased_at=None).count()

    with pytest.raises(UnusableFile) as refused:
        brought(office.viewer("seller one"), "customers", content)

    assert words in refused.value.data["why"]
    assert not Import.objects.exists()
    assert PersonKey.objects.filter(erased_at=None).count() == keys


def test_a_workbook_that_is_a_bomb_is_not_opened(office: Office) -> None:
    buffer = io.BytesIO(workbook(["客户名称"], ["甲"]))
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/media/zeros.bin", bytes(80 * 1024 * 1024))

    with pytest.raises(UnusableFile) as refused:
        brought(office.viewer("seller one"), "customers", buffer.getvalue())

    assert "异常" in refused.value.data["why"]
    assert not Import.objects.exists()


def test_a_file_that_breaks_off_half_way_leaves_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = staging._keep

    def breaking(made: Import, parcels: Any, place: int, chunk: Any) -> None:
        kept(made, parcels, place, chunk)
        raise ConnectionError("the disk is gone")

    monkeypatch.setattr(staging, "_keep", breaking)
    with pytest.raises(ConnectionError):
        brought(office.viewer("seller one"), "customers", ROWS)

    assert not Import.objects.exists()
    assert not Piece.objects.exists()


def test_two_hundred_columns_and_headings_that_stand_twice_are_told_apart(office: Office) -> None:
    extra = [f"附加{n}" for n in range(196)]
    head = ["客户编号", "客户名称", "客户类型", "客户名称", *extra]
    text = ",".join(head) + "\n" + ",".join(["A1", "杭州甲公司", "企业", "别名", *["x"] * 196]) + "\n"
    seller = office.viewer("seller one")
    made = brought(seller, "customers", text)

    assert headings(made)[:4] == ["客户编号", "客户名称", "客户类型", "客户名称 (2)"]
    columns = {place: code for place, code in proposal(seller, made).items() if place < 4}
    assert columns == {0: "number", 1: "name", 2: "kind"}
    assert checked(seller, made, columns=columns, key="number").counts["new"] == 1


def test_a_column_that_is_needed_and_missing_is_asked_for(office: Office) -> None:
    seller = office.viewer("seller one")
    made = brought(seller, "customers", "客户名称\n杭州甲公司\n宁波乙公司\n")

    with pytest.raises(Invalid) as refused:
        checked(seller, made)
    assert "类型" in refused.value.data["fields"]["kind"]

    assert checked(seller, made, constants={"kind": "企业"}).counts["new"] == 2


def test_who_may_not_edit_such_records_brings_no_file_in(office: Office) -> None:
    with pytest.raises(Forbidden):
        brought(office.viewer("data"), "customers", ROWS)


def test_what_the_headings_meant_is_remembered(office: Office) -> None:
    seller = office.viewer("seller one")
    text = "代号,甲方,客户类型,暗号\nA1,杭州甲公司,企业,x\nA2,宁波乙公司,企业,y\n"
    made = brought(seller, "customers", text)
    assert 1 not in proposal(seller, made)

    checked(seller, made, columns={0: "external_id", 1: "name", 2: "kind"})

    again = brought(office.viewer("seller two"), "customers", text.replace("A", "B"))
    assert proposal(office.viewer("seller two"), again) == {0: "external_id", 1: "name", 2: "kind"}


def test_lines_of_another_shape_are_rejected_and_the_rest_goes_in(office: Office) -> None:
    made = checked(office.viewer("seller one"), brought(office.viewer("seller one"), "customers", ROWS + "A3,,,,,,x\n"))

    assert made.counts["new"] == 2
    assert made.counts["rejected"] == 1
    assert "7" in reasons(made)[4]
