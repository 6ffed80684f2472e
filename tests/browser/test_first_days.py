"""The first days with the sample company, each step in the browser by the post that does it."""

from __future__ import annotations

import csv
import re

import pytest
from playwright.sync_api import expect
from pypinyin import lazy_pinyin

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_first_password_must_be_changed_before_anything_else(application, known_people, browser):
    user, password = application.logins["training_lead"]
    page = browser.new_context(locale="zh-CN", base_url=application.url).new_page()

    page.goto("/")
    page.get_by_label("用户名").fill(user)
    page.locator("input[name=password]").fill(password)
    page.locator("form button.btn-primary").first.click()
    page.goto("/customers/")

    assert "/password/" in page.url


@pytest.mark.requirement("RET-07", proof="user")
@pytest.mark.requirement("RET-08", proof="user")
@pytest.mark.requirement("PLAT-08", proof="user")
def test_a_published_warning_runs_48_hours_on_the_managers_home_until_a_call_is_logged(application, sign_in):
    analyst = sign_in("data_specialist")
    analyst.goto("/desk/")
    warning = analyst.locator("article").first
    customer, owner = warning.locator("h2").inner_text(), warning.locator("dt:text-is('负责人') + dd").inner_text()
    expect(warning.locator(".z-evidence li").first).to_be_visible()

    warning.get_by_role("button", name="发布").click()
    expect(analyst.locator("#toasts")).to_contain_text("已发布")
    user = application.ask(f"Person.objects.get(name={owner!r}).username")
    application.eventually("Duty.objects.filter(code='B-18', state='open').count()", "1")

    manager = sign_in(user)
    manager.goto("/")
    row = manager.locator("tr", has_text=customer).filter(has_text="联系流失预警名单上的客户")
    expect(row).to_contain_text("剩余 47 小时")

    application.let_pass(hours=39)
    manager.reload()
    expect(row.locator(".z-due")).to_have_class(re.compile("is-amber"))

    application.let_pass(hours=10)
    application.eventually("Duty.objects.get(code='B-18').state", "breached")
    manager.reload()
    expect(row.locator(".z-due")).to_have_class(re.compile("is-breached"))
    superior = application.ask(f"Person.objects.get(name={owner!r}).superior.pk")
    application.eventually(f"DutyNotice.objects.filter(person_id={superior}).exists()", "True")

    row.get_by_role("link", name="去处理").click()
    expect(manager).to_have_url(re.compile("/retentions/"))
    uid = application.ask("Warning.objects.get(state='published').customer.uid")
    manager.goto(f"/customers/{uid}/?do=B-18")
    manager.get_by_label("客户反馈").fill("客户表示对响应速度不满，愿意再谈。")
    manager.get_by_role("button", name="保存").click()
    expect(manager.locator(".z-timeline")).to_contain_text("客户表示对响应速度不满")
    expect(manager.locator(".z-timeline")).to_contain_text("已联系预警客户")
    application.eventually("Duty.objects.get(code='B-18').state", "fulfilled")
    manager.goto("/")
    expect(row).to_have_count(0)


@pytest.mark.requirement("DATA-01", proof="user")
@pytest.mark.parametrize("how", ["two characters", "pinyin", "initials", "number"])
def test_a_customer_is_found_by_what_people_remember_of_it(application, sign_in, how):
    firms = "Customer.objects.filter(kind='firm', state__tier='high').order_by('pk')"
    name, number = application.ask(f"*{firms}.values_list('name', 'number')[0], sep='|'").split("|")
    letters = lazy_pinyin(name[:3])
    words = {
        "two characters": name[:2], "pinyin": "".join(letters), "initials": "".join(w[0] for w in letters),
        "number": number,
    }[how]  # fmt: skip

    page = sign_in("management")
    page.goto("/customers/")
    page.locator("#find-words").fill(words)

    expect(page.locator("td.z-name", has_text=name)).to_be_visible()


@pytest.mark.requirement("DATA-02", proof="user")
def test_a_customer_is_opened_and_edited_in_the_drawer_and_a_twin_is_noticed(application, sign_in):
    page = sign_in("customer_manager")
    page.goto("/customers/")
    page.get_by_role("link", name=re.compile("新建客户")).click()
    drawer = page.locator("#drawer")
    drawer.locator("[name=name]").fill("杭州示范精密有限公司")
    drawer.locator("[name=kind]").select_option("firm")
    drawer.locator("[name=credit_code]").fill("123")
    drawer.get_by_role("button", name="保存").click()
    expect(drawer).to_contain_text("校验码不符")
    expect(drawer.locator("[name=name]")).to_have_value("杭州示范精密有限公司")

    drawer.locator("[name=credit_code]").fill("")
    drawer.get_by_role("button", name="保存").click()
    expect(drawer).not_to_be_visible()
    expect(page.locator("td.z-name").first).to_contain_text("杭州示范精密有限公司")
    page.goto("/customers/?q=示范精密")
    expect(page.locator("td.z-name")).to_contain_text("杭州示范精密有限公司")

    page.get_by_role("link", name=re.compile("新建客户")).click()
    drawer.locator("[name=name]").fill("杭州示范精密有限责任公司")
    drawer.locator("[name=kind]").select_option("firm")
    drawer.get_by_role("button", name="保存").click()
    expect(drawer).to_contain_text("已有同名或同代码的客户")


@pytest.mark.requirement("SEC-04", proof="user")
def test_the_other_sales_department_does_not_find_the_customer_and_a_wrong_post_is_refused(application, sign_in):
    sellers = "Person.objects.filter(holdings__post='sales_specialist', department__external_id='sample:{}')"
    east, south = (
        application.ask(sellers.format(place) + ".order_by('pk').first().username")
        for place in ("sales_east", "sales_south")
    )
    theirs = application.ask(f"Customer.objects.filter(owner__username={south!r}).first().uid")

    page = sign_in(east)

    assert page.goto(f"/customers/{theirs}/").status == 404
    assert page.goto("/audit/").status == 403
    assert page.request.get(f"/api/v1/customers/{theirs}").status == 404


@pytest.mark.requirement("SEC-09", proof="user")
def test_a_persons_phone_is_masked_and_the_eye_asks_for_a_reason_and_is_logged(application, sign_in):
    uid = application.ask("Customer.objects.filter(kind='person').exclude(phone='').order_by('pk').first().uid")
    page = sign_in("service_representative")
    page.goto(f"/customers/{uid}/")
    phone = page.locator(".z-facts div", has=page.get_by_text("电话", exact=True)).first
    expect(phone).to_contain_text("****")

    phone.locator(".z-eye").click()
    phone.locator("input[name=reason], textarea[name=reason]").fill("回拨客户来电")
    phone.locator("button[type=submit]").click()

    expect(phone).to_contain_text(re.compile(r"\d{11}"))
    auditor = sign_in("compliance_specialist")
    auditor.goto("/audit/?action=value.reveal")
    expect(auditor.locator("tbody")).to_contain_text("回拨客户来电")
    expect(auditor.locator("#chain")).to_contain_text("链完整")


@pytest.mark.requirement("SEG-03", proof="user")
def test_every_number_of_the_value_matrix_opens_its_rows(application, sign_in):
    page = sign_in("customer_analyst")
    page.goto("/matrix/")
    cells = page.locator("a.z-cell")
    assert cells.count() > 0

    for place in range(cells.count()):
        # Read anew each time: a night may have counted again since the cell before.
        page.goto("/matrix/")
        count = cells.nth(place).locator("strong").inner_text().replace(",", "")
        page.goto(cells.nth(place).get_attribute("href"))
        expect(page.locator("h1 + .z-count")).to_have_text(count)


@pytest.mark.requirement("PLAT-10", proof="user")
def test_a_threshold_is_changed_by_management_with_a_reason_and_proposed_by_it(application, sign_in):
    key = "retain.clocks.contact_hours"
    it = sign_in("it_team")
    it.goto(f"/policies/{key}/")
    it.get_by_label(re.compile("新值")).fill("36")
    it.get_by_role("button", name="修改").click()
    expect(it.locator(".z-problem")).to_be_visible()
    it.get_by_label("原因").fill("试行更快联系")
    it.get_by_role("button", name="修改").click()
    expect(it.locator("#toasts")).to_contain_text("待管理层审批")

    boss = sign_in("management")
    boss.goto("/policies/?room=retain")
    boss.get_by_role("button", name="批准").click()
    boss.goto(f"/policies/{key}/")
    expect(boss.locator("h1 + span")).to_contain_text("36")
    expect(boss.locator("tbody")).to_contain_text("试行更快联系")


@pytest.mark.requirement("SEC-08", proof="user")
def test_an_export_is_masked_starts_no_formula_and_is_logged(application, sign_in, tmp_path):
    page = sign_in("service_representative")
    page.goto("/customers/?kind=person")
    page.locator("summary[title=导出]").click()
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("CSV")).click()
    path = tmp_path / "customers.csv"
    download.value.save_as(path)

    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert len(rows) > 10
    assert all("*" in row[0] for row in rows[1:])
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    auditor = sign_in("compliance_specialist")
    auditor.goto("/audit/")
    expect(auditor.locator("tbody")).to_contain_text("导出列表")


@pytest.mark.requirement("PLAT-14", proof="user")
@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("path", ["/", "/customers/", "/desk/", "/matrix/", "/nights/", "/tasks/", "/me/"])
def test_no_page_is_wider_than_the_screen(application, sign_in, path, width):
    page = sign_in("management", viewport={"width": width, "height": 900})

    assert page.goto(path).status == 200

    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.requirement("STR-01", proof="user")
@pytest.mark.requirement("STR-05", proof="user")
def test_the_strategy_table_shows_its_columns_and_each_row_opens_its_customers(application, sign_in):
    page = sign_in("customer_analyst")
    page.goto("/strategies/")
    rows = page.locator("section.z-card")
    expect(rows).to_have_count(6)
    for column in (
        "客户特征描述",
        "当前关系状态",
        "策略目标",
        "具体策略措施",
        "责任人",
        "时间节点",
        "效果评估指标",
        "执行资源",
        "预期效果",
    ):
        expect(rows.first.get_by_text(column, exact=True)).to_be_visible()
    links = [link.get_attribute("href") for link in page.locator("a[href^='/customers/?strategy_row']").all()]
    counts = [link.inner_text().split()[0] for link in page.locator("a[href^='/customers/?strategy_row']").all()]

    assert len(links) == 5
    for link, count in zip(links, counts, strict=True):
        page.goto(link)
        expect(page.locator("h1 + .z-count")).to_have_text(count)
