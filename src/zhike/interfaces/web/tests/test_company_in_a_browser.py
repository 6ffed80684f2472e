"""Company sign-in in a real browser: the policy of the pages lets it leave, and it comes back signed in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from zhike.foundation.access.models import Person
from zhike.foundation.records.testing import staff
from zhike.interfaces.web.company import oidc
from zhike.interfaces.web.tests.company_servers import CLIENT, SECRET, Provider, new_key

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
FILE = """
[company]
kind = "oidc"
name = "Lanshan account"
name_zh = "蓝杉账号"
issuer = "{url}"
client_id = "{client}"
secret_file = "{secret}"

[wecom]
kind = "wecom"
client_id = "ww1"
agent_id = "1"
secret_file = "{secret}"
"""


@pytest.fixture
def provider(settings: Any, tmp_path: Path) -> Iterator[Provider]:
    server = Provider(new_key())
    (tmp_path / "secret").write_text(SECRET, encoding="utf-8")
    place = tmp_path / "services.toml"
    place.write_text(FILE.format(url=server.url, client=CLIENT, secret=tmp_path / "secret"), encoding="utf-8")
    settings.SIGN_IN_FILE, settings.EGRESS_ALLOW = str(place), ("127.0.0.0/8",)
    cache.clear()
    oidc._KEPT.clear()
    yield server
    server.close()


@pytest.mark.requirement("SEC-06", proof="user")
def test_a_browser_leaves_for_the_company_account_and_comes_back_signed_in(
    settings: Any, live_server: Any, provider: Provider, browser: Any
) -> None:
    settings.PUBLIC_URL = live_server.url
    Person.objects.filter(pk=staff("customer_manager").pk).update(email="chenmin@example.com")
    page = browser.new_context(locale="zh-CN", base_url=live_server.url).new_page()

    page.goto("/accounts/login/?next=/me/security/")
    page.get_by_role("button", name="用蓝杉账号登录").click()

    page.wait_for_url(re.compile("/me/security/"))
    assert "关联于" in page.locator(".z-connections").inner_text()
    page.get_by_role("button", name="解除蓝杉账号的关联").click()
    assert "已解除关联" in page.locator("#toasts").inner_text()
