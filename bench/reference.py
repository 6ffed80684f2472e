"""What every figure is a ratio of: a constant page of 50 rows from one indexed query, on the same server.

The same WSGI server with the same number of processes, the same driver, the same database; no framework, no session,
no template, no permission. It says what the machine gives today.
"""

from __future__ import annotations

import html
import os
import threading
from collections.abc import Callable, Iterable
from typing import Any

_QUERY = (
    "SELECT uid, number, name, short_name, phone, created_at, owner_id FROM customers_customer"
    " WHERE deleted_at IS NULL ORDER BY created_at DESC, id DESC LIMIT 50"
)
_kept = threading.local()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The page, whatever is asked for."""
    body = _page(_rows()).encode()
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))])
    return [body]


def _rows() -> list[tuple[Any, ...]]:
    cursor = getattr(_kept, "cursor", None)
    if cursor is None:
        cursor = _kept.cursor = _connected()
    return list(cursor.execute(_QUERY).fetchall())


def _connected() -> Any:
    url = os.environ["ZHIKE_DATABASE_URL"]
    if url:
        import psycopg

        return psycopg.connect(url, autocommit=True).cursor()
    import sqlite3

    return sqlite3.connect(f"{os.environ['ZHIKE_HOME']}/zhike.sqlite3").cursor()


def _page(rows: list[tuple[Any, ...]]) -> str:
    lines = "".join("<tr>" + "".join(f"<td>{html.escape(str(v))}</td>" for v in row) + "</tr>" for row in rows)
    return f"<!doctype html><title>reference</title><table>{lines}</table>"
