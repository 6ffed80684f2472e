"""Running an installation: schema, self-check, web, worker, sign-in links, staff."""

from __future__ import annotations

import gc
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from zhike.interfaces.cli.project import json_option, ready, say

REFUSED = 4
_RESTART_FIRST_SECONDS, _RESTART_MOST_SECONDS = 0.5, 30.0
_RESPAWN_SECONDS = 1.0


@click.command()
@json_option
def migrate(as_json: bool) -> None:
    """Bring the database to the schema of this version."""
    ready()
    migrate_now(quiet=as_json)
    say(as_json, "The database is up to date.", migrated=True)


def migrate_now(*, quiet: bool) -> None:
    """The schema of this version, whatever stood before."""
    from zhike.foundation.kit import schema

    schema.bring_up_to_date(quiet=quiet)


@click.command()
@json_option
def check(as_json: bool) -> None:
    """Check settings, keys, database and the contracts of all declarations."""
    ready()
    problems, notes = found_problems()
    say(as_json, "\n".join([*(problems or ["Everything is in order."]), *notes]), problems=problems, notes=notes)
    sys.exit(1 if problems else 0)


def found_problems() -> tuple[list[str], list[str]]:
    """What «zhike check» finds: problems, and what goes on."""
    from django.core.checks import ERROR, run_checks
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from zhike.foundation.crypto import fingerprints
    from zhike.foundation.policies.declare import declared
    from zhike.foundation.policies.load import load_defaults

    problems = [str(found) for found in run_checks(databases=["default"]) if found.level >= ERROR]
    executor = MigrationExecutor(connection)
    pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if pending:
        problems.append(f"{len(pending)} migrations are waiting: run «zhike migrate».")
    problems += [str(found) for found in fingerprints.problems()] if not pending else []
    for policy in declared().values():
        load_defaults().get(policy)
    return problems, [] if pending else _search_notes(problems)


def _search_notes(problems: list[str]) -> list[str]:
    """What goes on with the search index; an index that nobody here can use is a problem."""
    from zhike.foundation import jobs, search

    found = search.standing()
    if found.is_newer:
        problems.append("The search index was written by a newer version: run that version.")
    elif not found.is_current:
        who = "the worker is on it" if jobs.is_worker_alive() else "start a worker: «zhike worker»"
        return [f"The search index is being rebuilt, {found.share:.0%} done: {who}."]
    return []


@click.command()
@click.option("--worker", "with_worker", is_flag=True, help="Run the worker in the same command.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=int, default=None, help="Default: ZHIKE_PORT or 8000.")
@click.option("--workers", "processes", type=int, default=2, show_default=True, help="Web processes.")
def serve(with_worker: bool, host: str, port: int | None, processes: int) -> None:
    """Serve the web application until Ctrl+C."""
    ready()
    from django.conf import settings

    run_server(host=host, port=port or settings.PORT, processes=processes, with_worker=with_worker)


def require_free(port: int) -> None:
    """Refuse a port at which something answers already: two servers there would take turns without a word."""
    with socket.socket() as caller:
        caller.settimeout(1)
        if caller.connect_ex(("127.0.0.1", port)) == 0:
            raise click.ClickException(
                f"Something answers at http://localhost:{port} already. Stop it, or choose another port with --port."
            )


def run_server(*, host: str, port: int, processes: int, with_worker: bool) -> None:
    """Start the worker if asked, then the web server; both stop together."""
    from django.db import connections

    require_free(port)
    collect_static()
    _prepare_first_day(port)
    # The web server forks. A SQLite connection that lives on in two processes tears the write-ahead log apart.
    connections.close_all()
    if not with_worker:
        _granian(host, port, processes)
        return
    keeper = _WorkerKeeper()
    keeper.start()
    try:
        _granian(host, port, processes)
    finally:
        keeper.stop()


def _prepare_first_day(port: int) -> None:
    """Make the schema in a base without any, and print the way in as long as nobody works here."""
    from django.conf import settings
    from django.db import connection

    from zhike.interfaces.web import founding

    if "django_migrations" not in connection.introspection.table_names():
        click.echo("Preparing the database …", err=True)
        migrate_now(quiet=True)
    if founding.is_open():
        click.echo("Nobody works here yet. Set it up within a day at", err=True)
        base = settings.PUBLIC_URL if port == settings.PORT else f"http://localhost:{port}"
        click.echo(f"{base}{founding.link()}")


class _WorkerKeeper(threading.Thread):
    """Runs the worker as a process of its own and starts it again when it dies: the clocks must not stand still."""

    def __init__(self) -> None:
        super().__init__(name="worker-keeper", daemon=True)
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        pause = _RESTART_FIRST_SECONDS
        while not self._stopping.is_set():
            started = time.monotonic()
            self._process = subprocess.Popen([sys.executable, "-m", "zhike.interfaces.cli.main", "worker"])
            code = self._process.wait()
            if self._stopping.is_set():
                return
            click.echo(f"The worker ended with {code}; it is started again.", err=True)
            lived = time.monotonic() - started
            pause = _RESTART_FIRST_SECONDS if lived > _RESTART_MOST_SECONDS else min(pause * 2, _RESTART_MOST_SECONDS)
            self._stopping.wait(pause)

    def stop(self) -> None:
        """End the worker, gently first."""
        self._stopping.set()
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()


def collect_static() -> None:
    """Gather and compress static files, when they changed since the last start."""
    from django.conf import settings
    from django.core.management import call_command

    if settings.ENV != "test":
        call_command("collectstatic", interactive=False, verbosity=0)


def _granian(host: str, port: int, processes: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces

    _share()
    Granian(
        "zhike.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=2,
        log_access=False,
        # A process that was killed is replaced; otherwise the server would end with it, and everybody's page with it.
        respawn_failed_workers=True,
        respawn_interval=_RESPAWN_SECONDS,
        # Ctrl+C reaches the workers twice, from the terminal and from their parent, and now and then one then hangs.
        workers_kill_timeout=5,
    ).serve()


def _share() -> None:
    """Load the application here, once: the processes that are forked from this one then share its memory."""
    from django.core.wsgi import get_wsgi_application
    from django.urls import get_resolver

    get_wsgi_application()
    for pattern in get_resolver().url_patterns:
        getattr(pattern, "url_patterns", None)
    gc.collect()
    gc.freeze()


@click.command()
def worker() -> None:
    """Run the worker: events, sealing, duties, schedules. Stops at Ctrl+C or SIGTERM."""
    ready()
    from zhike.foundation.jobs import worker as loop

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    loop.run(stop)


@click.command()
@click.argument("post_or_user")
@json_option
def login(post_or_user: str, as_json: bool) -> None:
    """Print a sign-in link for a post or a user, valid for 15 minutes."""
    ready()
    from django.conf import settings

    from zhike.interfaces.web.accounts import link_issue

    person = find_person(post_or_user)
    if person is None:
        raise click.UsageError(f"Nobody has the login name or holds the post «{post_or_user}».")
    url = f"http://localhost:{settings.PORT}{link_issue(person, reason='zhike login')}"
    say(as_json, url, url=url, user=person.username)


def find_person(post_or_user: str) -> Any:
    """The person of that login name, or the first who holds that post."""
    from zhike.foundation.access.models import Person
    from zhike.foundation.access.people import holders_of

    named = Person.objects.filter(username=post_or_user, is_active=True).first()
    return named or next(iter(holders_of(post_or_user)), None)


@click.command()
@click.argument("username")
@click.option("--name", required=True, help="The person's name as colleagues know it.")
@click.option("--post", "post_codes", multiple=True, required=True, help="Post code; may be given several times.")
@click.option("--department", default=None, help="Name of an existing department.")
@json_option
def user(username: str, name: str, post_codes: Sequence[str], department: str | None, as_json: bool) -> None:
    """Add a member of staff; sign in the first time with «zhike login USERNAME»."""
    ready()
    from zhike.foundation.access.models import Department
    from zhike.foundation.access.people import person_add
    from zhike.foundation.access.viewer import system

    place = Department.objects.filter(name=department).first() if department else None
    if department and place is None:
        raise click.UsageError(f"There is no department «{department}».")
    try:
        person = person_add(
            username=username, name=name, post_codes=post_codes, department=place, viewer=system("zhike user")
        )
    except ValueError as unknown:
        raise click.UsageError(str(unknown)) from unknown
    say(as_json, f"Added {person.name}. Next: zhike login {username}", username=username)


def secret_file(path: Path, text: str) -> None:
    """Write a file that only its owner may read."""
    import os

    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
