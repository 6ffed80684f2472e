"""Photograph the screens of the sample company: ``python tools/screenshots.py [--keep-home DIR] [--only NAME]``.

An installation of its own in a temporary folder is set up, loaded and served; a browser signs in by one-time link, one
post after the other, chooses a password as everybody must, and takes each page in both languages, light and dark, 1440
and 390 wide, into ``.artifacts/screens``. The few that the README shows are copied to ``docs/images``.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.plumbing.browser import ARGUMENTS, chromium  # noqa: E402

TAKEN = ROOT / ".artifacts" / "screens"
SHOWN = ROOT / "docs" / "images"
LANGUAGES = {"zh": "zh-hans", "en": "en"}
THEMES = ("light", "dark")
WIDTHS = {1440: 900, 390: 844}
DRAWN_MILLISECONDS = 400  # charts and fragments that come after the page
Follow = Callable[[Any], None]


@dataclass(frozen=True)
class Shot:
    """One page as one post sees it. ``follow`` goes on from ``path`` by clicking."""

    name: str
    post: str
    path: str
    follow: Follow | None = None


def first_link(selector: str) -> Follow:
    """Go where the first link that matches leads."""

    def follow(page: Any) -> None:
        target = page.locator(selector).first.get_attribute("href")
        if target:
            page.goto(target)

    return follow


def open_first_row(page: Any) -> None:
    """Open the drawer of the first row."""
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.locator("#drawer[open]").wait_for()


def first_row_page(page: Any) -> None:
    """Open the page of the first row."""
    box = page.locator("tbody input[type=checkbox]").first
    page.goto(page.url.split("?")[0] + str(box.get_attribute("value")) + "/")


NOBODY, PORTAL = "nobody", "portal"  # who is no member of staff: a visitor, and a customer in the portal
SHOTS = (
    Shot("home", "data_specialist", "/"),
    Shot("cockpit", "management", "/"),
    Shot("home-manager", "customer_manager", "/"),
    Shot("desk", "data_specialist", "/desk/"),
    Shot("customers", "sales_lead", "/customers/"),
    Shot("drawer", "sales_lead", "/customers/", open_first_row),
    Shot(
        "customer",
        "sales_lead",
        "/customers/?lifecycle=at_risk&sort=-spend_12m",
        first_link("tbody a[href^='/customers/']"),
    ),
    Shot("matrix", "customer_analyst", "/matrix/"),
    Shot("nights", "data_specialist", "/nights/"),
    Shot("night", "data_specialist", "/nights/", first_link("main a[href^='/nights/']")),
    Shot("policies", "management", "/policies/"),
    Shot("audit", "compliance_specialist", "/audit/"),
    Shot("tasks", "customer_manager", "/tasks/"),
    Shot("security", "customer_manager", "/me/security/"),
    Shot("hello", NOBODY, "/hello/"),
    Shot("leads", "sales_specialist", "/leads/?as=table"),
    Shot("opportunities", "sales_lead", "/opportunities/?as=board"),
    Shot("service", "service_representative", "/service/", first_link("#desk-queue li a[href^='/service/']")),
    Shot("case", "management", "/retentions/", first_row_page),
    Shot("results", "management", "/saved-and-lost/"),
    Shot("churn", "management", "/churn/"),
    Shot("portal", PORTAL, "/portal/"),
    Shot("portal-ask", PORTAL, "/portal/requests/new/"),
    Shot("portal-requests", PORTAL, "/portal/requests/"),
)
# What the two READMEs show: (shot, language, theme, width).
IN_README = (
    ("desk", "en", "light", 1440),
    ("desk", "zh", "light", 1440),
    ("cockpit", "en", "light", 1440),
    ("cockpit", "zh", "light", 1440),
    ("customer", "en", "light", 1440),
    ("customer", "zh", "light", 1440),
    ("service", "en", "light", 1440),
    ("service", "zh", "light", 1440),
    ("opportunities", "en", "dark", 1440),
    ("opportunities", "zh", "dark", 1440),
    ("leads", "en", "light", 390),
    ("leads", "zh", "light", 390),
    ("portal", "en", "light", 390),
    ("portal", "zh", "light", 390),
)


def file_name(name: str, language: str, theme: str, width: int) -> str:
    """``desk-en-light-1440.png``."""
    return f"{name}-{language}-{theme}-{width}.png"


@contextmanager
def installation(home: Path) -> Iterator[str]:
    """The sample company, loaded and served from ``home``; yields its address."""
    port = _free_port()
    environment = os.environ | {"ZHIKE_HOME": str(home), "ZHIKE_PORT": str(port), "ZHIKE_ENV": "dev"}
    environment.pop("ZHIKE_DATABASE_URL", None)
    command = [sys.executable, "-m", "zhike.interfaces.cli.main", "demo"]
    with (home / "demo.log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
    address = f"http://localhost:{port}"
    try:
        _wait_for(f"{address}/healthz", process, home / "demo.log")
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path, seconds: int = 300) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(1)
    raise SystemExit(f"The sample company does not start:\n{log.read_text()[-2000:]}")


def sign_in(page: Any, address: str, home: Path, post: str) -> None:
    """By one-time link; then a password of one's own, if this is the first time."""
    command = [sys.executable, "-m", "zhike.interfaces.cli.main", "login", post, "--json"]
    port = address.rsplit(":", 1)[1]
    environment = os.environ | {"ZHIKE_HOME": str(home), "ZHIKE_PORT": port}
    environment.pop("ZHIKE_DATABASE_URL", None)
    said = json.loads(subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True).stdout)
    page.goto(said["url"])
    with page.expect_navigation():
        page.locator("button.btn-primary").last.click()
    if "/password/" in page.url:
        own = secrets.token_urlsafe(12)
        for name in ("password1", "password2"):
            page.locator(f"input[name={name}]").fill(own)
        with page.expect_navigation():
            page.locator("form.z-form button[type=submit]").click()


def choose(page: Any, address: str, language: str, theme: str, start: str) -> None:
    """Language of the person, light or dark of the screen, as the two buttons on ``start`` do."""
    page.goto(f"{address}{start}")
    token = page.locator("input[name=csrfmiddlewaretoken]").first.get_attribute("value")
    door = "portal" if start == "/portal/" else "shell"
    for place, path, value in ((door, "language", LANGUAGES[language]), ("shell", "theme", theme)):
        answer = page.context.request.post(
            f"{address}/{place}/{path}/",
            form={path: value, "csrfmiddlewaretoken": token, "next": start},
            headers={"Referer": f"{address}{start}"},
        )
        if not answer.ok:
            raise SystemExit(f"{path} {value}: {answer.status}")


def enter_portal(page: Any, address: str, home: Path) -> None:
    """As a contact of a firm: invited by the customer manager, then a password of one's own."""
    staff = page.context.browser.new_context(base_url=address, viewport={"width": 1440, "height": 900}).new_page()
    sign_in(staff, address, home, "customer_manager")
    staff.goto(f"{address}/customers/?kind=firm")
    first_link("tbody a[href^='/customers/']")(staff)
    account = staff.locator("main a[href^='/portal_accounts/']:not([href*='/new/'])")
    if not account.count():
        staff.locator("main a[href^='/portal_accounts/new/']").click()
        field = staff.locator("#drawer[open] .z-picker").filter(has=staff.locator("[name=contact]"))
        field.locator("input[type=search]").click()
        field.locator("[role=option]").first.click()
        staff.locator("#drawer[open] button[type=submit].btn-primary").click()
        account.first.wait_for()
    account.first.click()
    staff.locator("form[action$='/link/'] button").click()
    page.goto(staff.locator("input[value*='/portal/welcome/']").first.get_attribute("value"))
    staff.context.close()
    own = secrets.token_urlsafe(12)
    for name in ("password", "again"):
        page.locator(f"input[name={name}]").fill(own)
    with page.expect_navigation():
        page.locator("form.z-form button[type=submit]").click()


def take(page: Any, address: str, shot: Shot, target: Path) -> str:
    """One picture; returns what went wrong, or nothing."""
    answer = page.goto(address + shot.path)
    if answer is None or answer.status >= 400:
        return f"{shot.name}: {answer.status if answer else 'no answer'} at {shot.path}"
    page.wait_for_load_state("networkidle")
    if shot.follow is not None:
        shot.follow(page)
        page.wait_for_load_state("networkidle")
    page.wait_for_timeout(DRAWN_MILLISECONDS)
    page.screenshot(path=target)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return f"{target.name}: wider than the screen by {wide} px" if wide > 1 else ""


def session(browser: Any, address: str, home: Path, post: str, shots: list[Shot]) -> list[str]:
    """All pictures of one post."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=address, reduced_motion="reduce")
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(f"{page.url}: {fault}"))
    page.on("console", lambda line: faults.append(f"{page.url}: {line.text}") if line.type == "error" else None)
    if post == PORTAL:
        enter_portal(page, address, home)
    elif post != NOBODY:
        sign_in(page, address, home, post)
    start = {PORTAL: "/portal/", NOBODY: "/hello/"}.get(post, "/me/")
    for language in LANGUAGES:
        for theme in THEMES:
            choose(page, address, language, theme, start)
            for width, height in WIDTHS.items():
                page.set_viewport_size({"width": width, "height": height})
                faults += [
                    take(page, address, shot, TAKEN / file_name(shot.name, language, theme, width)) for shot in shots
                ]
    context.close()
    return [fault for fault in faults if fault]


def main() -> int:
    """Command line of this file."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--keep-home", type=Path, help="Use this folder and leave it; a second run is quicker.")
    parser.add_argument("--only", action="append", help="Names of shots; by default all.")
    said = parser.parse_args()
    wanted = [shot for shot in SHOTS if not said.only or shot.name in said.only]
    found = chromium()
    if found is None:
        print("screenshots: no Chromium; set ZHIKE_CHROMIUM or install the package chromium", file=sys.stderr)
        return 1
    home = said.keep_home or Path(tempfile.mkdtemp(prefix="zhike-screens-"))
    home.mkdir(parents=True, exist_ok=True)
    TAKEN.mkdir(parents=True, exist_ok=True)
    try:
        faults = _photograph(found, home, wanted)
    finally:
        if said.keep_home is None:
            shutil.rmtree(home, ignore_errors=True)
    for fault in faults:
        print(f"screenshots: {fault}", file=sys.stderr)
    print(f"{len(list(TAKEN.glob('*.png')))} pictures in {TAKEN.relative_to(ROOT)}, {len(faults)} faults")
    return 1 if faults else 0


def _photograph(found: str, home: Path, wanted: list[Shot]) -> list[str]:
    from playwright.sync_api import sync_playwright

    faults: list[str] = []
    with installation(home) as address, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=ARGUMENTS)
        for post in dict.fromkeys(shot.post for shot in wanted):
            faults += session(browser, address, home, post, [shot for shot in wanted if shot.post == post])
        show(browser)
        browser.close()
    return faults


_TO_WEBP = """async (png) => {
  const image = new Image(); image.src = "data:image/png;base64," + png; await image.decode();
  const canvas = document.createElement("canvas"); canvas.width = image.width; canvas.height = image.height;
  canvas.getContext("2d").drawImage(image, 0, 0);
  return canvas.toDataURL("image/webp", 0.9).split(",")[1];
}"""


def show(browser: Any) -> None:
    """The pictures of the READMEs, small: as WebP, which the browser can write."""
    SHOWN.mkdir(parents=True, exist_ok=True)
    page = browser.new_page()
    for choice in IN_README:
        taken = TAKEN / file_name(*choice)
        if taken.exists():
            small = page.evaluate(_TO_WEBP, base64.b64encode(taken.read_bytes()).decode())
            (SHOWN / taken.with_suffix(".webp").name).write_bytes(base64.b64decode(small))


if __name__ == "__main__":
    sys.exit(main())
