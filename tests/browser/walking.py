"""How a test walks through the application as people do: open a record, press a button, fill what it asks."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import expect


def fill(scope: Any, **answers: str) -> None:
    """Fill the fields of a form by their names; a choice is taken by its value or its words."""
    for name, answer in answers.items():
        field = scope.locator(f"[name='{name}']")
        kind = field.first.evaluate("e => e.tagName === 'SELECT' ? 'select' : e.type")
        if kind == "select":
            _choose(field.first, answer)
        elif kind in ("radio", "checkbox"):
            valued = scope.locator(f"[name='{name}'][value='{answer}']")
            (valued.first if valued.count() else field.first).check()
        else:
            field.first.fill(answer)


def _choose(select: Any, answer: str) -> None:
    codes = select.evaluate("e => [...e.options].map(o => [o.value, o.text.trim()])")
    found = next((code for code, words in codes if answer in (code, words)), None)
    if found is None:  # a person or a measure, of whose words the test knows a part
        found = next((code for code, words in codes if code and answer in words), None)
    assert found is not None, f"{answer} is none of {codes}"
    select.select_option(found)


def pick(scope: Any, name: str, words: str) -> None:
    """Choose a related record in its picker."""
    picker = scope.locator(f".z-picker:has([name='{name}'])")
    picker.locator("input[type=search]").fill(words)
    picker.locator("[role=option]").first.click()


def act(page: Any, address: str, code: str, **answers: str) -> None:
    """Do one act on the record at ``address`` and see the drawer close."""
    refused = attempt(page, address, code, **answers)
    assert refused == "", f"{code}: {refused}"


def attempt(page: Any, address: str, code: str, **answers: str) -> str:
    """The same, and what the application says against it; empty when it was done."""
    page.goto(address)
    button = page.locator(f"a[href$='/do/{code}/'], form[action$='/do/{code}/'] button").first
    drawer = page.locator("#drawer")
    last = button
    if button.evaluate("e => e.tagName") == "A":
        button.click()
        expect(drawer).to_be_visible()
        fill(drawer, **answers)
        last = drawer.locator("form button[type=submit]").first
    with page.expect_response(lambda r: f"/do/{code}/" in r.url and r.request.method == "POST") as answer:
        last.click()
    if answer.value.status == 204:
        return ""
    expect(drawer.locator(".z-problem, .invalid-feedback").first).to_be_visible()
    return " ".join(drawer.locator(".z-problem, .invalid-feedback").all_inner_texts())


def create(page: Any, address: str, **answers: str) -> None:
    """Make a record in the drawer that ``address`` opens as a page."""
    page.goto(address)
    fill(page.locator("main"), **answers)
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("main .is-invalid, main .z-problem")).to_have_count(0)


def path_of(page: Any) -> str:
    """Where the page is, without host and question."""
    return str(urlsplit(page.url).path)


def link_to(page: Any, kind: str) -> str:
    """The address of the first record of that kind which the page leads to."""
    pattern = re.compile(rf"/{kind}/[0-9a-f-]{{36}}/$")
    links = page.locator(f"main a[href*='/{kind}/']:not([href*='/new/'])")
    expect(links.first).to_be_visible()
    return next(href for link in links.all() if pattern.search(href := link.get_attribute("href") or ""))
