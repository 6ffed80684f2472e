"""Lifetime value: seconds for the forecast and its limits, against one plain pass over the same customers.

The reference is the closed arithmetic of the chance to be alive for every customer, computed once in numpy: what any
implementation must at least do. Arguments: number of customers, default 1,000,000.
"""

import resource
import sys
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from zhike.analytics import bgnbd, clv, gammagamma  # noqa: E402

DAYS = {"horizon": 1095.0, "year": 365.25}


def main() -> int:
    """Print seconds per step, as a multiple of the reference, and the peak of memory."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    rng = np.random.default_rng(0)
    age = rng.integers(1, 730, n).astype(float)
    x = rng.poisson(age / 100 * rng.gamma(0.5, 2, n)).astype(float)
    last = np.where(x > 0, np.floor(age * rng.beta(3, 1, n)), 0.0)
    mean = np.where(x > 0, rng.gamma(6, 6, n), np.nan)
    history = {"frequency": x, "recency": last, "age": age}

    begin = time.perf_counter()
    purchases = bgnbd.fit(**history)
    spend = gammagamma.fit(frequency=x[x > 0], mean_value=mean[x > 0])
    fitted = time.perf_counter() - begin
    begin = time.perf_counter()
    bgnbd.probability_alive(**history, params=purchases)
    reference = time.perf_counter() - begin
    begin = time.perf_counter()
    bgnbd.expected_purchases(**history, horizon=365.0, params=purchases)
    expected = time.perf_counter() - begin
    begin = time.perf_counter()
    found = clv.predict(**history, mean_value=mean, purchases=purchases, spend=spend, **DAYS)
    predicted = time.perf_counter() - begin

    print(f"{n:,} customers; reference {reference:.3f} s")
    for name, seconds in (("fit both models", fitted), ("expected purchases", expected), ("value, limits", predicted)):
        print(f"{name:<20}{seconds:>8.2f} s{seconds / reference:>8.1f} x")
    print(f"total {found.total:,.0f} ({found.total_low:,.0f} to {found.total_high:,.0f})")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
