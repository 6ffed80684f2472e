"""Worker processes for tests: on the test's own database, killed as the kernel kills."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import connection

SOURCE = Path(__file__).resolve().parents[4]
START = "import django; django.setup()\n"


def database_url() -> str:
    """The address of the database that the test writes to."""
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{str(given['NAME']).lstrip('/')}"
    return f"postgresql://{given['USER']}:{given['PASSWORD']}@{given['HOST']}:{given['PORT']}/{given['NAME']}"


def spawn(code: str, **environment: str) -> subprocess.Popen[bytes]:
    """Run ``code`` in another Python that has the same settings and database."""
    return subprocess.Popen(
        [sys.executable, "-c", START + code],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(SOURCE), os.environ.get("PYTHONPATH", "")]),
            "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"],
            "ZHIKE_DATABASE_URL": database_url(),
            "ZHIKE_HOME": str(settings.HOME),
            **environment,
        },
        stderr=subprocess.PIPE,
    )


def wait_for(is_so: Callable[[], bool], *, seconds: float = 30, process: subprocess.Popen[bytes] | None = None) -> None:
    """Wait until ``is_so``; fail with the process's own words when it dies or takes too long."""
    until = time.monotonic() + seconds
    while not is_so():
        if process is not None and process.poll() not in (None, 0):
            raise AssertionError(f"the process died: {process.communicate()[1].decode()}")
        if time.monotonic() > until:
            raise AssertionError("it did not happen in time")
        time.sleep(0.01)


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill with signal 9 and collect."""
    process.kill()
    process.communicate()
