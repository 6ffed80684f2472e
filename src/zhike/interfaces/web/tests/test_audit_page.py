"""The audit page says what was done in words, and leads to the record as far as the reader may go."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import zhike
from zhike.customers.services.customer import customer_create
from zhike.foundation import audit
from zhike.foundation.access.people import viewer_of
from zhike.foundation.access.viewer import system
from zhike.foundation.records.testing import signed_in, staff, text_of
from zhike.interfaces.web.views import audit_words

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("SEC-08", proof="user")
def test_an_action_is_said_in_the_words_of_the_reader() -> None:
    customer_create(viewer=viewer_of(staff("customer_manager")), kind="firm", name="杭州岚山精密有限公司")

    english = text_of(signed_in(staff("compliance_specialist", language="en")).get("/audit/"))
    chinese = text_of(signed_in(staff("compliance_specialist")).get("/audit/"))

    assert "Opened a customer file" in english
    assert "新建客户档案" in chinese
    assert "<code>customer.create</code>" not in english


@pytest.mark.requirement("SEC-08", proof="user")
def test_the_log_leads_to_the_record_where_the_reader_may_see_it() -> None:
    made = customer_create(viewer=viewer_of(staff("customer_manager")), kind="firm", name="杭州岚山精密有限公司")

    seeing = text_of(signed_in(staff("management")).get("/audit/"))

    assert f'<a href="/customers/{made.uid}/">杭州岚山精密有限公司</a>' in seeing


def test_a_reader_without_the_area_gets_number_and_words_but_no_link_and_no_name() -> None:
    audit.record(system("test"), "bill.load", kind="bill", object_id=12345)

    page = text_of(signed_in(staff("compliance_specialist")).get("/audit/?kind=bill"))

    assert "账单" in page
    assert "#12345" in page
    assert 'href="/bills/' not in page.split("<tbody>")[1]


@pytest.mark.requirement("SEC-08", proof="user")
def test_the_log_is_narrowed_by_an_action_chosen_in_words() -> None:
    customer_create(viewer=viewer_of(staff("customer_manager")), kind="firm", name="杭州岚山精密有限公司")
    audit.record(system("test"), "bill.load", kind="bill")
    client = signed_in(staff("management"))

    page = text_of(client.get("/audit/?action=bill.load"))

    assert '<option value="bill.load" selected>批量载入账单</option>' in page
    assert "批量载入账单" in page.split("<tbody>")[1]
    assert "新建客户档案" not in page.split("<tbody>")[1]


@pytest.mark.requirement("SEC-08", proof="user")
def test_a_changed_setting_is_named_and_its_day_read_by_the_clock_on_the_wall() -> None:
    after = {"key": "retain.clocks.contact_hours", "effective_from": "2026-11-30T20:02:23.005106+00:00", "tickets": []}
    audit.record(system("test"), "policy.set", kind="policy", after=after)

    page = text_of(signed_in(staff("compliance_specialist")).get("/audit/?action=policy.set"))

    assert "参数:</span> retain.clocks.contact_hours" in page
    assert "生效时间:</span> 2026-12-01 04:02" in page
    assert "tickets:</span> –" in page


def test_an_action_that_nobody_declares_any_more_is_shown_by_its_code_and_can_be_asked_for() -> None:
    audit.record(system("test"), "older.action", kind="older")

    page = text_of(signed_in(staff("management")).get("/audit/?action=older.action"))

    assert '<option value="older.action" selected>older.action</option>' in page
    assert "older.action" in page.split("<tbody>")[1]


def test_the_chain_is_verified_without_scripts_on_a_page_of_its_own() -> None:
    reader = signed_in(staff("compliance_specialist"))

    page = text_of(reader.get("/audit/chain/"))
    fragment = text_of(reader.get("/audit/chain/", headers={"hx-request": "true"}))

    assert "<h1>" in page
    assert 'href="/audit/"' in page
    assert "<html" not in fragment
    assert "z-good" in fragment


@pytest.mark.requirement("SEC-08", proof="user")
def test_values_are_names_and_words_and_the_systems_reasons_are_sentences() -> None:
    owner = staff("customer_manager")
    made = customer_create(viewer=viewer_of(owner), kind="firm", name="杭州岚山精密有限公司")
    audit.record(
        system("a contract ended"), "contact.create", kind="contact", object_id=1, after={"customer_id": made.pk}
    )
    audit.record(
        system("reports are drafted"), "report.draft", kind="report",
        after={"code": "data_risk", "period": "2026-Q4", "rows": 20},
    )  # fmt: skip
    audit.record(system("night 2026-11-30"), "customer.create", kind="customer", object_id=made.pk,
                 after={"owner_id": owner.pk, "kind": "firm"})  # fmt: skip

    page = text_of(signed_in(staff("management")).get("/audit/")).split("<tbody>")[1]

    assert re.search("客户:</span> *杭州岚山精密有限公司", page)
    assert "合同已结束。" in page
    assert "2026-11-30 的夜间计算。" in page
    assert owner.name in page
    assert "a contract ended" not in page
    assert "《客户数据风险排查报告》" in page
    assert re.search("(code|period|rows):", page) is None


def test_every_reason_that_the_system_gives_in_the_code_has_words() -> None:
    root = Path(zhike.__file__).parent
    code = [path.read_text("utf-8") for path in root.rglob("*.py") if "tests" not in path.parts]
    given = {found for text in code for found in re.findall(r'\bsystem\("([^"]+)"', text)}

    typed = {words for words in given if words.startswith("zhike ")}  # commands stand as they were typed
    assert given - typed - set(audit_words.REASONS) == set()
