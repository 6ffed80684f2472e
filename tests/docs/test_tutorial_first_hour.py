"""The tutorial "your first hour", walked through in a browser."""

import re
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT
from tools.screenshots import installation, sign_in

PAGE = " ".join((ROOT / "docs" / "tutorial" / "your-first-hour.md").read_text(encoding="utf-8").split())
pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    home = Path(tmp_path_factory.mktemp("first-hour"))
    with installation(home) as address:
        yield address, home


def enter(browser, company, post):
    """Sign in as ``post`` and choose English, as the page says."""
    address, home = company
    page = browser.new_context(base_url=address, viewport={"width": 1440, "height": 900}).new_page()
    sign_in(page, address, home, said(post))
    page.goto("/")
    page.get_by_role("button", name=said("English")).click()
    page.get_by_role("link", name="Home").first.wait_for()
    return page


def said(words):
    """``words``, which the tutorial says in bold."""
    assert f"**{words}**" in PAGE, words
    return words


def go(page, words, role="link"):
    page.get_by_role(role, name=said(words), exact=True).click()
    page.wait_for_load_state("networkidle")


def test_the_first_hour_goes_as_written(browser, company):
    manager = enter(browser, company, "customer_manager")
    manager.locator("main a[href^='/customers/']:not(.z-tile)").first.click()
    manager.get_by_text("Churn warning", exact=True).wait_for()
    manager.locator(".z-top details.z-menu summary").click()
    name = manager.locator(".z-menu-head strong").inner_text()

    publisher = enter(browser, company, "data_specialist")
    go(publisher, "Churn warnings")
    go(publisher, "Proposed")
    # An idle network may still be that of the page before: its filter would close with it.
    publisher.get_by_role("link", name="Proposed", exact=True).and_(publisher.locator("[aria-current]")).wait_for()
    publisher.get_by_text(said("Filter")).first.click()
    publisher.get_by_label(name, exact=True).check()
    go(publisher, "Apply", "button")
    publisher.get_by_text(f"Owner: {name}").wait_for()
    row = publisher.locator("tbody tr").first
    customer = row.locator("a[href^='/customers/'], td").nth(1).inner_text().strip()
    assert name in row.inner_text()
    row.locator("input[type=checkbox]").check()
    before = publisher.locator("tbody tr").count()
    go(publisher, "Publish", "button")
    publisher.wait_for_function("before => document.querySelectorAll('tbody tr').length < before", arg=before)

    duty = manager.get_by_role("row", name=re.compile("Contact a customer on the warning list"))
    for _attempt in range(20):
        manager.goto("/")
        if duty.count():
            break
        manager.wait_for_timeout(500)
    assert customer in duty.inner_text()
    assert "47 h left" in duty.inner_text()
    go(manager, "Do it")
    manager.locator("main").get_by_role("link", name=customer, exact=True).first.click()
    manager.get_by_text(said("Write down a call, visit or note")).click()
    manager.locator(".z-kinds").get_by_text(said("Call"), exact=True).click()
    manager.get_by_label("Customer feedback").fill("Pleased with the product, waits too long for answers.")
    go(manager, "Save", "button")
    manager.get_by_text("Warned customer contacted").wait_for()
    for _attempt in range(20):
        manager.goto("/tasks/")
        if manager.get_by_text("No open tasks").count():
            break
        manager.wait_for_timeout(500)
    assert manager.get_by_text("No open tasks").count()


def test_a_rule_is_changed_and_the_log_tells_of_it(browser, company):
    management = enter(browser, company, "management")
    go(management, "Policies")
    numbers = management.locator("main")
    numbers.get_by_role("link", name=said("Retain"), exact=True).click()
    numbers.get_by_role("link", name=said("First contact with a warned customer")).click()
    management.get_by_label("New value (hours)").fill("24")
    management.get_by_label("Reason").fill("A day is soon enough to notice.")
    go(management, "Change", "button")
    management.get_by_text("24 hours").first.wait_for()

    auditor = enter(browser, company, "compliance_specialist")
    go(auditor, "Audit log")

    assert "A day is soon enough to notice." in auditor.locator("main").inner_text()
