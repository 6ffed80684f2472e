"""Test plumbing for the whole tree: the environment, the two databases, and the browser.

The database is chosen by ``ZHIKE_DATABASE_URL``; without it the tests use SQLite. ``make test`` runs pytest once for
each database, and ``--only-database`` leaves out of the second run what does not touch one.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import django
import django.conf

from tools import messages

ROOT = Path(__file__).resolve().parent
SCRATCH = ROOT / ".artifacts" / "tests"

# Set before Django reads its settings, and inherited by every process that a test starts.
SCRATCH.mkdir(parents=True, exist_ok=True)
os.environ["ZHIKE_ENV"] = "test"
if worker := os.environ.get("PYTEST_XDIST_WORKER"):
    # Each process of a parallel run keeps its own keys and files.
    os.environ["ZHIKE_HOME"] = str(Path(os.environ["ZHIKE_HOME"]) / worker)
elif "ZHIKE_HOME" not in os.environ:
    os.environ["ZHIKE_HOME"] = tempfile.mkdtemp(prefix="home-", dir=SCRATCH)
    atexit.register(shutil.rmtree, os.environ["ZHIKE_HOME"], ignore_errors=True)
os.environ.setdefault("ZHIKE_DATABASE_URL", f"sqlite:///{os.environ['ZHIKE_HOME']}/zhike.sqlite3")
os.environ["DJANGO_SETTINGS_MODULE"] = "zhike.config.settings"
# Playwright's synchronous API keeps an event loop on the test's thread, which Django would take for async code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

if "PYTEST_XDIST_WORKER" not in os.environ:
    messages.compile_all()
try:
    django.setup()
except Exception as absent:
    # A room is being built: what needs no Django can still be tested. CI never passes here with half a tree.
    if os.environ.get("CI") == "true":
        raise
    print(f"conftest: Django does not start yet, so only tests without it can run: {absent!r}")
    del os.environ["DJANGO_SETTINGS_MODULE"]
    django.conf.settings._wrapped = django.conf.empty

pytest_plugins = [
    "tests.plumbing.selection",
    "tests.plumbing.databases",
    "tests.plumbing.browser",
    "tests.plumbing.caches",
]
