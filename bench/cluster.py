"""The PostgreSQL of the benchmarks: a cluster of its own that keeps its databases from one run to the next.

The cluster of the tests (``tools/pg.py``) forgets its data and writes nothing to disk for sure. Here durability is
as in real use, because a commit is part of what is measured, and a million customers are loaded only once.
It stands in ``.artifacts/bench/pg``; ``make clean`` or ``python bench/cluster.py drop`` removes it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tools import pg  # noqa: E402

FOLDER = ROOT / ".artifacts" / "bench"
STATE = FOLDER / "pg"
ROLE = "zhike"
# What a small server of 8 GB would be given; everything else as PostgreSQL ships.
SETTINGS = {
    "shared_buffers": "1GB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "8GB",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "log_min_messages": "fatal",
}


def start() -> str:
    """Start the cluster unless it runs; the address of its server, without a database."""
    STATE.mkdir(parents=True, exist_ok=True)
    recorded = STATE / "url"
    if recorded.exists() and pg._answers(recorded.read_text()):
        return recorded.read_text()
    binaries = pg._binaries()
    data, password_file = STATE / "data", STATE / "password"
    pg._give_to_server_user(STATE)
    if not data.exists():
        password_file.touch(mode=0o600)
        password_file.write_text("bench")  # listens on loopback only and holds nothing but invented people
        pg._give_to_server_user(password_file)
        pg._initialise(binaries, data, password_file)
    port = pg._free_port()
    options = " ".join(f"-c {name}={value}" for name, value in {**SETTINGS, "port": str(port)}.items())
    control = [str(binaries / "pg_ctl"), "start", "-w", "-t", "60", "-D", str(data), "-o", options]
    pg._run_as_server_user([*control, "-l", str(STATE / "log")])
    recorded.touch(mode=0o600)
    recorded.write_text(f"postgresql://{ROLE}:bench@127.0.0.1:{port}/")
    return recorded.read_text()


def stop() -> None:
    """Stop the server; the data stays."""
    data = STATE / "data"
    if (data / "postmaster.pid").exists():
        pg._run_as_server_user([str(pg._binaries() / "pg_ctl"), "stop", "-D", str(data), "-m", "fast", "-w"])


def drop() -> None:
    """Stop the server and delete all benchmark data."""
    stop()
    shutil.rmtree(FOLDER, ignore_errors=True)


def postmaster() -> int:
    """Process id of the server."""
    return int((STATE / "data" / "postmaster.pid").read_text().split("\n", 1)[0])


def version() -> str:
    """``15.20``."""
    said = subprocess.run(
        [str(pg._binaries() / "postgres"), "--version"], capture_output=True, text=True, check=True, env=os.environ
    )
    return said.stdout.split()[2]


if __name__ == "__main__":
    {"start": start, "stop": stop, "drop": drop}[sys.argv[1]]()
