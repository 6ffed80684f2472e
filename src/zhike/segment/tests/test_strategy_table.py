"""The strategy table as people work with it: drafted by editors, put in force by approvers, in and out by file."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from zhike.customers.tests.office import Office, opened
from zhike.foundation.access.deciding import OwnWork
from zhike.foundation.access.models import Person, PostHolding
from zhike.foundation.audit.models import Entry
from zhike.foundation.kit.refusals import Forbidden, Invalid, Stale
from zhike.foundation.outbox.models import EventRow
from zhike.foundation.policies import current
from zhike.foundation.records.testing import signed_in
from zhike.segment.models import StrategyVersion
from zhike.segment.rules.conditions import Clause, parse, said
from zhike.segment.rules.table import COLUMNS, shipped
from zhike.segment.selectors import table_in_force
from zhike.segment.services.judging import Given
from zhike.segment.services.strategy import (
    NotADraft,
    NothingToRestore,
    ReadyRow,
    strategy_approve,
    strategy_restore,
    strategy_retire,
    strategy_set_aside,
    strategy_write,
)
from zhike.segment.sheets import csv_bytes, read, rows_of, xlsx_bytes
from zhike.segment.words import value_names

pytestmark = pytest.mark.django_db
WHOLE = {
    "dimension": "制造业新客户",
    "features": "首单三个月内",
    "relation": "新建合作",
    "goal": "复购率提升至40%",
    "measures": "1. 客户经理在一周内上门拜访一次；2. 每月发送一份使用报告",
    "owner": "客户经理",
    "timing": "每月",
    "metrics": "复购率",
    "resources": "拜访工时",
    "effect": "40%的新客户三个月内再次下单",
}
MINE = WHOLE | {"owners": "customer_manager", "condition": "行业 = 制造业", "contact_days": "7", "why": "新产线上线"}
HTML = {"HTTP_ACCEPT_LANGUAGE": "zh-hans"}


@pytest.fixture
def office(db: None) -> Office:
    made = opened()
    Person.objects.update(must_change_password=False)
    return made


def browser(office: Office, name: str) -> Client:
    return signed_in(office.people[name])


def given(**changes: Any) -> Given:
    return Given(
        WHOLE | changes.pop("cells", {}), ("customer_manager",), changes.pop("condition", "行业 = 制造业"), **changes
    )


def written(office: Office, code: str | None = None, who: str = "manager one", **changes: Any) -> StrategyVersion:
    line = shipped().line(code or "")
    if line is not None and "cells" not in changes:
        changes["cells"] = {name: line.texts[name].zh for name in COLUMNS}
    return strategy_write(viewer=office.viewer(who), code=code, given=given(**changes), why="季度复盘", language="zh")


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


@pytest.mark.requirement("STR-01", proof="user")
@pytest.mark.requirement("STR-02", proof="user")
def test_d4_15_a_vague_measure_is_refused_on_the_page_and_the_missing_parts_are_named(office: Office) -> None:
    """D4-15: measure 加强服务, no person or date → refused, missing parts named."""
    page = browser(office, "manager one")

    answer = page.post(
        "/strategies/new/",
        {"dimension": "新客户", "measures": "加强服务", "condition": "行业 = C", "why": "试"},
        **HTML,
    )

    assert answer.status_code == 422
    told = text_of(answer)
    for part in ("谁来做", "做什么", "何时完成", "做到什么程度"):
        assert part in told
    assert "加强服务" in told
    assert not StrategyVersion.objects.exists()


@pytest.mark.requirement("STR-01", proof="user")
def test_a_customer_manager_writes_a_row_and_the_sales_lead_puts_it_in_force(office: Office) -> None:
    page = browser(office, "manager one")
    assert page.post("/strategies/new/", MINE, **HTML).status_code == 302
    draft = StrategyVersion.objects.get()
    assert table_in_force().line(draft.strategy.code) is None, "a draft is not in force"
    assert page.post(f"/strategies/drafts/{draft.uid}/approve/", **HTML).status_code == 403

    chief = browser(office, "chief")
    assert "制造业新客户" in text_of(chief.get("/strategies/", **HTML))
    assert chief.post(f"/strategies/drafts/{draft.uid}/approve/", **HTML).status_code == 302

    line = table_in_force().line(draft.strategy.code)
    assert line is not None
    assert (line.contact_days, line.owners, line.texts["goal"].zh) == (7, ("customer_manager",), "复购率提升至40%")
    shown = text_of(page.get("/strategies/", **HTML))
    for name in ("dimension", "goal", "measures", "effect"):
        assert WHOLE[name].split("；")[0] in shown
    assert "行业 = 制造业" in shown
    history = text_of(page.get(f"/strategies/{draft.strategy.code}/", **HTML))
    assert "新产线上线" in history
    assert "员工manager one" in history
    assert "员工chief" in history
    assert [e.action for e in Entry.objects.filter(kind="strategy").order_by("id")] == [
        "strategy.draft",
        "strategy.approve",
    ]
    assert EventRow.objects.filter(name="segment.StrategyTableChanged").count() == 1


@pytest.mark.requirement("STR-01", proof="user")
def test_a_row_is_copied_into_a_new_one(office: Office) -> None:
    form = text_of(browser(office, "manager one").get("/strategies/new/?copy=high_value", **HTML))

    assert "高价值客户（年消费≥50万） 的副本" in form or "高价值客户（年消费≥50万）的副本" in form
    assert "复购率提升至{repurchase_percent}%" in form


@pytest.mark.requirement("STR-01", proof="user")
def test_the_print_view_is_the_form_of_the_source(office: Office) -> None:
    paper = text_of(browser(office, "data").get("/strategies/print/", **HTML))

    heads = re.findall(r'<th scope="col">(.*?)</th>', paper)
    assert heads == ["客户细分维度", "客户特征描述", "当前关系状态", "策略目标", "具体策略措施", "责任人", "时间节点",
                     "效果评估指标", "执行资源", "预期效果"]  # fmt: skip
    assert paper.count("<tr>") == 1 + len(shipped().lines)
    assert "30天内完成首次触达" in paper


@pytest.mark.requirement("STR-05", proof="user")
def test_a_ready_row_is_edited_follows_the_policy_and_is_restored(office: Office) -> None:
    page, chief = browser(office, "manager one"), browser(office, "chief")
    cells = {name: text.zh for name, text in shipped().line("at_risk").texts.items()}  # type: ignore[union-attr]
    changed = cells | {
        "timing": "{first_contact_days}天内由销售代表首次触达",
        "owners": "sales_specialist",
        "why": "明确到人",
    }
    assert page.post("/strategies/at_risk/edit/", changed, **HTML).status_code == 302
    chief.post(f"/strategies/drafts/{StrategyVersion.objects.get().uid}/approve/", **HTML)

    assert "30天内由销售代表首次触达" in text_of(page.get("/strategies/", **HTML))
    policies = current().with_values({"segment.strategy.first_contact_days": 14})
    row = next(row for row in table_in_force().rows(policies) if row.code == "at_risk")
    assert row.column("timing", "zh") == "14天内由销售代表首次触达"
    assert row.column("timing", "en") == "First contact within 14 days", "the other language keeps its wording"

    assert page.post("/strategies/at_risk/restore/", {"why": "回到手册"}, **HTML).status_code == 302
    chief.post(f"/strategies/drafts/{StrategyVersion.objects.get(state='draft').uid}/approve/", **HTML)
    assert "30天内完成首次触达" in text_of(page.get("/strategies/", **HTML))
    assert table_in_force().line("at_risk").texts == shipped().line("at_risk").texts  # type: ignore[union-attr]


@pytest.mark.requirement("STR-05", proof="user")
def test_the_five_ready_rows_stand_on_the_page_with_the_numbers_of_d1(office: Office) -> None:
    shown = text_of(browser(office, "data").get("/strategies/", **HTML))

    for words in ("高价值客户（年消费≥50万）", "中坚客户（年消费10-50万）", "流失风险客户（6个月无订单）", "潜力客户",
                  "沉睡客户", "复购率提升至80%，客单价提升10%", "续约率提升至90%", "24小时内响应",
                  "转化率提升至25%", "激活率达到30%"):  # fmt: skip
        assert words in shown


def test_who_may_not_edit_sees_no_buttons_and_is_refused(office: Office) -> None:
    page = browser(office, "data")

    assert page.get("/strategies/", **HTML).status_code == 200
    assert "/strategies/new/" not in text_of(page.get("/strategies/", **HTML))
    for address in ("new/", "import/", "at_risk/edit/"):
        assert page.get(f"/strategies/{address}", **HTML).status_code == 403
    with pytest.raises(Forbidden):
        written(office, who="data")
    assert browser(office, "it").get("/strategies/", **HTML).status_code == 403


def test_placeholders_and_conditions_nobody_knows_are_named(office: Office) -> None:
    with pytest.raises(Invalid) as found:
        written(office, cells={"goal": "提升至{secret.__class__}%"}, condition="颜色 = 红")

    fields = found.value.data["fields"]
    assert set(fields) == {"goal", "condition"}
    assert "secret" in fields["goal"]
    assert "颜色" in fields["condition"]
    with pytest.raises(Invalid) as none:
        written(office, condition="")
    assert none.value.data["fields"] == {"condition": "required"}


@pytest.mark.parametrize("lang", ["zh-hans", "en"])
def test_every_industry_and_region_can_be_named_in_a_condition(lang: str) -> None:
    with translation.override(lang):
        names = value_names()
        for measure in ("industry", "region"):
            asked = (Clause(measure, "=", tuple(names[measure].values())),)
            assert parse(said(asked, lang, names), names) == asked


def test_a_draft_waits_for_one_decision_and_a_newer_one_replaces_it(office: Office) -> None:
    first = written(office)
    code = first.strategy.code
    second = written(office, code, cells={"goal": "复购率提升至50%"})
    chief = office.viewer("chief")

    with pytest.raises(NotADraft):
        strategy_approve(viewer=chief, uid=first.uid)
    with pytest.raises(Invalid):
        strategy_set_aside(viewer=chief, uid=second.uid, reason=" ")
    with pytest.raises(Forbidden):
        strategy_set_aside(viewer=office.viewer("seller one"), uid=second.uid, reason="不同意")
    strategy_set_aside(viewer=office.viewer("manager one"), uid=second.uid, reason="再想想")
    assert table_in_force() == shipped()
    third = written(office, code)
    strategy_approve(viewer=chief, uid=third.uid)
    with pytest.raises(Stale):
        strategy_write(
            viewer=office.viewer("manager one"), code=code, given=given(), why="晚了", language="zh", base=first.number
        )


def test_who_wrote_a_draft_does_not_put_it_in_force(office: Office) -> None:
    PostHolding.objects.create(person=office.people["manager one"], post="management", since="2020-01-01")
    draft = written(office)

    with pytest.raises(OwnWork):
        strategy_approve(viewer=office.viewer("manager one"), uid=draft.uid)

    draft.refresh_from_db()
    assert draft.state == "draft"
    assert strategy_approve(viewer=office.viewer("chief"), uid=draft.uid).state == "in_force"


def test_ready_rows_stay_and_own_rows_can_be_taken_out(office: Office) -> None:
    editor, chief = office.viewer("manager one"), office.viewer("chief")
    with pytest.raises(ReadyRow):
        strategy_retire(viewer=editor, code="core", why="不用")
    with pytest.raises(NothingToRestore):
        strategy_restore(viewer=editor, code="core", why="不用")
    code = written(office).strategy.code
    strategy_approve(viewer=chief, uid=StrategyVersion.objects.get().uid)

    out = strategy_retire(viewer=editor, code=code, why="试点结束")
    assert table_in_force().line(code) is not None
    strategy_approve(viewer=chief, uid=out.uid)

    assert table_in_force() == shipped()


def sheet_of(rows: list[list[str]], kind: str) -> bytes:
    return csv_bytes(rows) if kind == "csv" else xlsx_bytes(rows, "策略表")


def upload(page: Client, data: bytes, name: str = "table.csv") -> Any:
    return page.post("/strategies/import/", {"file": SimpleUploadedFile(name, data), "why": "批量修订"}, **HTML)


@pytest.mark.requirement("STR-01", proof="user")
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_exported_file_comes_back_with_only_what_was_changed(office: Office, kind: str, language: str) -> None:
    page = browser(office, "manager one")
    exported = page.get(f"/strategies/export/{kind}/", **HTML)
    sheet = read(exported.content)
    assert [cells["code"] for _, cells in sheet.lines] == [line.code for line in shipped().lines]
    assert sheet.lines[2][1]["contact_days"] == "30"

    rows = rows_of(table_in_force(), current(), language)
    place = rows[0].index("策略目标" if language == "zh" else "Goal")
    rows[2][place] = "续约率提升至95%"
    answer = upload(page, sheet_of(rows, kind), f"table.{kind}")

    assert answer.status_code == 302
    (draft,) = StrategyVersion.objects.all()
    assert draft.strategy.code == "core"
    assert draft.content["texts"]["goal"][language] == "续约率提升至95%"
    assert draft.content["texts"]["dimension"][language] == shipped().line("core").texts["dimension"].said_in(language)  # type: ignore[union-attr]


@pytest.mark.requirement("STR-01", proof="user")
def test_a_file_with_faults_names_line_and_remedy_and_nothing_is_half_imported(office: Office) -> None:
    page = browser(office, "manager one")
    rows = rows_of(table_in_force(), current(), "zh")
    heads = rows[0]
    good = (
        dict.fromkeys(heads, "") | dict(zip(heads[1:11], WHOLE.values(), strict=True)) | {"适用条件": "行业 = 制造业"}
    )
    vague = good | {"具体策略措施": "提升满意度", "适用条件": "等级 = 金"}
    stranger = good | {"编号": "nobody"}
    lines = [heads, *([row[h] for h in heads] for row in (good, vague, stranger))]

    answer = upload(page, csv_bytes(lines))

    assert answer.status_code == 422
    told = text_of(answer)
    table = re.findall(r'<td class="z-r z-keep">(\d+)</td><td class="z-name">(.*?)</td>', told)
    assert ("3", "具体策略措施") in table
    assert ("3", "适用条件") in table
    assert ("4", "编号") in table
    assert not StrategyVersion.objects.exists(), "not even the good line"
    assert upload(page, csv_bytes([heads, [good[h] for h in heads]])).status_code == 302
    assert StrategyVersion.objects.get().content["texts"]["goal"]["zh"] == WHOLE["goal"]


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04broken", b"\x00\x01\x02", "甲,乙\n1,2".encode(), b"x" * (2 * 1024 * 1024 + 5)]
)
def test_what_is_no_table_is_refused_with_a_sentence(office: Office, data: bytes) -> None:
    answer = upload(browser(office, "manager one"), data)

    assert answer.status_code == 422
    assert not StrategyVersion.objects.exists()


def test_cells_that_look_like_formulas_stay_text(office: Office) -> None:
    code = written(office, cells={"features": "=HYPERLINK(1)"}).strategy.code
    strategy_approve(viewer=office.viewer("chief"), uid=StrategyVersion.objects.get().uid)

    data = csv_bytes(rows_of(table_in_force(), current(), "zh"))

    cells = next(row for row in csv.reader(io.StringIO(data.decode("utf-8-sig"))) if row[0] == code)
    assert cells[2] == "'=HYPERLINK(1)"
    assert dict(read(data).lines[-1][1])["features"] == "=HYPERLINK(1)"
