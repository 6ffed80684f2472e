"""Puts the figures of the last runs into docs/reference/performance.md, between its markers.

.venv/bin/python bench/report.py
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench import cluster  # noqa: E402
from bench.bench_lists import WHOLE, reached, table  # noqa: E402
from bench.harness import Figure  # noqa: E402

PAGE = ROOT / "docs" / "reference" / "performance.md"
BEGIN, END = "<!-- figures of bench/bench_lists.py -->", "<!-- end of figures -->"


def main() -> None:
    """Rewrite the figures; the words around them stay."""
    runs = [json.loads(path.read_text()) for path in map(_path, WHOLE) if path.exists()]
    before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    parts = [table(run) for run in runs] + [_growth(runs), _missed(runs)]
    PAGE.write_text(f"{before}{BEGIN}\n\n" + "\n\n".join(filter(None, parts)) + f"\n\n{END}{after}", encoding="utf-8")


def _path(database: str) -> Path:
    return cluster.FOLDER / f"lists-{database.replace(':', '-')}.json"


def _growth(runs: list[dict[str, Any]]) -> str:
    """How much dearer a million is than a hundred thousand, by the ratio to the reference of the same run."""
    by_name = {run["database"]: {f["name"]: Figure(**f) for f in run["figures"]} for run in runs}
    if not {"pg:100000", "pg:1000000"} <= by_name.keys():
        return ""
    small, large = by_name["pg:100000"], by_name["pg:1000000"]
    grown = {name: large[name].processor / small[name].processor for name in small if name in large}
    lists = {name: ratio for name, ratio in grown.items() if "export" not in name and "reference" not in name}
    most = sorted(lists.items(), key=lambda pair: -pair[1])[:8]
    middle = sorted(lists.values())[len(lists) // 2]
    lines = [
        "### Growth from 100,000 to 1,000,000", "",
        f"Processor time of application and database together, ratio: median ×{middle:.2f}. The largest:", "",
        *(f"- {name}: ×{ratio:.2f}" for name, ratio in most),
    ]  # fmt: skip
    return "\n".join(lines)


def _missed(runs: list[dict[str, Any]]) -> str:
    """What does not reach its gate."""
    missed = [
        f"- {run['database']}: {one.name}, {one.p50:.1f} ms (CPU {one.processor:.1f} ms)"
        for run in runs
        for one in (Figure(**figure) for figure in run["figures"])
        if reached(one, run["pace"]) == "missed"
    ]
    return "\n".join(["### Missed gates", "", *(missed or ["None in these runs."])])


if __name__ == "__main__":
    main()
