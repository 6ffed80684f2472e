"""The help page says what one's posts owe, with the numbers in force, and where everything is."""

from __future__ import annotations

import re
from typing import Any

import pytest

from zhike.foundation import policies
from zhike.foundation.access.matrix import posts
from zhike.foundation.access.people import viewer_of
from zhike.foundation.policies.load import load_defaults
from zhike.foundation.records.testing import signed_in, staff, text_of
from zhike.interfaces.web.help import within_words, work_of
from zhike.serve.policy import ServeClocks

pytestmark = pytest.mark.django_db


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text_of(answer)))


@pytest.mark.requirement("PLAT-13", proof="rule")
def test_a_representative_reads_the_own_duties_with_their_time_and_opens_the_own_pages() -> None:
    browser = signed_in(staff("service_representative"))

    home, help_page = text_of(browser.get("/")), browser.get("/help/")

    assert 'href="/help/"' in home
    shown = words(help_page)
    assert "客服代表" in shown
    assert f"工单分类 {load_defaults().get(ServeClocks).classify_hours:g} 小时内" in shown
    assert "联系预警客户" not in shown, "that is the customer manager's"
    assert 'href="/tickets/"' in text_of(help_page)
    assert 'href="/policies/"' not in text_of(help_page).split('id="h-pages"')[1]


@pytest.mark.requirement("PLAT-13", proof="rule")
def test_a_number_that_management_changes_stands_in_the_help_at_once() -> None:
    browser = signed_in(staff("service_representative"))
    policies.change(viewer_of(staff("management")), "serve.clocks.classify_hours", 3, reason="缩短")

    assert "3 小时内" in words(browser.get("/help/"))


def test_every_post_has_its_work_in_words() -> None:
    for code, post in posts().items():
        viewer = viewer_of(staff(code))
        (mine,) = work_of(viewer)
        assert mine.title == post.title.said_in(viewer.language)
        assert all(one.title and one.when for one in mine.duties), code


@pytest.mark.parametrize("unit", ["minutes", "hours", "days", "working_days", "months", "years"])
def test_every_unit_has_words(unit: str) -> None:
    assert "2" in within_words(2, unit)
    assert "0.5" in within_words(0.5, unit)
