"""One customer from the first inquiry to "saved": each step in the browser by the post that does it, with clocks."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from tests.browser.walking import act, attempt, create, fill, link_to, path_of, pick

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FIRM, PHONE = "绍兴澄湖纺织科技有限公司", "13957512345"
PASSWORD = "eine lange Reise 7"


class Walk(SimpleNamespace):
    """What the steps hand on to each other: addresses of records, pages of people who are signed in."""

    def day(self, days):
        """A day counted from today, by the clock that all share."""
        return self.app.ask(f"clock.today() + dt.timedelta(days={days})")

    def person(self, post):
        """Who holds a post: name and login."""
        user = self.app.logins[post][0]
        return self.app.ask(f"Person.objects.get(username={user!r}).name"), user

    def superior(self):
        """The login of the seller's superior."""
        seller = self.app.logins["sales_specialist"][0]
        return self.app.ask(f"Person.objects.get(username={seller!r}).superior.username")


@pytest.fixture
def walk(application, sign_in):
    return Walk(app=application, sign_in=sign_in)


@pytest.mark.requirement("ACQ-04", proof="user")
@pytest.mark.requirement("ACQ-05", proof="user")
@pytest.mark.requirement("SERV-09", proof="user")
@pytest.mark.requirement("ONB-05", proof="user")
@pytest.mark.requirement("RET-08", proof="user")
def test_one_customer_walks_the_whole_path(walk):
    a_prospect_asks_and_consents(walk)
    sales_claims_talks_and_hands_on(walk)
    the_opportunity_goes_through_its_gates(walk)
    the_contract_is_made_precise_reviewed_and_signed(walk)
    the_project_is_delivered_accepted_and_handed_over(walk)
    a_request_in_the_portal_is_classified_solved_and_becomes_knowledge(walk)
    a_complaint_is_promised_answered_and_called_back(walk)
    the_night_finds_the_fall_and_the_case_is_saved(walk)


def a_prospect_asks_and_consents(walk):
    page = (
        walk.sign_in("sales_specialist")
        .context.browser.new_context(locale="zh-CN", base_url=walk.app.url, viewport={"width": 390, "height": 844})
        .new_page()
    )
    page.goto("/hello/")
    fill(
        page,
        company=FIRM,
        name="沈佳宁",
        title="采购总监",
        phone=PHONE,
        need="四十个席位的生产管理系统",
        urgency="month",
    )
    for box in page.locator("[name=consent]").all():
        box.check()
    walk.app.let_pass(hours=0.01)  # nobody fills a form in no time
    page.locator("form button[type=submit]").last.click()
    expect(page.locator("main")).to_contain_text("已收到")


def sales_claims_talks_and_hands_on(walk):
    page = walk.seller = walk.sign_in("sales_specialist")
    page.goto("/leads/?as=table")
    page.locator("td.z-name a", has_text=FIRM).click()
    lead = path_of(page)
    act(page, lead, "claim")
    page.goto(lead)
    expect(page.locator("main")).to_contain_text("采购总监")
    page.goto("/customers/")
    walk.customer = page.locator("td.z-name a", has_text=FIRM).get_attribute("href")

    talk = {
        "contact_channel": "电话",
        "interests": "排产",
        "doubts": "上线周期",
        "decision": "go",
        "reason": "需求明确",
    }
    warned = attempt(page, lead, "first_contact", message="我们保证百分之百按期上线", **talk)
    assert "保证" in warned, "over-promising is pointed out"
    act(page, lead, "first_contact", message="介绍了排产模块，约定下周演示", **talk)
    act(page, lead, "convert")
    page.goto(walk.customer)
    expect(page.locator(".z-timeline")).to_contain_text("介绍了排产模块")


def the_opportunity_goes_through_its_gates(walk):
    page = walk.seller
    page.goto(walk.customer)
    deal = walk.deal = link_to(page, "opportunities")

    refused = attempt(page, deal, "move", stage="negotiation")
    assert refused, "what is missing for the stage is named"
    silent = attempt(
        page, deal, "follow-up", kind="visit", feedback="认可方案", next_action="报价", next_on=walk.day(7)
    )
    assert silent, "feedback, change in needs and the next step are all required"
    act(page, deal, "follow-up", kind="visit", feedback="认可排产方案", change_in_needs="增加移动端",
        next_action="报价", next_on=walk.day(7))  # fmt: skip
    page.goto(f"{deal}edit/")
    fill(page.locator("main"), amount="620000", expected_on=walk.day(30), explicit_needs="排产、报工、移动端")
    pick(page.locator("main"), "contact", "沈")
    page.locator("main form button[type=submit]").first.click()
    for stage in ("intent", "solution", "negotiation"):
        act(page, deal, "move", stage=stage)
    page.goto("/opportunities/?as=board")
    expect(page.locator("[data-column=negotiation]")).to_contain_text(FIRM)


def the_contract_is_made_precise_reviewed_and_signed(walk):
    page = walk.seller
    page.goto(walk.deal)
    new = page.locator("a[href*='/contracts/new/']").first.get_attribute("href")
    create(page, new, title="生产管理系统合同", value="620000",
           starts_on=walk.day(0), ends_on=walk.day(365), our_party="知客科技有限公司")  # fmt: skip
    page.goto(walk.customer)
    contract = link_to(page, "contracts")
    act(
        page,
        contract,
        "clauses",
        heading_1="交付",
        text_1="乙方应尽快交付全部模块。",
        heading_2="付款",
        text_2="验收后三十日内付清。",
    )
    vague = attempt(page, contract, "submit")
    assert "尽快交付" in vague, vague
    assert attempt(page, contract, "submit"), "no review before the wording is a number"
    act(page, contract, "clauses", heading_1="交付", text_1="乙方应在合同生效后 30 个工作日内交付全部模块。")
    act(page, contract, "submit")

    legal = walk.sign_in("legal")
    legal.goto("/")
    expect(legal.locator("main")).to_contain_text("生产管理系统合同")
    act(
        legal,
        contract,
        "approve",
        compliance="符合公司制度",
        data_security="已附数据处理条款",
        intellectual_property="归属清楚",
    )
    assert attempt(
        page, contract, "sign", signer="沈", authority="power_of_attorney", authority_reference="", is_sealed="yes"
    ), "no signature without proof of authority"
    act(page, contract, "sign", signer="沈", authority="power_of_attorney", authority_reference="授权书 2026-118",
        is_sealed="yes")  # fmt: skip
    page.goto(walk.deal)
    expect(page.locator(".z-steps .is-now")).to_contain_text("签约")


def the_project_is_delivered_accepted_and_handed_over(walk):
    walk.app.eventually("apps.get_model('onboard', 'Project').objects.exclude(origin='sample').count()", "1")
    lead = walk.lead = walk.sign_in(walk.superior())
    lead.goto(walk.customer)
    project = walk.project = link_to(lead, "projects")
    team = {post: walk.person(post)[0] for post in ("implementation_manager", "service_representative")}
    act(lead, project, "team", **team)
    manager = walk.sign_in("implementation_manager")
    create(manager, f"/milestones/new/?project={project.split('/')[-2]}", title="数据迁移完成", due_on=walk.day(20),
           standard="抽查 200 条一致率不低于 99%")  # fmt: skip

    receiver = walk.person("success_manager")[0]
    early = attempt(
        walk.seller, project, "hand-over", receiver=receiver, history="签约", needs_background="排产", goals="按期上线"
    )
    assert early, "no hand-over before acceptance has passed"
    act(manager, project, "criteria", criteria="排产结果与手工一致", test_environment="测试环境 https://test.example")
    act(manager, project, "test", outcome="failed", comments="移动端报工缺少拍照")
    act(manager, project, "rectify", rectification="已补拍照")
    act(manager, project, "test", outcome="passed", signer="沈", signed_on=walk.day(0))
    act(walk.seller, project, "hand-over", receiver=receiver, history="签约并交付", needs_background="排产与移动端",
        goals="三个月内全员使用")  # fmt: skip

    success = walk.success = walk.sign_in("success_manager")
    success.goto("/hand-overs/")
    success.locator("td.z-name a").first.click()
    act(success, path_of(success), "accept")
    success.goto(walk.customer)
    expect(success.locator(".z-timeline")).to_contain_text(receiver)


def a_request_in_the_portal_is_classified_solved_and_becomes_knowledge(walk):
    portal = walk.portal = enter_the_portal(walk)
    portal.goto("/portal/requests/new/")
    fill(portal.locator("main"), subject="排产报表导出报错", content="点导出提示系统错误，无法登录后台")
    portal.locator("main form button[type=submit]").click()
    expect(portal.locator(".z-portal-promise")).to_be_visible()
    asked = path_of(portal)

    agent = walk.agent = walk.sign_in("service_representative")
    agent.goto("/")
    expect(agent.locator("main")).to_contain_text("待分类")
    agent.goto("/service/")
    agent.locator("a", has_text="排产报表导出报错").first.click()
    expect(agent.locator(".z-desk-work .z-four li")).to_have_count(4)
    agent.keyboard.press("1")
    expect(agent.locator(".z-classify")).to_have_count(0)
    fill(agent.locator(".z-say"), text="已收到，正在请工程师处理。")
    agent.locator(".z-say button[type=submit]").click()
    expect(agent.locator(".z-chat")).to_contain_text("正在请工程师处理")
    agent.goto("/tickets/?sort=-opened_at")
    ticket = agent.locator("tr", has_text="排产报表导出报错").locator("td.z-name a").get_attribute("href")
    agent.goto(ticket)
    expect(agent.locator("main")).to_contain_text(walk.person("service_representative")[0])

    engineer = walk.sign_in("support_engineer")
    act(engineer, ticket, "solve", solution="升级到 3.2 版并清除缓存后可以导出。", problem="new")
    walk.app.eventually("Duty.objects.filter(code='B-05', state='open').count()", "1")
    engineer.goto("/knowledge/?sort=-created_at")
    engineer.locator("tr", has_text="排产报表导出报错").locator("td.z-name a").click()
    act(engineer, path_of(engineer), "publish", is_public="1")
    walk.app.eventually("Duty.objects.filter(code='B-05', state='fulfilled').count()", "1")
    portal.goto("/portal/answers/?q=导出")
    expect(portal.locator("main")).to_contain_text("排产报表导出报错")
    portal.goto(asked)
    expect(portal.locator("main")).to_contain_text("清除缓存后可以导出")


def enter_the_portal(walk):
    success = walk.success
    success.goto(f"/portal_accounts/new/?customer={walk.customer.split('/')[-2]}")
    pick(success.locator("main"), "contact", "沈")
    success.locator("main form button[type=submit]").first.click()
    expect(success.locator("#panel-invitation")).to_be_visible()
    success.locator("#panel-invitation button").click()
    link = success.locator("#link").input_value()
    context = success.context.browser.new_context(locale="zh-CN", base_url=walk.app.url)
    portal = context.new_page()
    portal.goto(link)
    fill(portal.locator("main"), password=PASSWORD, again=PASSWORD)
    portal.locator("main form button[type=submit]").click()
    expect(portal).to_have_url(re.compile("/portal/$"))
    for staff in ("/", "/customers/", walk.customer):
        portal.goto(staff)
        assert "/accounts/login/" in portal.url, "the portal's door does not lead to the staff"
    return portal


def complain(walk, words):
    walk.portal.goto("/portal/requests/new/?kind=complaint")
    fill(walk.portal.locator("main"), content=words)
    walk.portal.locator("main form button[type=submit]").click()
    expect(walk.portal.locator(".z-portal-promise")).to_be_visible()
    return path_of(walk.portal)


def a_complaint_is_promised_answered_and_called_back(walk):
    mine = complain(walk, "连续两天没有人回电话，响应太慢")
    agent = walk.agent
    agent.goto("/complaints/?sort=-received_at")
    complaint = agent.locator("tr", has_text=FIRM).locator("td.z-name a").first.get_attribute("href")
    act(agent, complaint, "dispatch", handler=walk.person("service_representative")[0])
    act(agent, complaint, "investigate", finding="排班漏岗", responsible_party="客服一组", effect_scope="仅此客户")
    act(agent, complaint, "resolve", solution="指定专人跟进，每日回访一周", basis="服务承诺第三条")
    act(agent, complaint, "answer")

    walk.portal.goto(mine)
    expect(walk.portal.locator("main")).to_contain_text("服务承诺第三条")
    walk.portal.get_by_role("button", name="接受", exact=True).click()
    act(agent, complaint, "close", lessons="交接班须留岗")
    act(agent, complaint, "call_back", satisfaction="5", callback_note="客户表示满意")
    agent.goto(complaint)
    expect(agent.locator(".z-clocks .is-breached")).to_have_count(0)


def the_night_finds_the_fall_and_the_case_is_saved(walk):
    complain(walk, "又一次没有按约定时间回复")
    uid = walk.customer.split("/")[-2]
    # What the product will count in the two months to come: use falls from 10 a day to 4.
    walk.app.ask(
        "(lambda ledger, system, c: ledger.usage_load(viewer=system('test'), rows=[ledger.UsageRow(c.pk, "
        "clock.today() + dt.timedelta(days=62 - n), 4 if n <= 31 else 10, 1 if n <= 31 else 3) for n in range(1, 61)]))"
        "(__import__('zhike.ledger.public', fromlist=['x']), "
        f"__import__('zhike.foundation.access.viewer', fromlist=['x']).system, Customer.objects.get(uid={uid!r}))"
    )
    walk.app.let_pass(hours=24 * 62)
    # The worker notices that a night is due.
    walk.app.eventually(f"Warning.objects.filter(customer__uid={uid!r}, state='proposed').count()", "1", seconds=240)

    analyst = walk.sign_in("data_specialist")
    analyst.goto(f"/warnings/?customer={uid}&state=proposed")
    act(analyst, analyst.locator("td.z-name a").first.get_attribute("href"), "publish")
    walk.app.eventually("Duty.objects.filter(code='B-18', state='open').count()", "1")

    owner = walk.success
    owner.goto("/tasks/")
    contact = owner.locator("tr", has_text=FIRM).filter(has_text="联系流失预警名单上的客户")
    hours = float(walk.app.ask("current().get(ClockPolicy).contact_hours"))  # another test may have changed the rule
    expect(contact).to_contain_text(f"剩余 {hours - 1:.0f} 小时")
    owner.goto(walk.customer)
    case = link_to(owner, "retentions")
    owner.goto(case)
    expect(owner.locator("main")).to_contain_text("投诉")
    holder = walk.sign_in(walk.app.ask("RetentionCase.objects.latest('id').owner.username"))
    act(
        holder, case, "interview", kind="call", cause="slow_response", words="响应慢，想换供应商", would_keep="专人负责"
    )
    walk.app.eventually("Duty.objects.filter(code='B-18').latest('id').state", "fulfilled")
    walk.app.eventually("Duty.objects.filter(code='B-19', state='open').count()", "1")
    act(holder, case, "plan", cause="slow_response", measure="dedicated_service", offer="专属客服一年",
        goal="续签意向书", goal_on=walk.day(30), cost="8000")  # fmt: skip
    act(
        holder,
        case,
        "add-step",
        what="专属客服上岗",
        owner=walk.person("service_representative")[0],
        due_on=walk.day(7),
    )
    act(holder, case, "submit")
    boss = walk.sign_in("management")
    act(boss, case, "approve", note="同意")
    act(holder, case, "step-done", step="专属客服上岗", note="已上岗")
    act(holder, case, "save", evidence="word", outcome="客户确认继续合作")

    boss.goto("/saved-and-lost/")
    expect(boss.locator("main")).to_contain_text("1")
    boss.goto(walk.customer)
    expect(boss.locator(".z-timeline")).to_contain_text("挽留成功")
