"""``zhike backup`` and ``zhike restore``: one encrypted file out, and back; with a drill that proves it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import click

from zhike.interfaces.cli.project import json_option, ready, say

_KEYS = (
    "The keys are not in it: keep a copy of %s somewhere else, and apart from the backups.\n"
    "Without them nobody reads the backup, you included."
)


@click.command()
@click.option(
    "--out", type=click.Path(path_type=Path), default=None, help="File or folder. Default: ZHIKE_HOME/backups."
)
@click.option("--keep", type=click.IntRange(1, 10_000), default=None, help="Keep only so many newest in that folder.")
@click.option("--drill", is_flag=True, help="Then restore it into a scratch place and compare.")
@click.option("--scratch-url", default=None, help="For the drill: an empty PostgreSQL database to use.")
@json_option
def backup(out: Path | None, keep: int | None, drill: bool, scratch_url: str | None, as_json: bool) -> None:
    """Write database, files and the head of the audit log to one encrypted file. Nothing has to stop for it."""
    ready()
    from zhike.foundation import backup as backups
    from zhike.foundation.access.viewer import system
    from zhike.foundation.crypto import keys

    made = backups.make(system("zhike backup"), out, keep=keep or 0)
    said: dict[str, Any] = {
        "path": made.path, "bytes": made.size_bytes, "sha256": made.digest, "rows": sum(made.counts.values()),
        "files": made.file_count, "seconds": made.seconds, "keys_not_included": keys.folder(),
    }  # fmt: skip
    if not as_json:
        click.echo(f"{made.path}: {said['rows']} rows, {made.file_count} files, {made.size_bytes / 1e6:.1f} MB")
        click.echo(_KEYS % keys.folder(), err=True)
    if drill:
        said["drill"] = _drilled(made.path, made.counts, scratch_url)
    text = "" if not drill else f"Drill: {said['drill'] or 'restored elsewhere, everything is there.'}"
    if as_json or text:
        say(as_json, text, **said)
    sys.exit(1 if said.get("drill") else 0)


@click.command()
@click.argument("path", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--into", type=click.Path(path_type=Path, file_okay=False), default=None, help="Another ZHIKE_HOME.")
@click.option("--database-url", default=None, help="With --into: another ZHIKE_DATABASE_URL; default SQLite there.")
@click.option("--replace", is_flag=True, help="Put it in the place of what is here; that is kept beside it.")
@json_option
def restore(path: Path, into: Path | None, database_url: str | None, replace: bool, as_json: bool) -> None:
    """Put a backup into an empty installation, check it, and say what to do next."""
    if into is None and database_url is not None:
        raise click.UsageError("--database-url goes with --into: it names the database of that other home.")
    if into is not None:
        _go_elsewhere(into, database_url)
    ready()
    from zhike.foundation import audit
    from zhike.foundation import backup as backups
    from zhike.foundation.access.viewer import system
    from zhike.interfaces.cli.operate import found_problems

    def progress(step: str) -> None:
        if not as_json:
            click.echo(f"  {step} …", err=True)

    done = backups.restore(system("zhike restore"), path, replace=replace, progress=progress)
    problems, notes = found_problems()
    report = audit.verify()
    if not report.is_intact:
        problems.append(f"The audit log is not intact: {report.problem_count} problems; see «zhike audit verify».")
    lines = [f"{sum(done.counts.values())} rows and {done.file_count} files of Zhike {done.version} are back."]
    lines += [f"What was here before is kept as {done.kept}."] if done.kept else []
    lines += [f"{done.erased_again} persons who were erased since were erased again."] if done.erased_again else []
    lines += problems or ["Checked: settings, keys, schema and the audit log are in order. Next: zhike serve --worker"]
    say(
        as_json, "\n".join([*lines, *notes]), rows=sum(done.counts.values()), counts=done.counts,
        files=done.file_count, version=done.version, kept=done.kept, erased_again=done.erased_again,
        problems=problems, audit_entries=report.checked,
    )  # fmt: skip
    sys.exit(1 if problems else 0)


def _go_elsewhere(into: Path, database_url: str | None) -> None:
    """Work in another home with the keys of this one."""
    here = Path(os.environ.get("ZHIKE_HOME", "var")).resolve()
    os.environ.setdefault("ZHIKE_KEY_DIR", str(here / "keys"))
    os.environ["ZHIKE_KEY_DIR"] = str(Path(os.environ["ZHIKE_KEY_DIR"]).resolve())
    os.environ["ZHIKE_HOME"] = str(into.resolve())
    os.environ["ZHIKE_DATABASE_URL"] = database_url or ""


def _drilled(path: Path, counts: dict[str, int], scratch_url: str | None) -> str:
    """Restore into a scratch place by the command that an administrator would use; returns what was wrong."""
    from django.conf import settings

    from zhike.foundation.access.viewer import system
    from zhike.foundation.backup.newest import drilled

    with tempfile.TemporaryDirectory(prefix="drill-", dir=settings.HOME) as place, _scratch(scratch_url) as url:
        problem = _compared(path, Path(place), url, counts)
    drilled(system("zhike backup --drill"), path, problem)
    return problem


def _compared(path: Path, place: Path, url: str, counts: dict[str, int]) -> str:
    from django.conf import settings

    command = [sys.executable, "-m", "zhike.interfaces.cli.main", "restore", str(path), "--into", str(place), "--json"]
    command += ["--database-url", url] if url else []
    environment = {**os.environ, "ZHIKE_KEY_DIR": str(settings.KEY_DIR)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)  # noqa: S603 - our own command
    try:
        said = json.loads(done.stdout)
    except ValueError:
        return done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "the restore ended without an answer"
    if said["problems"]:
        return "; ".join(said["problems"])
    differing = [table for table, count in counts.items() if said["counts"].get(table) != count]
    return f"different counts in {', '.join(differing)}" if differing else ""


@contextmanager
def _scratch(given: str | None) -> Iterator[str]:
    """The address of an empty database for the drill: none for SQLite, a database of the same server else."""
    from django.db import connection

    if connection.vendor != "postgresql" or given:
        yield given or ""
        return
    name = f"zhike_drill_{os.getpid()}"
    with _server() as server:
        try:
            server.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        except Exception as fault:
            raise click.ClickException(
                f"No scratch database can be made here ({fault}). Name an empty one with --scratch-url."
            ) from fault
    try:
        yield urlunsplit(urlsplit(os.environ["ZHIKE_DATABASE_URL"])._replace(path=f"/{name}"))
    finally:
        with _server() as server:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def _server() -> Iterator[Any]:
    import psycopg
    from django.db import connection

    wanted = connection.get_connection_params()
    kept = {key: wanted[key] for key in ("host", "port", "user", "password", "dbname") if wanted.get(key)}
    with psycopg.connect(**kept, autocommit=True) as server:
        yield server
