"""What stands around every page: rail, languages, light and dark, palette, errors, headers, health."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from django.test import Client, override_settings
from django.urls import path, resolve

from zhike import foundation
from zhike.customers.services.customer import customer_create
from zhike.foundation import records
from zhike.foundation.access.matrix import Area, Level, posts
from zhike.foundation.access.people import viewer_of
from zhike.foundation.access.routes import public
from zhike.foundation.kit import clock, ids
from zhike.foundation.kit.refusals import Stale
from zhike.foundation.obligations.models import Duty
from zhike.foundation.records.testing import signed_in, staff, text_of
from zhike.foundation.ui import nav, readiness
from zhike.interfaces.web import urls as web_urls

pytestmark = pytest.mark.django_db


def test_the_rail_shows_only_what_the_posts_allow() -> None:
    manager, it = staff("customer_manager"), staff("it_team")

    of_manager = {s.code for s in nav.rail(viewer_of(manager), "/")}
    of_it = {s.code for s in nav.rail(viewer_of(it), "/")}

    assert {"home", "customers"} <= of_manager
    assert "customers" not in of_it
    assert "home" in of_it


def test_every_entry_of_the_rail_opens_for_whom_it_is_shown() -> None:
    for post in ("management", "customer_manager", "service_representative", "it_team", "legal", "training_lead"):
        person = staff(post)
        client = signed_in(person)
        for section in nav.rail(viewer_of(person), "/"):
            for entry in section.entries:
                assert client.get(entry["url"]).status_code == 200, (post, entry["url"])


def test_every_post_finds_its_own_work_in_a_short_rail_and_the_rest_behind_more() -> None:
    for post in posts():
        viewer = viewer_of(staff(post))
        entries = [e for section in nav.daily(viewer, "/") for e in section.entries if section.code != "home"]
        known = {e.target.strip("/") for s in nav.Section for e in nav.entries_of(s)}
        assert set(nav.daily_of(post)) <= known, f"{post} works with what is no page"
        assert len(entries) == len(nav.daily_of(post)), f"{post} may not open all that it works with"
        assert 1 <= len(entries) <= 10, (post, len(entries))
        assert {e["url"] for e in entries} <= {e["url"] for s in nav.rail(viewer, "/") for e in s.entries}


def test_the_rail_names_the_page_that_one_visits_and_the_menu_has_all() -> None:
    person = staff("customer_manager")
    client = signed_in(person)

    home, visited = text_of(client.get("/")), text_of(client.get("/matrix/"))

    rail_at_home, rail_on_visit = home.split("</aside>")[0], visited.split("</aside>")[0]
    assert 'href="/matrix/"' not in rail_at_home
    assert 'href="/matrix/" title="价值矩阵" aria-current="page"' in rail_on_visit
    menu = home.split('<dialog id="menu"')[1].split("</dialog>")[0]
    for section in nav.rail(viewer_of(person), "/"):
        for entry in section.entries:
            assert f'href="{entry["url"]}"' in menu


def test_who_holds_two_posts_has_the_work_of_both_in_the_rail() -> None:
    viewer = viewer_of(staff("legal", "support_engineer"))
    entries = {e["url"] for section in nav.daily(viewer, "/") for e in section.entries}

    assert {"/contracts/", "/knowledge/"} <= entries


def test_the_longest_fitting_address_is_the_active_one() -> None:
    viewer = viewer_of(staff("management"))

    assert nav.active_url(viewer, "/customers/0190f3a0-0000-7000-8000-000000000000/") == "/customers/"
    assert nav.active_url(viewer, "/tasks/") == "/tasks/"
    assert nav.active_url(viewer, "/nowhere/") == ""
    assert nav.active_url(viewer, "/contacts/") == "/customers/", "records without an entry stand under their owner"


def test_every_icon_that_is_named_is_in_the_sprite() -> None:
    root = Path(foundation.__file__).parents[1]
    sprite = root / "interfaces/web/static/vendor/icons.svg"
    if not sprite.exists():
        pytest.skip("make assets has not been run")
    offered = set(re.findall(r'id="tabler-([a-z0-9-]+)"', sprite.read_text()))
    named = {s.icon for s in nav.Section} | {e.icon for s in nav.Section for e in nav.entries_of(s)}
    for kind in records.every():
        named |= {kind.icon, *(a.icon for a in kind.acts), *(a.icon for a in kind.bulk)}
        named |= {c.icon for f in kind.fields for c in f.options if c.icon}
    for template in root.rglob("templates/**/*.html"):
        named |= set(re.findall(r'\{% icon "([a-z0-9-]+)"', template.read_text(encoding="utf-8")))

    assert named <= offered


# --- language, look -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("asked", "shown"), [("zh-CN,zh;q=0.9", "zh-hans"), ("zh-TW", "zh-hans"), ("en-US", "en")])
def test_before_sign_in_the_browser_decides_the_language(asked: str, shown: str) -> None:
    response = Client(headers={"accept-language": asked}).get("/accounts/login/")

    assert f'<html lang="{shown}"' in text_of(response)


def test_after_sign_in_the_person_decides_and_can_change_it() -> None:
    client = signed_in(staff("customer_manager", language="en"))
    assert '<html lang="en"' in text_of(client.get("/customers/", headers={"accept-language": "zh-CN"}))

    client.post("/shell/language/", {"language": "zh-hans", "next": "/customers/"})

    assert '<html lang="zh-hans"' in text_of(client.get("/customers/", headers={"accept-language": "en"}))


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/x"])
def test_switches_lead_to_no_other_place(target: str) -> None:
    client = Client()

    assert client.post("/shell/language/", {"language": "en", "next": target})["Location"] == "/"
    assert client.post("/shell/theme/", {"theme": "dark"}, headers={"referer": target})["Location"] == "/"


def test_dark_is_remembered_by_the_screen() -> None:
    client = signed_in(staff("customer_manager"))

    client.post("/shell/theme/", {"theme": "dark"})

    assert 'data-bs-theme="dark"' in text_of(client.get("/customers/"))
    client.post("/shell/theme/", {"theme": "nonsense"})
    assert 'data-bs-theme="dark"' in text_of(client.get("/customers/"))


def test_kept_parts_show_nobody_elses_name_token_or_rail() -> None:
    first, second = staff("management"), staff("it_team")
    one, two = signed_in(first), signed_in(second)
    one.get("/me/")

    page_one, page_two = text_of(one.get("/me/")), text_of(two.get("/me/"))

    assert first.name in page_one
    assert first.name not in page_two
    assert "/customers/" in page_one.split("</aside>")[0]
    assert 'href="/customers/"' not in page_two.split("</aside>")[0]
    tokens = set(re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page_two))
    assert tokens
    assert not tokens & set(re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page_one))
    assert "csrf-token-goes-here" not in page_one + page_two


# --- search ---------------------------------------------------------------------------------------------------------


def test_the_palette_offers_pages_and_commands_that_the_posts_allow() -> None:
    manager, it = signed_in(staff("customer_manager")), signed_in(staff("it_team"))

    assert "/customers/new/" in text_of(manager.get("/search/"))
    assert "/customers/" not in text_of(it.get("/search/", headers={"HX-Target": "palette-found"}))


def test_search_finds_records_within_the_scope_only() -> None:
    owner, other = staff("customer_manager"), staff("customer_manager")
    customer_create(viewer=viewer_of(owner), kind="firm", name="杭州岚山精密有限公司")

    assert "岚山精密" in text_of(signed_in(owner).get("/search/?q=岚山"))
    assert "岚山精密" not in text_of(signed_in(other).get("/search/?q=岚山"))
    assert signed_in(owner).get("/search/?q=%00%27%22<script>").status_code == 200


# --- refusals -------------------------------------------------------------------------------------------------------


def test_a_page_that_does_not_exist_says_what_to_do() -> None:
    client = signed_in(staff("customer_manager"))

    response = client.get("/no/such/page/")

    assert response.status_code == 404
    assert 'href="/"' in text_of(response)
    assert Client().get("/no/such/page/").status_code == 404


def test_a_refused_page_names_the_way_out_and_a_fragment_gets_a_sentence() -> None:
    client = signed_in(staff("it_team"))

    page = client.get("/customers/")
    part = client.get("/customers/", headers={"HX-Request": "true"})

    assert page.status_code == part.status_code == 403
    assert "<html" in text_of(page)
    assert part["Content-Type"].startswith("text/plain")
    assert "岗位" in text_of(part)


def test_a_fragment_of_somebody_whose_session_ended_leaves_the_page() -> None:
    response = Client().get(
        "/customers/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/customers/"}
    )

    assert response.status_code == 204
    assert response["HX-Redirect"].startswith("/accounts/login/")


@public
def _breaks(request: object) -> None:
    raise ZeroDivisionError("on purpose")


@public
def _stale(request: object) -> None:
    raise Stale(version=2)


urlpatterns = [*web_urls.urlpatterns, path("breaks/", _breaks), path("stale/", _stale)]
handler500 = "zhike.interfaces.web.views.errors.broken"


@override_settings(ROOT_URLCONF="zhike.interfaces.web.tests.test_shell")
def test_a_fault_shows_both_languages_and_no_details() -> None:
    client = Client(raise_request_exception=False)

    response = client.get("/breaks/")

    assert response.status_code == 500
    assert "出错了" in text_of(response)
    assert "Something went wrong" in text_of(response)
    assert "on purpose" not in text_of(response)


@override_settings(ROOT_URLCONF="zhike.interfaces.web.tests.test_shell")
def test_a_refusal_of_a_service_becomes_a_page_with_its_sentence() -> None:
    response = Client(headers={"accept-language": "zh-CN"}).get("/stale/")

    assert response.status_code == 409
    assert "有人改动了这条记录" in text_of(response)


# --- headers --------------------------------------------------------------------------------------------------------

PAGES = [
    "/",
    "/customers/",
    "/customers/new/",
    "/search/",
    "/tasks/",
    "/me/",
    "/me/security/",
    "/styleguide/",
    "/api/docs",
]


@pytest.mark.parametrize("address", PAGES)
def test_pages_hold_no_inline_script_style_or_handler(address: str) -> None:
    page = text_of(signed_in(staff("customer_manager")).get(address))

    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", page)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", page)
    assert not re.search(r'(?:src|href|action)="https?:', page)


def test_the_policy_allows_nothing_from_elsewhere() -> None:
    response = Client().get("/accounts/login/")
    policy = response["Content-Security-Policy"]

    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
    assert "nonce" not in policy
    assert "frame-ancestors 'none'" in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"


def test_pages_of_a_person_are_not_kept_by_shared_caches() -> None:
    response = signed_in(staff("customer_manager")).get("/customers/")

    assert "private" in response["Cache-Control"]
    assert "HX-Request" in response["Vary"]


def test_a_write_without_the_token_is_refused() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(staff("customer_manager"), backend="allauth.account.auth_backends.AuthenticationBackend")

    assert client.post("/customers/new/", {"kind": "firm", "name": "x"}).status_code == 403
    body = client.post("/api/v1/customers", {"kind": "firm", "name": "x"}, content_type="application/json")
    assert body.status_code == 403
    assert body["Content-Type"] == "application/problem+json"


# --- health ---------------------------------------------------------------------------------------------------------


def test_health_answers_without_sign_in() -> None:
    response = Client().get("/healthz")

    assert response.status_code == 200
    assert response.json()["checks"] == {"web": "ok", "database": "ok", "migrations": "ok"}


def test_readiness_fails_without_a_worker_and_says_so() -> None:
    response = Client().get("/readyz")

    assert response.status_code == 503
    assert "zhike worker" in response.json()["checks"]["worker"]


def test_readiness_asks_what_parts_registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "_CHECKS", {"kettle": lambda: "cold"})

    response = Client().get("/readyz")

    assert response.status_code == 503
    assert response.json()["checks"]["kettle"] == "cold"


def test_the_style_guide_and_api_reference_open() -> None:
    client = signed_in(staff("customer_manager"))

    assert client.get("/styleguide/").status_code == 200
    assert "/api/v1/customers" in text_of(client.get("/api/docs"))


def test_routes_declare_what_they_ask_for() -> None:
    assert web_urls.home.home.route.area is None  # type: ignore[attr-defined]
    found = resolve("/customers/new/").func
    assert (found.route.area, found.route.level) == (Area.PROFILE, Level.EDIT)  # type: ignore[attr-defined]


# --- tasks ----------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("PLAT-08", proof="user")
def test_an_overdue_task_stands_in_the_overdue_list_of_its_owner_and_of_the_management() -> None:
    owner = staff("customer_manager")
    customer = customer_create(viewer=viewer_of(owner), kind="firm", name="杭州岚山精密有限公司")
    now = clock.now()
    Duty.objects.create(
        code="B-18", customer_id=customer.pk, subject_kind="warning", subject_id=1, person=owner, owner_source="x",
        started_at=now - dt.timedelta(hours=50), due_at=now - dt.timedelta(hours=2), remind_at=now, state="breached",
        started_by=ids.uid(),
    )  # fmt: skip

    for person in (owner, staff("management")):
        page = text_of(signed_in(person).get("/tasks/?scope=overdue"))
        assert "杭州岚山精密有限公司" in page
        assert "is-breached" in page
    assert "杭州岚山" not in text_of(signed_in(staff("customer_manager")).get("/tasks/?scope=overdue"))
    assert "z-clocks" in text_of(signed_in(owner).get(f"/customers/{customer.uid}/"))
