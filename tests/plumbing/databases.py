"""The test database: migrated once into a template, then copied for each process of the run.

SQLite copies a file, PostgreSQL copies a database. The template is kept between runs and is named after what makes it:
the migrations, the settings and the versions of Django's applications. So a second run starts at once.
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRATCH = ROOT / ".artifacts" / "tests"
TEMPLATES_KEPT = 3


@pytest.fixture(scope="session")
def database_template(django_test_environment: None, django_db_blocker: Any) -> "Template":
    """The migrated, empty database of this tree on the server under test; made once and kept between runs."""
    from django.db import connection

    with django_db_blocker.unblock():
        connection.close()
        store = _Postgres() if connection.vendor == "postgresql" else _Sqlite()
        with _lock(connection.vendor):
            name = f"zhike_t_{_fingerprint()}"
            if not store.exists(name):
                store.build(name)
            for left_over in store.copies():
                if not _is_running(int(left_over.rpartition("_")[2])):
                    store.drop(left_over)
    return Template(store, name, connection.vendor)


class Template:
    """A migrated database, of which copies are made."""

    def __init__(self, store: "_Sqlite | _Postgres", name: str, vendor: str) -> None:
        self._store, self._name, self._vendor = store, name, vendor

    @contextmanager
    def copy(self, name: str) -> Iterator[str]:
        """A database called ``name`` for a while; what its settings call it."""
        with _lock(self._vendor):
            self._store.copy(self._name, name)
        yield self._store.address(name)
        self._store.drop(name)


@pytest.fixture(scope="session")
def django_db_setup(database_template: Template, django_db_blocker: Any) -> Iterator[None]:
    """Give this process a fresh copy of the migrated database, and take it away at the end."""
    from django.db import connection

    original = dict(connection.settings_dict)
    with database_template.copy(f"zhike_run_{os.getpid()}") as copy:
        _point_at(copy)
        yield
        with django_db_blocker.unblock():
            connection.close()
    connection.settings_dict.update(original)


def _point_at(name: str) -> None:
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = name
    connection.settings_dict.setdefault("TEST", {})["NAME"] = name


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _migrate(name: str) -> None:
    """Make the schema in the empty database called ``name``."""
    from django.db import connection

    from zhike.foundation.kit import schema

    before = connection.settings_dict["NAME"]
    _point_at(name)
    try:
        schema.bring_up_to_date()
    finally:
        connection.close()
        _point_at(before)


def _fingerprint() -> str:
    """A short name for everything that decides what an empty, migrated database holds."""
    from importlib.metadata import distributions

    from django.apps import apps

    digest = hashlib.sha256()
    for app in apps.get_app_configs():
        for path in sorted(Path(app.path).glob("migrations/*.py")):
            digest.update(str(path).encode() + path.read_bytes())
    # What a migration or a post_migrate receiver seeds comes from code, policies and settings.
    for path in sorted((ROOT / "src" / "zhike").rglob("*")):
        if path.suffix == ".toml" or path.name in {"apps.py", "models.py", "settings.py"} or "models" in path.parts:
            digest.update(path.read_bytes() if path.is_file() else b"")
    for line in sorted(f"{found.name} {found.version}" for found in distributions()):
        digest.update(line.encode())
    return digest.hexdigest()[:16]


class _Sqlite:
    def address(self, name: str) -> str:
        return str(SCRATCH / f"{name}.sqlite3")

    def exists(self, name: str) -> bool:
        return Path(self.address(name)).exists()

    def build(self, name: str) -> None:
        old = sorted(SCRATCH.glob("zhike_t_*.sqlite3"), key=lambda path: path.stat().st_mtime)
        for path in old[: -TEMPLATES_KEPT + 1]:
            path.unlink()
        unfinished = self.address(f"building_{os.getpid()}")
        _migrate(unfinished)
        _fold_log_into_file(unfinished)
        Path(unfinished).rename(self.address(name))

    def copies(self) -> list[str]:
        return [path.name.removesuffix(".sqlite3") for path in SCRATCH.glob("zhike_run_*.sqlite3")]

    def copy(self, template: str, name: str) -> None:
        shutil.copyfile(self.address(template), self.address(name))

    def drop(self, name: str) -> None:
        for path in SCRATCH.glob(f"{name}.sqlite3*"):
            path.unlink()


def _fold_log_into_file(path: str) -> None:
    """Move what stands in the write-ahead log into the database file, so that the file alone can be copied."""
    import sqlite3

    with sqlite3.connect(path) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    for rest in (f"{path}-wal", f"{path}-shm"):
        Path(rest).unlink(missing_ok=True)


class _Postgres:
    def address(self, name: str) -> str:
        return name

    def exists(self, name: str) -> bool:
        return bool(_maintenance("SELECT 1 FROM pg_database WHERE datname = %s", name))

    def build(self, name: str) -> None:
        rows = _maintenance("SELECT datname FROM pg_database WHERE datname LIKE 'zhike_t_%%' ORDER BY oid")
        for (old,) in rows[: -TEMPLATES_KEPT + 1]:
            self.drop(old)
        unfinished = f"zhike_building_{os.getpid()}"
        _maintenance(f'CREATE DATABASE "{unfinished}" TEMPLATE template0')
        _migrate(unfinished)
        _maintenance(f'ALTER DATABASE "{unfinished}" RENAME TO "{name}"')

    def copies(self) -> list[str]:
        return [name for (name,) in _maintenance("SELECT datname FROM pg_database WHERE datname LIKE 'zhike_run_%%'")]

    def copy(self, template: str, name: str) -> None:
        self.drop(name)
        _maintenance(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')

    def drop(self, name: str) -> None:
        _maintenance(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _maintenance(statement: str, *parameters: str) -> list[tuple[Any, ...]]:
    """Run one statement outside any transaction in the server's own database."""
    import psycopg
    from django.db import connection

    settings = connection.get_connection_params()
    wanted = {key: settings[key] for key in ("host", "port", "user", "password") if settings.get(key)}
    with psycopg.connect(**wanted, dbname="postgres", autocommit=True) as server:
        done = server.execute(statement, parameters)
        return done.fetchall() if done.description else []


@contextmanager
def _lock(vendor: str) -> Iterator[None]:
    """One process at a time makes or copies the template."""
    with (SCRATCH / f"{vendor}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
