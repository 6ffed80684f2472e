"""``zhike try`` on 1,000,000 orders: seconds and peak memory of the whole run.

    .venv/bin/python bench/bench_try_million.py [--orders N] [--customers N]

The file is made first and not counted: orders of customers who buy at their own pace and then stop, with timestamps,
amounts as people write them, returns, cancellations and some rows that cannot be used.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

SECONDS, MIB = 60.0, 2048
STARTS, ENDS = datetime(2023, 1, 1, tzinfo=UTC), datetime(2024, 12, 31, tzinfo=UTC)


def write_orders(path: Path, orders: int, customers: int, seed: int = 7) -> None:
    """A CSV of ``orders`` rows in the order of time."""
    draw = random.Random(seed)
    span = int((ENDS - STARTS).total_seconds())
    rows = []
    while len(rows) < orders:
        customer = draw.randrange(customers)
        moment, stop = draw.randrange(span), draw.randrange(span)
        pace = draw.expovariate(1 / (60 * 86400)) + 86400
        scale = draw.lognormvariate(7, 1)
        while moment < max(stop, moment + 1) and len(rows) < orders:
            rows.append((moment, customer, round(scale * draw.lognormvariate(0, 0.5), 2)))
            moment += int(draw.expovariate(1 / pace)) + 1
            if moment >= min(stop, span):
                break
    rows.sort()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["订单编号", "客户编号", "下单时间", "实付金额", "订单状态", "省份"])
        for i, (moment, customer, amount) in enumerate(rows):
            when = STARTS + timedelta(seconds=moment)
            shape = i % 100
            text = f"-{amount}" if shape == 1 else f"¥{amount:,.2f}" if shape < 20 else f"{amount}"
            status = "已取消" if shape == 2 else "交易成功"
            day = "待定" if i % 1000 == 3 else f"{when:%Y-%m-%d %H:%M:%S}"
            writer.writerow([f"NO{i:09d}", f"C{customer:07d}", day, text, status, "浙江"])


def run(path: Path, out: Path) -> dict[str, float]:
    """One run in a process of its own: seconds, peak MiB, and what the manifest counts."""
    command = [sys.executable, "-m", "zhike.interfaces.cli.main", "try", str(path), "--out", str(out), "--json"]
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    peak, processor = used.ru_maxrss / 1024, used.ru_utime + used.ru_stime
    if done.returncode:
        raise SystemExit(done.stderr or done.stdout)
    told = json.loads(done.stdout)
    counts = {"customers": told["customers"], **told["rows"]}
    return {"seconds": round(seconds, 1), "cpu_seconds": round(processor, 1), "peak_mib": round(peak)} | counts


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--customers", type=int, default=200_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "orders.csv"
        write_orders(path, asked.orders, asked.customers)
        size = path.stat().st_size / 2**20
        found = run(path, Path(folder) / "out")
    print(json.dumps({"orders": asked.orders, "file_mib": round(size), **found}))
    if asked.orders <= 1_000_000 and (found["seconds"] > SECONDS or found["peak_mib"] > MIB):
        raise SystemExit(f"beyond the bar of {SECONDS:.0f} s and {MIB} MiB")


if __name__ == "__main__":
    main()
