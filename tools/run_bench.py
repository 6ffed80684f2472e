"""Run the benchmarks of bench/: ``run_bench.py [name ...] [-- arguments]``; without a name, all of them.

A benchmark is a file bench/bench_NAME.py with a `main()`; it prints its figures as ratios to a reference of the same
run. The test server of PostgreSQL is started for those that ask for it (ZHIKE_TEST_POSTGRES_URL).
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tools import pg  # noqa: E402


def main() -> int:
    """Command line of this file."""
    arguments = sys.argv[1:]
    split = arguments.index("--") if "--" in arguments else len(arguments)
    wanted, passed_on = arguments[:split], arguments[split + 1 :]
    known = {path.stem.removeprefix("bench_"): path for path in sorted((ROOT / "bench").glob("bench_*.py"))}
    if unknown := set(wanted) - set(known):
        print(f"bench: no such benchmark: {', '.join(sorted(unknown))}; there are: {', '.join(known) or 'none'}")
        return 2
    environment = dict(os.environ)
    try:
        environment["ZHIKE_TEST_POSTGRES_URL"] = pg.start()
    except pg.Unavailable as refusal:
        print(f"bench: without PostgreSQL: {refusal}", file=sys.stderr)
    codes = []
    for name in wanted or known:
        print(f"\n=== {name} ===", flush=True)
        command = [sys.executable, str(known[name]), *passed_on]
        codes.append(subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode)
    return next((code for code in codes if code), 0)


if __name__ == "__main__":
    sys.exit(main())
