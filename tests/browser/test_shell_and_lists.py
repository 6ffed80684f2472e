"""The shell and the lists under real hands: keyboard, input method, no JavaScript, two editors, a passkey, a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ROW = "#list tbody tr"


def test_a_list_is_worked_by_keyboard_alone(application, sign_in):
    page = sign_in("management")
    page.goto("/customers/")
    second = page.locator(f"{ROW} .z-name").nth(1).inner_text()

    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#drawer-title")).to_have_text(second)
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).not_to_be_visible()

    page.keyboard.press("x")
    expect(page.locator("#bulk")).to_be_visible()
    expect(page.locator("[data-picked]")).to_have_text("1")

    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.locator("[data-keys]").uncheck()
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("/")
    expect(page.locator("#palette")).not_to_be_visible()
    page.evaluate("localStorage.removeItem('keys')")
    page.reload()
    page.keyboard.press("/")
    expect(page.locator("#palette")).to_be_visible()


def test_the_palette_opens_what_is_chosen_with_the_arrows(application, sign_in):
    name = application.ask("Customer.objects.filter(kind='firm').order_by('pk')[0].name")
    page = sign_in("management")
    page.goto("/")

    page.keyboard.press("Control+k")
    page.keyboard.type(name[:6])
    expect(page.locator("#palette-found")).to_contain_text(name)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")

    page.wait_for_url(re.compile("/customers/[0-9a-f-]{36}/"))


def test_keys_of_an_input_method_do_nothing_until_the_word_is_done(application, sign_in):
    page = sign_in("management")
    page.goto("/customers/")
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "q=" in request.url else None)

    page.evaluate(
        """() => {
          const half = { isComposing: true, bubbles: true };
          const press = (key, at) => at.dispatchEvent(new KeyboardEvent("keydown", { key, ...half }));
          press("j", document.body); press("/", document.body); press("Enter", document.body);
          const field = document.querySelector("#find-words"); field.focus();
          field.dispatchEvent(new CompositionEvent("compositionstart", { bubbles: true }));
          field.value = "ha"; field.dispatchEvent(new InputEvent("input", { bubbles: true, isComposing: true }));
        }"""
    )
    page.wait_for_timeout(700)
    assert asked == []
    expect(page.locator("tr.is-here")).to_have_count(0)
    expect(page.locator("#palette")).not_to_be_visible()

    page.evaluate(
        """() => { const field = document.querySelector("#find-words"); field.value = "杭州";
          field.dispatchEvent(new CompositionEvent("compositionend", { bubbles: true })); }"""
    )
    expect(page).to_have_url(re.compile("q=%E6%9D%AD%E5%B7%9E"))
    assert len(asked) == 1


def test_what_is_typed_while_results_arrive_is_kept(application, sign_in):
    page = sign_in("management")
    page.goto("/customers/")

    page.locator("#find-words").press_sequentially("hangzhou", delay=120)
    expect(page).to_have_url(re.compile("q=hangzhou"))

    expect(page.locator("#find-words")).to_have_value("hangzhou")
    expect(page.locator("#find-words")).to_be_focused()


def test_everything_works_without_javascript(application, sign_in):
    page = sign_in("sales_lead", java_script_enabled=False)
    page.goto("/customers/")

    page.get_by_role("link", name="名称", exact=True).click()
    assert "sort=name" in page.url
    page.goto("/customers/filters/?sort=name")
    page.get_by_label("企业").check()
    page.get_by_role("button", name="应用").click()
    assert "kind=firm" in page.url
    assert "sort=name" in page.url
    expect(page.locator(".z-chip").first).to_contain_text("企业")

    page.goto("/customers/new/")
    page.get_by_label("名称").first.fill("无脚本测试有限公司")
    page.get_by_label("类型").select_option("firm")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("h1, h2").first).to_be_visible()
    assert re.search("/customers/[0-9a-f-]{36}/", page.url)


def test_a_half_filled_form_is_not_lost_by_a_slip(application, sign_in):
    page = sign_in("sales_lead")
    page.goto("/customers/")
    page.keyboard.press("n")
    page.locator("#drawer input[name=name]").fill("写了一半")
    asked = []

    def stay(dialog):
        asked.append(dialog.message)
        dialog.dismiss()

    page.once("dialog", stay)
    page.keyboard.press("Escape")

    assert len(asked) == 1
    expect(page.locator("#drawer input[name=name]")).to_have_value("写了一半")


def test_two_people_edit_the_same_customer_and_nothing_is_lost(application, sign_in):
    uid, name = application.ask(
        "*Customer.objects.filter(kind='firm', department__isnull=False).order_by('-pk')"
        ".values_list('uid', 'short_name')[0], sep='|'"
    ).split("|")
    first, second = sign_in("service_supervisor"), sign_in("customer_specialist")
    for page in (first, second):
        page.goto(f"/customers/{uid}/edit/")

    first.locator("input[name=short_name]").fill("先改的")
    first.get_by_role("button", name="保存").click()
    first.wait_for_url(re.compile(f"/customers/{uid}/$"))
    second.locator("input[name=short_name]").fill("后改的")
    second.get_by_role("button", name="保存").click()

    conflict = second.locator(".z-conflict")
    expect(conflict).to_contain_text("先改的")
    expect(conflict).to_contain_text("后改的")
    second.get_by_role("button", name="保存").click()
    second.wait_for_url(re.compile(f"/customers/{uid}/$"))
    assert application.ask(f"Customer.objects.get(uid='{uid}').short_name") == "后改的", name


def test_a_passkey_is_added_and_signs_in_without_a_password(application, known_people, browser):
    user = application.ask("Person.objects.filter(holdings__post='product_manager').first().username")
    context = browser.new_context(locale="zh-CN", base_url=application.url)
    page = context.new_page()
    devices = context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
                "isUserVerified": True, "automaticPresenceSimulation": True,
            }
        },
    )  # fmt: skip
    page.goto(application.zhike("login", user).strip().splitlines()[-1])
    page.locator("form button.btn-primary").click()
    expect(page).to_have_url(f"{application.url}/", timeout=30_000)
    page.goto("/accounts/password/change/")
    page.locator("input[name=password1]").fill("一次很长的旅行 7 days")
    page.locator("input[name=password2]").fill("一次很长的旅行 7 days")
    page.locator("main form button.btn-primary").click()
    expect(page).to_have_url(f"{application.url}/", timeout=30_000)

    page.goto("/me/security/")
    page.get_by_role("link", name="添加通行密钥").click()
    page.locator("input[name=password]").fill("一次很长的旅行 7 days")
    page.keyboard.press("Enter")
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url(lambda url: "/webauthn/add" not in url)

    page.goto("/me/")
    page.locator("main").get_by_role("button", name="退出登录").click()
    page.goto("/accounts/login/", wait_until="networkidle")
    page.get_by_role("button", name="用通行密钥登录").click()
    expect(page).to_have_url(f"{application.url}/", timeout=30_000)
    context.close()


@pytest.mark.requirement("PLAT-02", proof="user")
def test_a_phone_shows_cards_and_a_bar_of_five(application, sign_in):
    page = sign_in("customer_manager", viewport={"width": 390, "height": 844})
    page.goto("/customers/")

    expect(page.locator(".z-bottom a")).to_have_text(["首页", "客户", "任务", "搜索", "菜单"])
    expect(page.locator(".z-rail")).not_to_be_visible()
    card = page.locator(ROW).first
    expect(card.locator(".z-name")).to_be_visible()
    expect(card.locator(".z-keep").first).to_be_visible()
    assert card.bounding_box()["width"] <= 390
    card.locator(".z-keep").first.click()
    expect(page.locator("#drawer")).to_be_visible()


def test_dark_and_language_stay(application, sign_in):
    page = sign_in("data_analyst")
    page.goto("/customers/")

    page.locator("[data-theme-switch]").click()
    page.goto("/tasks/")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.locator(".z-top").get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_have_text("Tasks")
    page.goto("/customers/")
    expect(page.locator("h1")).to_have_text("Customers")
    page.locator(".z-top").get_by_role("button", name="中文").click()
    expect(page.locator("h1")).to_have_text("客户")


def test_columns_filters_and_views_are_kept(application, sign_in):
    page = sign_in("operations_analyst")
    page.goto("/customers/")

    page.locator("summary", has_text="筛选").click()
    page.locator(".z-filter-grid").get_by_label("高价值", exact=True).check()
    page.locator(".z-menu-foot").get_by_role("button", name="应用").click()
    expect(page.locator(".z-chip")).to_contain_text("高价值")
    page.locator("summary[title=已存视图]").click()
    page.get_by_label("将当前列表保存为").fill("我的高价值")
    page.get_by_role("button", name="保存视图").click()
    expect(page.locator(".z-tabs a[aria-current]").last).to_have_text("我的高价值")

    page.locator("summary[title=列与密度]").click()
    page.get_by_label("地区", exact=True).check()
    page.locator(".z-menu-foot").get_by_role("button", name="应用").click()
    expect(page.locator("thead")).to_contain_text("地区")
    page.reload()
    expect(page.locator("thead")).to_contain_text("地区")
