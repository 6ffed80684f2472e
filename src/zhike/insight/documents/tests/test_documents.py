"""The eight documents of one run: complete, safe to open, the same in both languages."""

import csv
import datetime as dt
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from zhike.foundation.policies.load import load_defaults
from zhike.insight.documents import book, names, workbooks
from zhike.insight.documents.tests.shop import NAMES, write_shop
from zhike.insight.spreadsheets import Asked, Finished, report_on
from zhike.retain.policy import ClockPolicy

FORMULA = ("=", "+", "-", "@", "\t", "\r")
NUMBER = re.compile(r"-?\d+(\.\d+)?\Z")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Finished]:
    """The shop's reports in both languages."""
    folder = tmp_path_factory.mktemp("shop")
    path = write_shop(folder / "orders.csv")
    asked = Asked((path,), template="retail")
    return {
        language: report_on(replace(asked, language=language), folder / f"out-{language}") for language in ("zh", "en")
    }


def _csv(run: Finished, name: str = names.CUSTOMERS) -> list[dict[str, str]]:
    with (run.out / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _sheets(path: Path) -> dict[str, list[list[Any]]]:
    found = CalamineWorkbook.from_path(str(path))
    return {name: found.get_sheet_by_name(name).to_python() for name in found.sheet_names}


def _texts(run: Finished) -> Iterator[str]:
    for name in (names.CUSTOMERS, names.REJECTED):
        for row in _csv(run, name):
            yield from row.values()
    for name in (names.MATRIX_BOOK, names.WARNINGS, names.STRATEGY):
        for rows in _sheets(run.out / name).values():
            for row in rows:
                yield from (cell for cell in row if isinstance(cell, str))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_folder_holds_exactly_the_files_of_the_contract(runs: dict[str, Finished], language: str) -> None:
    assert {path.name for path in runs[language].out.iterdir()} == set(names.ALL)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_cell_of_any_export_starts_a_formula(runs: dict[str, Finished], language: str) -> None:
    seen = list(_texts(runs[language]))

    assert any("HYPERLINK" in text for text in seen)
    assert [text for text in seen if text.startswith(FORMULA) and not NUMBER.match(text)] == []


def test_workbooks_hold_no_formula_and_no_link(runs: dict[str, Finished]) -> None:
    for name in (names.MATRIX_BOOK, names.WARNINGS, names.STRATEGY):
        with zipfile.ZipFile(runs["zh"].out / name) as packed:
            sheets = b"".join(packed.read(n) for n in packed.namelist() if n.startswith("xl/worksheets/sheet"))
        assert b"<f>" not in sheets
        assert b"<hyperlink" not in sheets


def test_customers_csv_opens_in_excel_and_holds_everybody(runs: dict[str, Finished]) -> None:
    assert (runs["zh"].out / names.CUSTOMERS).read_bytes().startswith(b"\xef\xbb\xbf")
    rows = _csv(runs["zh"])

    assert len(rows) == len(NAMES)
    for column in (
        "RFM",
        "价值分层",
        "生命周期状态",
        "健康度（0-100）",
        "健康度原因",
        "风险等级",
        "CLV 手册公式（CNY）",
    ):
        assert column in rows[0]
    assert rows[0]["价值分层"] in ("高价值", "中坚", "低价值")
    assert re.fullmatch(r"[1-5]{3}", rows[0]["RFM"])


def test_both_languages_give_the_same_numbers(runs: dict[str, Finished]) -> None:
    chinese, english = _csv(runs["zh"]), _csv(runs["en"])
    numbers = [[value for value in row.values() if NUMBER.match(value)] for rows in (chinese, english) for row in rows]

    assert numbers[: len(chinese)] == numbers[len(chinese) :]
    assert "Value tier" in english[0]


@pytest.mark.parametrize(
    ("name", "sheets"),
    [
        (names.MATRIX_BOOK, ["客户价值矩阵图", "客户", "说明"]),
        (names.WARNINGS, ["客户流失预警名单", "说明"]),
        (names.STRATEGY, ["客户关系细分与策略表", "客户名单", "说明"]),
    ],
)
def test_a_workbook_has_its_sheets_frozen_filtered_and_explained(
    runs: dict[str, Finished], name: str, sheets: list[str]
) -> None:
    path = runs["zh"].out / name

    found = _sheets(path)

    assert list(found) == sheets
    about = " ".join(str(cell) for row in found["说明"] for cell in row)
    assert "截止日：2024-06-" in about
    assert "orders.csv" in about
    assert "本工作簿列出全部" in about
    with zipfile.ZipFile(path) as packed:
        listed = packed.read(f"xl/worksheets/sheet{len(sheets) - 1}.xml")
    assert b'state="frozen"' in listed
    assert b"<autoFilter" in listed


@pytest.mark.requirement("RET-07", proof="rule")
def test_the_warning_list_says_who_why_and_until_when(runs: dict[str, Finished]) -> None:
    run = runs["zh"]
    heading, *rows = _sheets(run.out / names.WARNINGS)["客户流失预警名单"]

    wanted = ["价值分层", "风险等级", "主要原因", "预警信号", "健康度（0-100）", "应联系时限", "负责人"]
    assert [column for column in wanted if column not in heading] == []
    assert len(rows) == run.manifest["results"]["warned"] > 0
    hours = load_defaults("retail").get(ClockPolicy).contact_hours
    made = dt.datetime.fromisoformat(run.manifest["made_at"]).replace(tzinfo=None)
    for row in rows:
        told = dict(zip(heading, row, strict=True))
        assert told["风险等级"] in ("高", "中", "低")
        assert told["主要原因"]
        assert abs(told["应联系时限"] - made - dt.timedelta(hours=hours)) < dt.timedelta(minutes=2)
    order = [("高", "中", "低").index(row[heading.index("风险等级")]) for row in rows]
    assert order == sorted(order)


@pytest.mark.requirement("STR-01", proof="rule")
@pytest.mark.requirement("STR-05", proof="rule")
def test_the_strategy_table_has_its_eight_columns_and_counts_its_customers(runs: dict[str, Finished]) -> None:
    found = _sheets(runs["zh"].out / names.STRATEGY)
    heading, *rows = found["客户关系细分与策略表"]

    assert heading[:8] == [
        "客户细分维度", "客户特征描述", "当前关系状态", "策略目标",
        "具体策略措施", "责任人", "时间节点", "效果评估指标",
    ]  # fmt: skip
    counts = [int(row[heading.index("客户数")]) for row in rows]
    assert len(rows) == 6
    assert sum(counts[:5]) == len(found["客户名单"]) - 1
    assert len({row[0] for row in rows}) == 6


def test_money_is_a_number_and_a_day_is_a_day(runs: dict[str, Finished]) -> None:
    heading, *rows = _sheets(runs["zh"].out / names.MATRIX_BOOK)["客户"]
    listed = [dict(zip(heading, row, strict=True)) for row in rows]

    assert all(isinstance(row["年消费（CNY）"], float) for row in listed)
    assert [row["年消费（CNY）"] for row in listed] == sorted((row["年消费（CNY）"] for row in listed), reverse=True)
    warned, *rows = _sheets(runs["zh"].out / names.WARNINGS)["客户流失预警名单"]
    assert isinstance(rows[0][warned.index("最近订单")], dt.date)


def test_a_workbook_stops_at_its_limit_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    few = replace(book.LIMITS, reported_rows=10)
    monkeypatch.setattr(book, "LIMITS", few)
    monkeypatch.setattr(workbooks, "LIMITS", few)

    run = report_on(Asked((write_shop(tmp_path / "orders.csv"),)), tmp_path / "out")

    found = _sheets(run.out / names.MATRIX_BOOK)
    assert len(found["客户"]) == 11
    assert any("最多列出 10 位客户" in str(cell) for row in found["说明"] for cell in row)
    assert len(_csv(run)) == len(NAMES)


def test_the_pdf_uses_the_shipped_font_alone(runs: dict[str, Finished]) -> None:
    for run in runs.values():
        content = (run.out / names.SUMMARY).read_bytes()
        found = _font_names(content)
        assert found
        assert all(name.startswith("NotoSansSC") for name in found)


def _font_names(pdf: bytes) -> set[str]:
    """Names of embedded fonts, looked for in the plain file and in its compressed streams."""
    parts = [pdf]
    for found in re.finditer(rb"stream\r?\n", pdf):
        try:
            parts.append(zlib.decompressobj().decompress(pdf[found.end() :]))
        except zlib.error:
            continue
    whole = b"".join(parts)
    return {name.decode() for name in re.findall(rb"/FontName\s*/(?:[A-Z]{6}\+)?([\w-]+)", whole)}


def test_the_picture_is_a_png_of_a_size_to_show(runs: dict[str, Finished]) -> None:
    head = (runs["zh"].out / names.MATRIX_PICTURE).read_bytes()[:24]

    assert head.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", head[16:24])
    assert width >= 1000
    assert height >= 500


def test_the_manifest_says_what_was_read_understood_computed_and_left_out(runs: dict[str, Finished]) -> None:
    told = runs["en"].manifest

    assert told["rows"]["read"] == told["rows"]["accepted"] + told["rows"]["rejected"]
    assert {column["meaning"] for column in told["files"][0]["columns"]} >= {"customer_name", "ordered_on", "amount"}
    assert told["as_of_evidence"] == "last_date"
    assert all(gap["reason"] for gap in told["not_computed"])
    assert sum(told["results"]["tier"].values()) == told["customers"]
    assert told["policies"]["segment.tiers"].endswith("+retail")
    assert told["models"]["clv_handbook"]["lifetime_years"] > 0
