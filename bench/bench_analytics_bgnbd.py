"""BG/NBD: time to fit, against the package `lifetimes` on the same customers to the same likelihood.

The reference lives in an environment of its own (requirements/bench.txt, built once under .artifacts/), because
nothing in the product needs it. Arguments: number of customers, default 100,000.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from zhike.analytics import bgnbd  # noqa: E402
from zhike.analytics.tests.simulation import bgnbd_customers  # noqa: E402

ENVIRONMENT = ROOT / ".artifacts" / "bench-lifetimes"
LOCK = ROOT / "requirements" / "bench.txt"
ROUNDS = 5

REFERENCE = """
import json, statistics, sys, time, warnings
warnings.simplefilter("ignore")
import numpy as np
from lifetimes import BetaGeoFitter
data = np.load(sys.argv[1])
times = []
for _ in range(int(sys.argv[2])):
    begin = time.perf_counter()
    fitted = BetaGeoFitter().fit(data["frequency"], data["recency"], data["age"])
    times.append(time.perf_counter() - begin)
print(json.dumps({"seconds": statistics.median(times), "params": [float(v) for v in fitted.params_.values]}))
"""


def main() -> int:
    """Print seconds, ratio and difference in likelihood for days as data come, and for exact times."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    python = _reference_python()
    exact = bgnbd_customers(bgnbd.Params(r=0.5, alpha=6, a=0.9, b=3), n=n, seed=1)
    x, last, age = exact
    whole = (x, np.floor(last), np.ceil(age))
    print(f"{n:,} customers, median of {ROUNDS} fits")
    print(f"{'times':<14}{'ours':>9}{'lifetimes':>11}{'ratio':>8}  log-likelihood, ours - theirs (relative)")
    worst = np.inf
    for name, columns in (("all distinct", exact), ("whole weeks", whole)):
        named = dict(zip(("frequency", "recency", "age"), columns, strict=True))
        ours, seconds = _timed(lambda named=named: bgnbd.fit(**named))
        theirs = _reference(python, named)
        there = bgnbd._likelihood(np.array(theirs["params"]), bgnbd._history(*columns, None))[0]
        ratio = theirs["seconds"] / seconds
        worst = min(worst, ratio)
        gap = ours.log_likelihood - there
        print(
            f"{name:<14}{seconds:>8.3f}s{theirs['seconds']:>10.3f}s{ratio:>7.1f}x  {gap:+.6f} ({gap / abs(there):+.1e})"
        )
        if gap < -1e-6 * abs(there):
            print("the likelihood is worse than the reference's: the ratio does not count")
            return 1
    print(f"gate 3x: {'reached' if worst >= 3 else 'MISSED'}; aim 10x: {'reached' if worst >= 10 else 'missed'}")
    return 0 if worst >= 3 else 1


def _timed(fit: Callable[[], bgnbd.Params]) -> tuple[bgnbd.Params, float]:
    times = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        found = fit()
        times.append(time.perf_counter() - begin)
    return found, statistics.median(times)


def _reference(python: Path, columns: dict[str, np.ndarray]) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "customers.npz"
        np.savez(data, **columns)
        command = [str(python), "-c", REFERENCE, str(data), str(ROUNDS)]
        # The same number of threads as here: one.
        told = subprocess.run(command, capture_output=True, text=True, check=True, env=dict(os.environ))
    return json.loads(told.stdout)


def _reference_python() -> Path:
    python = ENVIRONMENT / "bin" / "python"
    stamp = ENVIRONMENT / ".stamp"
    if not stamp.exists() or stamp.stat().st_mtime < LOCK.stat().st_mtime:
        print(f"building {ENVIRONMENT.relative_to(ROOT)} ...", flush=True)
        venv.create(ENVIRONMENT, with_pip=True, clear=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
        subprocess.run([*install, "-r", str(LOCK)], check=True)
        stamp.touch()
    return python


if __name__ == "__main__":
    # Read by the numeric libraries when they load, so the process starts over with it set.
    if os.environ.get("OMP_NUM_THREADS") != "1":
        one = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **one})
    sys.exit(main())
