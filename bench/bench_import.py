"""Import of customers with dry run, duplicate check and report: rows a second and microseconds a row for each stage.

    .venv/bin/python bench/bench_import.py [--rows 20000] [--standing 0] [--url postgresql://…]

Everything happens in a new folder with a new database (or in the empty one that ``--url`` names). The reference, taken
in the same run on the same disk, is the same rows put into a table without index or rule: ``executemany`` on SQLite,
``COPY`` on PostgreSQL. ``--standing`` customers are loaded first, against which duplicates are looked for.
"""

from __future__ import annotations

import argparse
import csv
import functools
import io
import json
import os
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

GATE_ROWS = 4_000
_FORMS = ("有限公司", "股份有限公司", "集团有限公司")
_PLACES = ("杭州", "宁波", "温州", "嘉兴", "湖州", "绍兴", "金华", "台州", "苏州", "无锡", "常州", "南通")
_TRADES = ("精密机械", "电子科技", "生物医药", "新材料", "软件", "物流", "食品", "纺织", "能源", "建筑工程")
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"


def rows(count: int, first: int) -> Iterator[list[str]]:
    """Firms, a third of persons, one row in fifty that must be rejected; numbers from ``first`` on."""
    draw = random.Random(first)
    for n in range(first, first + count):
        if n % 3 == 0:
            name = draw.choice(_SURNAMES) + "".join(chr(draw.randrange(0x4E00, 0x8000)) for _ in range(2))
            yield [f"B{n}", name, "个人", f"13{n:09d}"[:11], "", "", "老系统"]
        else:
            name = f"{draw.choice(_PLACES)}{n}{draw.choice(_TRADES)}{draw.choice(_FORMS)}"
            staff = "不详吧" if n % 50 == 1 else str(draw.randrange(5, 5000))
            yield [f"B{n}", name, "企业", f"0571-{n % 90000000 + 10000000}", staff, "2021-03-04", "老系统"]


HEAD = ["客户编号", "客户名称", "客户类型", "电话", "员工人数", "合作开始日期", "客户来源"]


class Stages:
    """Seconds by stage; the inner ones are parts of the outer ones."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - begun

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """``function``, whose time counts as ``name``."""

        @functools.wraps(function)
        def run(*given: Any, **named: Any) -> Any:
            with self.stage(name):
                return function(*given, **named)

        return run


def main() -> int:
    """Print the figures, for people and as a line of JSON."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rows", type=int, default=20_000)
    asked.add_argument("--standing", type=int, default=0)
    asked.add_argument("--url", default="")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"ZHIKE_HOME": home, "ZHIKE_ENV": "dev", "DJANGO_SETTINGS_MODULE": "zhike.config.settings"}
        os.environ["ZHIKE_DATABASE_URL"] = given.url or f"sqlite:///{home}/zhike.sqlite3"
        return measured(given.rows, given.standing)


def measured(count: int, standing: int) -> int:
    """Set up, import, report."""
    import django

    django.setup()
    from zhike.foundation.kit import schema

    schema.bring_up_to_date()
    from zhike.foundation.access.people import department_add, person_add, viewer_of
    from zhike.foundation.access.viewer import system
    from zhike.foundation.imports import piece, services, targets, work
    from zhike.foundation.imports import rows as reading
    from zhike.foundation.imports.models import Import
    from zhike.foundation.imports.plan import Plan
    from zhike.foundation.records import registry

    place = department_add(name="公司")
    viewer = viewer_of(person_add(username="bench", name="测量", post_codes=["it_team"], department=place))
    if standing:
        from zhike.customers.public import CustomerRow, customers_load

        customers_load(viewer=system("bench"), origin="sample", rows=[
            CustomerRow(row[0], "person" if row[2] == "个人" else "firm", {"name": row[1], "phone": row[3]})
            for row in rows(standing, 10_000_000)
        ])  # fmt: skip
    text = io.StringIO()
    csv.writer(text).writerows([HEAD, *rows(count, 0)])
    stages, record_type = Stages(), registry.get("customers")
    with stages.stage("read, cut, seal"):
        file = io.BytesIO(text.getvalue().encode())
        made = services.import_stage(viewer=viewer, record_type=record_type, file=file, name="bench.csv")
    columns = targets.proposed(record_type, targets.every(record_type), HEAD)
    services.import_map(viewer=viewer, uid=made.uid, plan=Plan(columns, key="number"))
    with stages.stage("dry run"):
        work.check(Import.objects.select_related("person__department").get(pk=made.pk))
    services.import_run(viewer=viewer, uid=made.uid)
    piece.drafts_of = stages.timed("  of it: cells as values", reading.drafts_of)
    piece._recognised = stages.timed("  of it: recognise", piece._recognised)
    piece._load = stages.timed("  of it: check, write, index", piece._load)
    work._keep = stages.timed("  of it: keep verdicts", work._keep)
    work._compared = stages.timed("  of it: compare with the base", work._compared)
    with stages.stage("write"):
        work.run(Import.objects.select_related("person__department").get(pk=made.pk))
    made.refresh_from_db()
    reference = _reference(count)
    return _said(count, standing, stages.seconds, reference, made)


def _reference(count: int) -> float:
    """Seconds that the same rows take without index, rule, key or audit."""
    from django.db import connection, transaction

    names = ", ".join(f"c{n} text" for n in range(len(HEAD)))
    held = [tuple(row) for row in rows(count, 0)]
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bench_plain ({names})")
        begun = time.perf_counter()
        with transaction.atomic():
            if connection.vendor == "sqlite":
                marks = ", ".join(["%s"] * len(HEAD))
                cursor.executemany(f"INSERT INTO bench_plain VALUES ({marks})", held)
            else:
                with cursor.copy("COPY bench_plain FROM STDIN") as copy:
                    for row in held:
                        copy.write_row(row)
        seconds = time.perf_counter() - begun
        cursor.execute("DROP TABLE bench_plain")
    return seconds


def _said(count: int, standing: int, seconds: dict[str, float], reference: float, made: Any) -> int:
    outer = ("read, cut, seal", "dry run", "write")
    total = sum(seconds[name] for name in outer)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{count:,} rows against {standing:,} customers; {made.counts}; agrees: {made.report.get('agrees')}")
    for name, spent in seconds.items():
        print(f"{name:32} {spent / count * 1e6:8.1f} µs a row {count / spent:10,.0f} rows/s {spent / reference:8.1f} ×")
    print(
        f"{'all of it':32} {total / count * 1e6:8.1f} µs a row {count / total:10,.0f} rows/s {total / reference:8.1f} ×"
    )
    print(f"{'reference':32} {reference / count * 1e6:8.1f} µs a row; peak {peak:,.0f} MiB")
    rate = count / seconds["write"]
    print(json.dumps({"rows": count, "standing": standing, "seconds": seconds, "reference": reference, "peak_mib": peak,
                      "write_rows_per_second": rate}))  # fmt: skip
    return 0 if made.report.get("agrees") and rate >= GATE_ROWS else 1


if __name__ == "__main__":
    raise SystemExit(main())
