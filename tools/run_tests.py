"""Run the tests: ``run_tests.py fast|slow|bars|browser [pytest arguments]``.

Each run is a pytest of its own with its own summary: the browser first, the whole path in it once more on PostgreSQL,
then PostgreSQL, then SQLite with everything that needs no database. Two processes at a time, because that is what the
smallest machine has.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tools import messages, pg  # noqa: E402

MARKS = {
    "fast": "not slow and not browser and not bars",
    "slow": "slow and not browser and not bars",
    "bars": "bars",
    "browser": "browser and not bars",
}
WHOLE_PATH = "tests/browser/test_whole_path.py"
NO_TESTS = 5
IN_CI = os.environ.get("CI") == "true"


def main() -> int:
    """Run what the first argument names; the exit code is that of the first run that failed."""
    kind, extra = (sys.argv[1:] or ["fast"])[0], sys.argv[2:]
    if kind not in MARKS:
        print(__doc__, file=sys.stderr)
        return 2
    messages.compile_all()
    codes = []
    if (kind == "fast" and not _selects_paths(extra)) or kind == "browser":
        # Each process has an application of its own; the tests of a file share it, one after the other.
        codes.append(_pytest("browser", MARKS["browser"], _workers("loadfile"), {}, *extra))
        if not _selects_paths(extra):
            codes.append(_on_postgres("browser", WHOLE_PATH, *extra))
    if kind != "browser":
        codes.append(_on_postgres(kind, *extra))
        codes.append(_pytest("SQLite, and all that needs no database", MARKS[kind], _workers(), {}, *extra))
    return next((code for code in codes if code), 0)


def _on_postgres(kind: str, *extra: str) -> int:
    try:
        address = pg.start()
    except pg.Unavailable as refusal:
        print(f"\nPostgreSQL: {refusal}", file=sys.stderr)
        if IN_CI:
            return 1
        print("PostgreSQL: the tests run on SQLite only.", file=sys.stderr)
        return 0
    wanted = [] if kind == "browser" else ["--only-database", *_workers()]
    title = "the whole path in the browser, PostgreSQL" if kind == "browser" else "PostgreSQL"
    return _pytest(title, MARKS[kind], wanted, {"ZHIKE_DATABASE_URL": address}, *extra)


def _selects_paths(extra: list[str]) -> bool:
    return any(not argument.startswith("-") and (ROOT / argument.split("::")[0]).exists() for argument in extra)


def _workers(handed_out: str = "worksteal") -> list[str]:
    return ["-n", os.environ.get("ZHIKE_TEST_PROCESSES", "2"), "--dist", handed_out]


def _pytest(title: str, mark: str, wanted: list[str], environment: dict[str, str], *extra: str) -> int:
    print(f"\n=== {title} ===", flush=True)
    started = time.monotonic()
    clean = {name: value for name, value in os.environ.items() if name != "ZHIKE_DATABASE_URL"}
    # Two processes of pytest fill the machine: threads of OpenMP inside each would only wait for one another.
    clean.setdefault("OMP_NUM_THREADS", "1")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-m", mark, *wanted, *extra],
        cwd=ROOT, env={**clean, **environment}, check=False,
    )  # fmt: skip
    print(f"=== {title}: {time.monotonic() - started:.0f} s ===", flush=True)
    # A run that leaves out everything (a path without a browser test, say) has not failed.
    return 0 if done.returncode == NO_TESTS else done.returncode


if __name__ == "__main__":
    sys.exit(main())
