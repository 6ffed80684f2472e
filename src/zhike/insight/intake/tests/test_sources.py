"""Text files and workbooks as tables, with true line numbers."""

import datetime as dt
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from zhike.foundation.tables.delimited import BLANKS, DelimitedSource
from zhike.foundation.tables.encoding import encoding_of
from zhike.foundation.tables.faults import UnusableInput, WrongUse
from zhike.foundation.tables.limits import LIMITS
from zhike.foundation.tables.source import Chunk
from zhike.insight.intake.mapping import ColumnMap
from zhike.insight.intake.sources import open_sources
from zhike.insight.intake.tests.plumbing import written

CHINESE = "客户编号,订单日期,金额\nK1,2024-01-01,100\nK2,2024-01-02,200\n"


def _all(source: DelimitedSource, size: int = 2) -> Chunk:
    whole = Chunk()
    for chunk in source.chunks(size):
        whole.rows += chunk.rows
        whole.lines += chunk.lines
        whole.refused += chunk.refused
    return whole


def _fault(path: Path) -> UnusableInput:
    with pytest.raises(UnusableInput) as caught:
        open_sources([path], ColumnMap())
    return caught.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_chinese_text_is_read_in_its_encoding(tmp_path: Path, encoding: str) -> None:
    source = DelimitedSource(written(tmp_path, "a.csv", CHINESE, encoding), "a.csv")

    assert source.layout.names == ("客户编号", "订单日期", "金额")
    assert _all(source).lines == [2, 3]


@pytest.mark.parametrize(
    ("text", "delimiter", "width"),
    [
        ("a,b\n1,2024-01-02 10:00:00\n", ",", 2),
        ("a\tb\n1\t2,5\n", "\t", 2),
        ("a;b;c\n1;2,5;x\n2;3,5;y\n", ";", 3),
        (" id   date  value\r\n 1  20240101   5\r\n", BLANKS, 3),
        ("sep=;\na;b\n1;2\n", ";", 2),
        ("a|b\n1|2\n", "|", 2),
    ],
)
def test_the_delimiter_is_found(tmp_path: Path, text: str, delimiter: str, width: int) -> None:
    source = DelimitedSource(written(tmp_path, "a.txt", text), "a.txt")

    assert (source.delimiter, source.layout.width) == (delimiter, width)


def test_line_numbers_stay_true_through_quoted_line_breaks_and_empty_lines(tmp_path: Path) -> None:
    text = 'name,date,amount\n"A ""x""\nGmbH",2024-01-01,1\n\nB,2024-01-02,2\nC,2024-01-03,3,4\nD,2024-01-04,5\n'

    found = _all(DelimitedSource(written(tmp_path, "a.csv", text), "a.csv"))

    assert found.lines == [2, 5, 7]
    assert found.rows[0][0] == 'A "x"\nGmbH'
    assert [(refused.line, refused.code) for refused in found.refused] == [(6, "row.cells")]


def test_a_quotation_mark_never_closed_costs_its_own_line_only(tmp_path: Path) -> None:
    text = 'name,date,amount\nA,2024-01-01,1\n"B,2024-01-02,2\nC,2024-01-03,3\nD,2024-01-04,4\n'

    found = _all(DelimitedSource(written(tmp_path, "a.csv", text), "a.csv"))

    assert found.lines == [2, 4, 5]
    assert [(refused.line, refused.code) for refused in found.refused] == [(3, "row.open_quote")]


def test_a_table_without_column_names_is_seen_as_such(tmp_path: Path) -> None:
    source = DelimitedSource(written(tmp_path, "a.txt", " 0004 19970101 2 29.33\n 0004 19970118 2 29.73\n"), "a.txt")

    assert not source.layout.has_header
    assert _all(source).lines == [1, 2]


def test_lines_above_the_column_names_are_passed_over_and_said(tmp_path: Path) -> None:
    text = "2024年订单明细,,\n,,\n客户,日期,金额\n甲,2024-01-01,5\n乙,2024-01-02,6\n"

    source = DelimitedSource(written(tmp_path, "a.csv", text), "a.csv")

    assert source.layout.names == ("客户", "日期", "金额")
    assert source.notes == [("note.title_lines", {"lines": "1"})]
    assert _all(source).lines == [4, 5]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"\xef\xbb\xbf\n \n", "empty_file"),
        ("a,b\nMüller,1\n".encode("latin-1"), "not_text_encoding"),
        ("顧客,金額\nトヨタ自動車,1\n日産自動車,2\n".encode("shift-jis"), "not_text_encoding"),
        (b"\xef\xbb\xbfa,b\n1,\xff\n", "broken_utf8"),
        (b"a,b\n1,\x00\n", "binary_file"),
        (b"a,b\n" + b"x" * (LIMITS.line_characters + 1), "line_too_long"),
        (b"\x1f\x8b\x08\x00", "packed_file"),
        (b"%PDF-1.7", "packed_file"),
        (b"PK\x03\x04 not a zip", "workbook_broken"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "workbook_broken"),
    ],
)
def test_a_file_that_is_no_table_is_refused_by_name(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)

    fault = _fault(path)

    assert (fault.code, fault.data["file"]) == (code, "a.csv")


def test_a_wrong_encoding_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("客户,金额\n甲公司,1\n乙公司,2\n".encode() + b"\xff\xfebad,3\n")

    with pytest.raises(UnusableInput) as caught:
        encoding_of(path, "a.csv")

    assert caught.value.data["line"] == "4"


def test_a_path_that_is_no_file_is_wrong_use(tmp_path: Path) -> None:
    for path, code in ((tmp_path / "none.csv", "no_such_file"), (tmp_path, "folder")):
        with pytest.raises(WrongUse) as caught:
            open_sources([path], ColumnMap())
        assert caught.value.code == code


def _workbook(path: Path) -> Path:
    book = xlsxwriter.Workbook(str(path))
    sheet, day = book.add_worksheet("订单"), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, ["客户", "日期", "金额"])
    for i in range(3):
        sheet.write(i + 1, 0, f"K{i}")
        sheet.write_datetime(i + 1, 1, dt.datetime(2024, 1, 1 + i), day)  # noqa: DTZ001
        sheet.write_number(i + 1, 2, 1.5 * i)
    book.add_worksheet("空")
    hidden = book.add_worksheet("隐藏")
    hidden.write(0, 0, "x")
    hidden.hide()
    book.close()
    return path


def test_a_workbook_gives_its_visible_filled_sheets(tmp_path: Path) -> None:
    (source,) = open_sources([_workbook(tmp_path / "a.xlsx")], ColumnMap())

    (chunk,) = source.chunks(100)

    assert source.label == "a.xlsx"
    assert chunk.lines == [2, 3, 4]
    assert chunk.rows[1] == ["K1", "2024-01-02", "1.5"]


def test_macros_are_not_run_and_that_is_said(tmp_path: Path) -> None:
    path = _workbook(tmp_path / "a.xlsm")
    with zipfile.ZipFile(path, "a") as book:
        book.writestr("xl/vbaProject.bin", b"Sub Auto_Open()")

    (source,) = open_sources([path], ColumnMap())

    assert ("note.macros", {}) in source.notes
    assert len(next(iter(source.chunks(10))).rows) == 3


def test_a_zip_bomb_is_refused_though_its_header_lies(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as book:
        book.writestr("xl/workbook.xml", "<workbook/>")
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as entry:
            for _ in range(40):
                entry.write(b"0" * (1 << 20))
    packed = path.read_bytes()
    honest = (40 << 20).to_bytes(8, "little")
    path.write_bytes(packed.replace(honest, (1000).to_bytes(8, "little")))

    fault = _fault(path)

    assert (fault.code, fault.data["entry"]) == ("zip_bomb", "xl/worksheets/sheet1.xml")


def test_a_sheet_that_spans_the_whole_grid_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "sparse.xlsx"))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["客户", "日期", "金额"])
    sheet.write(1048575, 16383, 1)
    book.close()

    assert _fault(tmp_path / "sparse.xlsx").code == "sheet_too_wide"


def test_an_archive_that_is_no_workbook_says_to_unpack(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("orders.csv", "x")

    assert _fault(tmp_path / "a.zip").code == "zip_not_workbook"


def test_a_file_beyond_the_bound_is_refused_without_reading_it(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.write(b"a,b\n")
        file.truncate(LIMITS.file_bytes + 1)  # sparse: takes no room on the disk

    assert _fault(path).code == "file_too_large"
