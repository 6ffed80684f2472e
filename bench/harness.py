"""Servers to measure, clients, and the clock: wall time, and processor time of application and database.

Processor time comes from the kernel's clock of each process, so that it also holds on a busy machine.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
WORKERS = 2


@dataclass
class Server:
    """A running server: its address, its processes, and the database's."""

    port: int
    process: subprocess.Popen[bytes]
    database: str

    def processes(self) -> list[int]:
        """The server and everything it started."""
        return _family(self.process.pid)

    def workers(self) -> list[int]:
        """The web processes alone."""
        return [pid for pid in self.processes() if pid != self.process.pid and "granian" not in _command(pid)] or [
            pid for pid in self.processes() if pid != self.process.pid
        ]

    def backends(self) -> list[int]:
        """The database's processes that serve this database."""
        if not self.database:
            return []
        import psycopg

        server, name = self.database.rsplit("/", 1)
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            rows = connection.execute("SELECT pid FROM pg_stat_activity WHERE datname = %s", [name]).fetchall()
        return [pid for (pid,) in rows]


@contextlib.contextmanager
def serving(command: Sequence[str], environment: Mapping[str, str], *, path: str = "/healthz") -> Iterator[Server]:
    """Start ``command`` (``{port}`` stands for a free port), wait until it answers, stop it at the end."""
    port = _free_port()
    log = (ROOT / ".artifacts" / "bench" / "server.log").open("ab")
    process = subprocess.Popen(
        [part.format(port=port) for part in command], env={**os.environ, **environment}, cwd=ROOT, stdout=log,
        stderr=log,
    )  # fmt: skip
    try:
        _wait(port, path, process)
        yield Server(port, process, environment["ZHIKE_DATABASE_URL"])
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            for pid in _family(process.pid):
                os.kill(pid, signal.SIGKILL)
        log.close()


def application(environment: Mapping[str, str]) -> Any:
    """Zhike as ``zhike serve`` runs it."""
    serve = [sys.executable, "-m", "zhike.interfaces.cli.main", "serve", "--port", "{port}"]
    return serving([*serve, "--workers", str(WORKERS)], environment)


def reference(environment: Mapping[str, str]) -> Any:
    """The reference on the same server software."""
    return _bare("bench.reference:application", environment)


def yardstick(environment: Mapping[str, str]) -> Any:
    """A plain list by ORM and serialiser on the same server software: the pace of the machine."""
    return _bare("bench.yardstick:application", environment)


def _bare(application: str, environment: Mapping[str, str]) -> Any:
    granian = str(Path(sys.executable).with_name("granian"))
    command = [granian, "--interface", "wsgi", "--port", "{port}", "--workers", str(WORKERS), "--blocking-threads", "2"]
    return serving([*command, "--no-access-log", application], environment, path="/")


@dataclass
class Client:
    """One connection that stays open, with the cookies of one session."""

    port: int
    cookies: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.sent = {"Cookie": cookie, **self.headers} if cookie else dict(self.headers)

    def ask(self, path: str, *, method: str = "GET", body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        """Status and body."""
        given = self.sent | {name.replace("_", "-"): value for name, value in headers.items()}
        for attempt in (1, 2):
            try:
                self.connection.request(method, path, body, given)
                answer = self.connection.getresponse()
                return answer.status, answer.read()
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                self.connection.close()  # the server closes a connection that was idle for a while
                if attempt == 2:
                    raise
        raise AssertionError


@dataclass(frozen=True)
class Figure:
    """What one kind of request cost. Times in ms; ``application`` and ``database`` are processor time per request."""

    name: str
    p50: float
    p10: float
    p95: float
    application: float
    database: float
    size: int
    note: str = ""

    @property
    def processor(self) -> float:
        return self.application + self.database


Ask = Callable[[Client, int], tuple[int, bytes]]


def measure(server: Server, client: Client, name: str, ask: Ask, *, times: int = 60, warm: int = 12) -> Figure:
    """Ask ``times`` times after ``warm`` ones; ``ask`` gets the request's number, to vary the words."""
    size = 0
    for number in range(warm):
        status, body = ask(client, number)
        if status not in (200, 201):
            raise SystemExit(f"{name}: {status} {body[:300]!r}")
        size = len(body)
    groups = (server.processes(), server.backends())
    before = [_processor(pids) for pids in groups]
    taken = []
    for number in range(warm, warm + times):
        started = time.perf_counter()
        status, body = ask(client, number)
        taken.append((time.perf_counter() - started) * 1000)
        if status not in (200, 201):
            raise SystemExit(f"{name}: {status} {body[:300]!r}")
    spent = [(_processor(pids) - was) * 1000 / times for pids, was in zip(groups, before, strict=True)]
    taken.sort()
    return Figure(
        name, statistics.median(taken), taken[len(taken) // 10], taken[int(len(taken) * 0.95)], spent[0], spent[1], size
    )


def crowd(server: Server, clients: Sequence[Client], ask: Ask, *, each: int) -> tuple[list[float], float]:
    """All clients at once, ``each`` requests apiece: sorted times in ms, and requests per second."""
    taken: list[float] = []
    lock = threading.Lock()

    def run(place: int, client: Client) -> None:
        mine = []
        for number in range(each):
            started = time.perf_counter()
            status, body = ask(client, place * each + number)
            mine.append((time.perf_counter() - started) * 1000)
            if status != 200:
                raise SystemExit(f"crowd: {status} {body[:300]!r}")
        with lock:
            taken.extend(mine)

    threads = [threading.Thread(target=run, args=(place, client)) for place, client in enumerate(clients)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(taken), len(taken) / (time.perf_counter() - started)


def memory(pids: Sequence[int]) -> float:
    """Proportional set size of processes together, in MiB."""
    total = 0
    for pid in pids:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024


def mapped(pids: Sequence[int]) -> str:
    """The files mapped into processes: shows which compiled libraries they loaded."""
    return "\n".join(Path(f"/proc/{pid}/maps").read_text() for pid in pids)


def _processor(pids: Sequence[int]) -> float:
    """Seconds that the processes have run, on the kernel's clock of each."""
    total = 0.0
    for pid in pids:
        with contextlib.suppress(OSError):
            total += time.clock_gettime((~pid << 3) | 2)
    return total


def _family(pid: int) -> list[int]:
    found = [pid]
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in children.read_text().split():
                found += _family(int(child))
    return found


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int, path: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(900):
        if process.poll() is not None:
            raise SystemExit("the server stopped; see .artifacts/bench/server.log")
        with contextlib.suppress(OSError, http.client.HTTPException):
            if Client(port).ask(path)[0] < 500:
                return
        time.sleep(0.1)
    raise SystemExit("the server does not answer; see .artifacts/bench/server.log")
