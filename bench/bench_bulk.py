"""A change of ten thousand customers: the preview, the click, the work behind it, the taking back; the same by the API.

    .venv/bin/python bench/bench_bulk.py [--only pg:100000] [--rows 10000]

On a database of bench/load.py. Preview and click go through the real server, as the person does them; the work of the
worker runs in this process by the worker's own functions. The reference, in the same run on the same database, is as
many bare UPDATEs of one column, a transaction each: what no rule, right, audit or event could undercut.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
import urllib.parse
from pathlib import Path
from typing import Any
from uuid import UUID

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench import cluster, harness, load  # noqa: E402
from bench.harness import Client  # noqa: E402

DATABASES = ("pg:100000", "sqlite:200000", "pg:10000")
POST = "service_representative"  # sees all and may change what it sees
REFERENCE = "reference: bare UPDATEs"
FORM = "application/x-www-form-urlencoded"


def main() -> None:
    """Command line of this file."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--only", choices=DATABASES, default="pg:100000")
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--run", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.run:
        _one(asked.only, asked.rows)
        return
    kind, count = asked.only.split(":")
    environment = load.ready(int(count), sqlite=kind == "sqlite")
    command = [sys.executable, __file__, "--run", "--only", asked.only, "--rows", str(asked.rows)]
    raise SystemExit(subprocess.run(command, env={**os.environ, **environment}, check=False).returncode)


def _one(database: str, rows: int) -> None:
    import django

    django.setup()
    from zhike.foundation.access.people import viewer_of

    kind, count = database.split(":")
    told: dict[str, float] = {}
    with harness.application(load.environment(int(count), sqlite=kind == "sqlite")) as server:
        person, client = _person(server)
        viewer, question = viewer_of(person), _question(rows)
        found = _found(viewer, question)
        _timed(told, REFERENCE, lambda: _bare_updates(found))
        for name, what, answers in (
            ("one field", "field:source", {"source": f"bench {int(time.time())}"}),
            ("another owner", "action:reassign", {"owner": _another()}),
        ):
            form = {"question": question, "whole": "1", "operation": what, **answers}
            token = _step(client, told, f"{name}: preview", {**form, "do": "preview"})
            _step(client, told, f"{name}: click", {**form, "do": "run", "token": token})
            _worked(told, f"{name}: work", token)
        _taken_back(told, viewer, token)
    _by_api(told, viewer, found)
    _say(database, len(found), told)


def _person(server: Any) -> tuple[Any, Client]:
    from bench.bench_lists import _session
    from zhike.foundation.access.people import holders_of

    person = next(iter(holders_of(POST)))
    cookies = _session(person)
    return person, Client(server.port, cookies, {"X-CSRFToken": cookies["csrftoken"], "Accept-Language": "en"})


def _question(rows: int) -> str:
    """A filter by region whose list is just within ``rows``."""
    from django.db.models import Count

    from zhike.customers.models import Customer

    chosen: list[tuple[str, str]] = []
    count = 0
    for group in Customer.objects.exclude(region="").values("region").annotate(n=Count("pk")).order_by("-n"):
        if count + group["n"] <= rows:
            chosen.append(("region", group["region"]))
            count += group["n"]
    return urllib.parse.urlencode(chosen)


def _found(viewer: Any, question: str) -> list[UUID]:
    from django.http import QueryDict

    from zhike.foundation.records import many, query
    from zhike.foundation.records.registry import get

    return many.uids_of(viewer, get("customers"), query.parse(viewer, get("customers"), QueryDict(question)))


def _another() -> str:
    from zhike.foundation.access.people import holders_of

    return str(next(iter(holders_of("sales_specialist"))).uid)


def _timed(told: dict[str, float], name: str, do: Any) -> Any:
    started = time.perf_counter()
    made = do()
    told[name] = time.perf_counter() - started
    print(f"{name:32} {told[name]:8.2f} s", file=sys.stderr, flush=True)
    return made


def _bare_updates(found: list[UUID]) -> None:
    from zhike.customers.models import Customer

    for uid in found:
        Customer.objects.filter(uid=uid).update(source="")


def _step(client: Client, told: dict[str, float], name: str, form: dict[str, str]) -> str:
    """One POST of the page; the token of the change that it made or offers."""
    body = urllib.parse.urlencode(form).encode()
    status, answer = _timed(
        told, name, lambda: client.ask("/customers/many/", method="POST", body=body, Content_Type=FORM)
    )
    if status not in (200, 302):
        raise SystemExit(f"{name}: {status} {answer[:2000]!r}")
    if status == 302:
        return form["token"]
    token = re.search(rb'name="token" value="([^"]+)"', answer)
    if token is None:
        raise SystemExit(f"{name}: no preview came back: {answer[:2000]!r}")
    return token[1].decode()


def _worked(told: dict[str, float], name: str, uid: str) -> None:
    from zhike.foundation.records import many

    counts = _timed(told, name, lambda: many.resume(uid, iter))
    if counts["refused"]:
        raise SystemExit(f"{name}: {counts}")


def _taken_back(told: dict[str, float], viewer: Any, token: str) -> None:
    from django.http import QueryDict

    from zhike.foundation.kit import ids
    from zhike.foundation.records import many, operations, undo
    from zhike.foundation.records.registry import get

    kind = get("customers")
    operation = operations.taking_back(viewer, kind, UUID(token))
    uids = undo.uids_of(undo.change_of_many(viewer, kind, UUID(token)))
    made = _timed(
        told, "taken back: click", lambda: many.begin(viewer, kind, operation, uids, QueryDict(""), ids.uid())
    )
    _worked(told, "taken back: work", str(made.uid))


def _by_api(told: dict[str, float], viewer: Any, found: list[UUID]) -> None:
    """One call of POST /api/v1/customers/bulk with a new value for each; its work by the functions of the worker."""
    from zhike.foundation.imports import services, work
    from zhike.foundation.imports.models import Import
    from zhike.foundation.imports.plan import Plan
    from zhike.foundation.imports.targets import UID
    from zhike.foundation.records.registry import get

    rows = [{UID: str(uid), "source": f"bench {n}"} for n, uid in enumerate(found)]
    sent = len(json.dumps(rows))
    made = _timed(
        told, "API bulk: call",
        lambda: services.import_rows(
            viewer=viewer, record_type=get("customers"), rows=rows,
            plan=Plan({}, key=UID, on_match="overwrite", writes=True),
            size_bytes=sent, sha256="",
        ),
    )  # fmt: skip

    def whole() -> None:
        work.check(Import.objects.select_related("person__department").get(pk=made.pk))
        work.run(Import.objects.select_related("person__department").get(pk=made.pk))

    _timed(told, "API bulk: work", whole)
    made.refresh_from_db()
    print(f"API bulk: {made.state}", file=sys.stderr)


def _say(database: str, rows: int, told: dict[str, float]) -> None:
    base = told[REFERENCE]
    lines = [f"### {database}, {rows:,} customers, load {os.getloadavg()[0]:.1f}", "",
             "| step | s | rows/s | × reference |", "|---|--:|--:|--:|"]  # fmt: skip
    lines += [f"| {n} | {s:.2f} | {rows / s if s else 0:,.0f} | {s / base:.2f} |" for n, s in told.items()]
    text = "\n".join(lines)
    (cluster.FOLDER / f"bulk-{database.replace(':', '-')}.md").write_text(text)
    print(text, flush=True)


if __name__ == "__main__":
    main()
