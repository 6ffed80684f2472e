"""``ZHIKE_DATABASE_URL`` as Django's settings; SQLite in ZHIKE_HOME when it is not set."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

# Requests are many and small: compiling a statement or starting helpers for it costs more than it brings, and tables
# are in memory or on solid-state disks. Another ``options`` in the address replaces this, also by nothing at all,
# which a connection pooler may ask for.
_POSTGRES_OPTIONS = "-c jit=off -c max_parallel_workers_per_gather=0 -c random_page_cost=1.1"
# The same few statements come again and again: the server keeps the plans of those seen this often on a connection.
# A pooler that gives a connection to another client after each transaction cannot: ``?prepare=off`` in the address.
_PREPARED_AFTER = 5
_SQLITE_OPTIONS = {
    # Write locks are taken at the start: a deferred transaction that upgrades later fails at once when busy.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;"
    " PRAGMA temp_store=MEMORY;",
}


def database_settings(url: str, home: Path) -> dict[str, Any]:
    """Settings for ``postgresql://user:password@host:port/name`` or ``sqlite:///path``."""
    parts = urlsplit(url)
    if not url or parts.scheme == "sqlite":
        path = Path(unquote(parts.path)) if url else home / "zhike.sqlite3"
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": path, "OPTIONS": dict(_SQLITE_OPTIONS)}
    if parts.scheme not in ("postgres", "postgresql"):
        raise RuntimeError(f"ZHIKE_DATABASE_URL: {parts.scheme!r} is not supported; use postgresql:// or sqlite://")
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    prepares = query.pop("prepare", "on") != "off"
    prepared = {"server_side_binding": True, "prepare_threshold": _PREPARED_AFTER} if prepares else {}
    host = query.pop("host", None) or unquote(parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or query.pop("port", "")),
        "CONN_MAX_AGE": None,  # a reconnect costs 7 ms of database CPU per request
        "OPTIONS": {"options": _POSTGRES_OPTIONS, **prepared, **query},
    }
