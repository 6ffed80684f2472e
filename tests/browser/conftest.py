"""The application as people meet it: the sample company, a night's work, web and worker as processes of their own.

All share one clock file, so that a test can let hours pass without waiting.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.browser.console import Console

ROOT = Path(__file__).resolve().parents[2]
CUSTOMERS = 100
START_SECONDS = 90


@dataclass
class Application:
    """The running application and how to command it."""

    url: str
    home: Path
    environment: dict[str, str]
    logins: dict[str, tuple[str, str]]
    _console: Console | None = None

    @property
    def console(self) -> Console:
        """Another process of the same installation, opened at the first question."""
        self._console = self._console or Console(self.environment, ROOT)
        return self._console

    def close(self) -> None:
        """End what was opened here."""
        if self._console is not None:
            self._console.close()

    def zhike(self, *arguments: str) -> str:
        """Run a command of the same installation; its standard output."""
        command = [sys.executable, "-m", "zhike.interfaces.cli.main", *arguments]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False, cwd=ROOT)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def ask(self, question: str) -> str:
        """The result of an expression on the installation's own data, as text."""
        return self.console.ask(question)

    def let_pass(self, hours: float) -> None:
        """Move the shared clock forward."""
        path = Path(self.environment["ZHIKE_CLOCK_FILE"])
        seconds = float(path.read_text() or 0) + hours * 3600
        beside = path.with_suffix(".new")
        beside.write_text(str(seconds))
        beside.replace(path)

    def eventually(self, question: str, wanted: str, seconds: float = 30) -> None:
        """Wait until the expression has the wanted result: the worker needs a moment."""
        deadline = time.monotonic() + seconds
        while (found := self.ask(question)) != wanted:
            log = (self.home / "serve.log").read_text()[-3000:]
            assert time.monotonic() < deadline, f"{question} is still {found}, not {wanted}\n{log}"
            time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def _database(template: Any) -> Iterator[str]:
    """A migrated database of its own, on the server under test."""
    with template.copy(f"zhike_run_browser_{os.getpid()}") as name:
        server = os.environ["ZHIKE_DATABASE_URL"]
        if not server.startswith("postgres"):
            yield f"sqlite:///{name}"
            return
        base, _, last = server.rpartition("/")
        _, mark, query = last.partition("?")
        yield f"{base}/{name}{mark}{query}"


@pytest.fixture(scope="session")
def application(database_template: Any) -> Iterator[Application]:
    """The sample company of 100 customers after its nights, served with a worker."""
    home = Path(tempfile.mkdtemp(prefix="browser-", dir=ROOT / ".artifacts" / "tests"))
    clock = home / "clock"
    clock.write_text("0")
    port = _free_port()
    with _database(database_template) as database:
        environment = os.environ | {
            "ZHIKE_ENV": "test", "ZHIKE_HOME": str(home), "ZHIKE_DATABASE_URL": database, "ZHIKE_PORT": str(port),
            "ZHIKE_CLOCK_FILE": str(clock), "ZHIKE_LANG": "zh", "ZHIKE_KEY_DIR": str(home / "keys"),
        }  # fmt: skip
        made = Application(f"http://localhost:{port}", home, environment, {})
        printed = made.zhike("demo", "--customers", str(CUSTOMERS), "--port", str(port), "--no-serve")
        made.logins |= {post: (user, secret) for post, user, secret in re.findall(r"login: (\S+) (\S+) (\S+)", printed)}
        log = (home / "serve.log").open("w")
        command = [sys.executable, "-m", "zhike.interfaces.cli.main", "serve", "--worker", "--port", str(port)]
        server = subprocess.Popen([*command, "--workers", "1"], env=environment, stdout=log, stderr=log, cwd=ROOT)
        try:
            _wait_until_ready(made.url, server, home / "serve.log")
            yield made
        finally:
            made.close()
            server.terminate()
            try:
                server.wait(timeout=15)
            except subprocess.TimeoutExpired:
                server.kill()
            log.close()
    shutil.rmtree(home, ignore_errors=True)


def _wait_until_ready(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{url}/healthz", timeout=5)
            return
        assert server.poll() is None, log.read_text()
        assert time.monotonic() < deadline, f"not ready after {START_SECONDS} s:\n{log.read_text()}"


@pytest.fixture(scope="session")
def known_people(application: Application) -> dict[str, Any]:
    """What the browser remembers of each person, so that everybody signs in once."""
    # These tests are about the work after the first day; the forced change of password has a test of its own.
    newcomer = _newcomer(application)
    application.ask(f"Person.objects.exclude(username={newcomer!r}).update(must_change_password=False)")
    return {}


def _newcomer(application: Application) -> str:
    """The one who still has to change the first password: the training lead's login."""
    return application.logins["training_lead"][0]


@pytest.fixture
def sign_in(application: Application, known_people: dict[str, Any], browser: Any) -> Iterator[Callable[..., Any]]:
    """``sign_in(post_or_user)`` → a page of that person's own browser; console errors fail the test."""
    contexts: list[Any] = []
    complaints: list[str] = []

    def enter(who: str, **options: Any) -> Any:
        settings = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai", "base_url": application.url} | options
        context = browser.new_context(**settings, storage_state=known_people.get(who))
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda m: complaints.append(m.text) if "Content Security Policy" in m.text else None)
        if who not in known_people:
            link = application.console.command("login", who).splitlines()[-1]
            page.goto(link)
            page.locator("form button.btn-primary").click()
            page.wait_for_url(f"{application.url}/")
            known_people[who] = context.storage_state()
        return page

    yield enter
    for context in contexts:
        context.close()
    assert complaints == []
