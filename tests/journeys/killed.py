"""A web process and a worker that are killed with signal 9 at a chosen place, and a person who goes on afterwards.

The children change themselves from outside: the product has no hook for dying. Places are counted in what the process
writes to the database: ``3`` dies after the third writing statement, ``end`` after the commit, before the answer.
"""

from __future__ import annotations

import http.client
import re
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.test import Client

from zhike.foundation.outbox.tests.processes import end, spawn, wait_for

_DYING = """
import os, signal
from django.db import connection
place, written = os.environ.get("PLACE", ""), []

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def counting(execute, sql, params, many, context):
    done = execute(sql, params, many, context)
    # One's own place in the session is not what the act writes.
    if sql.split(None, 1)[0] in ("INSERT", "UPDATE", "DELETE") and "django_session" not in sql:
        written.append(sql)
        if str(len(written)) == place:
            die()
    return done
"""
_WEB = (
    _DYING
    + """
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server
from zhike.config.wsgi import application

class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass

def dying(environ, start):
    global place
    place = environ.get("HTTP_X_DIE_AT", "")
    written.clear()
    with connection.execute_wrapper(counting):
        answer = list(application(environ, start))
    if place == "end":
        die()
    if environ["REQUEST_METHOD"] == "POST":
        Path(os.environ["TRACE"]).write_text(str(len(written)))
    return answer

server = make_server("127.0.0.1", 0, dying, handler_class=Quiet)
port = Path(os.environ["PORT"])
port.with_suffix(".new").write_text(str(server.server_port))
port.with_suffix(".new").rename(port)
server.serve_forever()
"""
)
_WORKER = (
    _DYING
    + """
from zhike.foundation import outbox
with connection.execute_wrapper(counting):
    while outbox.dispatch_once(5):
        pass
"""
)


class Page:
    """A form that a person has open in the browser, while web processes come and go."""

    def __init__(self, client: Client, web: Web, address: str) -> None:
        self._cookies = {name: morsel.value for name, morsel in client.cookies.items()}
        self._address = address
        _status, page = self._ask(web, "GET", {})
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert found, page[:2000]
        self._token = found[1]

    def send(self, web: Web, answers: Mapping[str, Any], die_at: str = "") -> tuple[int, str]:
        """Send the form; status and page. Raises ConnectionError when the process dies over it."""
        form = {"csrfmiddlewaretoken": self._token, **answers}
        return self._ask(web, "POST", {"X-Die-At": die_at} if die_at else {}, urlencode(form))

    def _ask(self, web: Web, method: str, more: dict[str, str], body: str | None = None) -> tuple[int, str]:
        line = http.client.HTTPConnection("127.0.0.1", web.port, timeout=60)
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items()),
            "Accept-Language": "en", "Content-Type": "application/x-www-form-urlencoded", **more,
        }  # fmt: skip
        try:
            line.request(method, self._address, body, headers)
            answer = line.getresponse()
            for cookie in answer.headers.get_all("Set-Cookie") or []:
                name, _, value = cookie.partition(";")[0].partition("=")
                self._cookies[name] = value
            return answer.status, answer.read().decode()
        finally:
            line.close()


class Web:
    """A web process of its own, on the test's database."""

    def __init__(self, directory: Path) -> None:
        port, self._trace = directory / "port", directory / "writes"
        port.unlink(missing_ok=True)
        self.process = spawn(_WEB, PORT=str(port), TRACE=str(self._trace))
        wait_for(port.exists, process=self.process, seconds=60)
        self.port = int(port.read_text())

    @property
    def writes(self) -> int:
        """How many statements the last form wrote."""
        return int(self._trace.read_text())

    def is_killed(self) -> bool:
        """Whether it died as the kernel kills."""
        return self.process.wait(30) == -signal.SIGKILL


@contextmanager
def web_processes(directory: Path) -> Iterator[Callable[[], Web]]:
    """``start()`` → another web process; all are ended."""
    started: list[Web] = []

    def start() -> Web:
        started.append(Web(directory))
        return started[-1]

    try:
        yield start
    finally:
        for one in started:
            end(one.process)


def worker_dies(place: int, clock_file: Path) -> bool:
    """Let a worker deliver until it is killed after that many writes; False when it came to the end before."""
    process = spawn(_WORKER, PLACE=str(place), ZHIKE_CLOCK_FILE=str(clock_file))
    _out, errors = process.communicate(timeout=120)
    assert process.returncode in (0, -signal.SIGKILL), errors.decode()[-2000:]
    return process.returncode != 0
