"""``zhike sample`` and ``zhike demo``: the sample company, and everything to look at it."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path
from typing import Any

import click

from zhike.interfaces.cli.operate import collect_static, migrate_now, require_free, run_server, secret_file
from zhike.interfaces.cli.project import json_option, ready, say

PORTAL = "portal"  # in place of a post, in the file of the logins


@click.command()
@click.option("--customers", type=click.IntRange(100, 1_000_000), default=2000, show_default=True)
@click.option("--seed", type=int, default=7, show_default=True)
@json_option
def sample(customers: int, seed: int, as_json: bool) -> None:
    """Load the sample company into an empty installation."""
    ready()
    _refuse_half()
    if _has_people():
        raise click.ClickException("This installation has people already. The sample company needs an empty one.")
    loaded = load_sample(customers, seed, quiet=as_json)
    say(as_json, f"{loaded.rows.get('customers', 0)} customers loaded.", rows=loaded.rows)


def _has_people() -> bool:
    from zhike.foundation.access.models import Person

    return Person.objects.exists()


def _refuse_half() -> None:
    """Say what to do when people of the sample are there, but not their logins, which come with all else.

    That is left by versions that did not load all at once, or when the file of the logins was taken away.
    """
    from django.conf import settings

    from zhike.foundation.access.models import Person

    if Person.objects.filter(origin="sample").exists() and not logins_path().exists():
        raise click.ClickException(
            f"Loading the sample company was interrupted, and half a company is of no use. Remove {settings.HOME}"
            " (or empty the database that ZHIKE_DATABASE_URL names) and start again."
        )


def load_sample(customers: int, seed: int, *, quiet: bool) -> Any:
    """Load the company as of today and note the first logins in ``demo-logins.tsv``."""
    from django.conf import settings
    from django.db import transaction

    from zhike.foundation.access.viewer import system
    from zhike.foundation.kit import clock
    from zhike.sample.public import sample_load

    def progress(step: str, _share: float) -> None:
        if not quiet:
            click.echo(f"  {step} …", err=True)

    # The logins are on disk before the company is: a crash in between leaves an empty installation, which loads again.
    with transaction.atomic():
        loaded = sample_load(
            viewer=system("zhike sample"), customers=customers, seed=seed, as_of=clock.today(),
            language=settings.LANGUAGE_CODE, progress=progress,
        )  # fmt: skip
        portal = portal_account(loaded.in_acceptance)
        lines = [f"{login.post}\t{login.username}\t{login.password}\t{login.name}" for login in loaded.logins]
        secret_file(logins_path(), "\n".join([*lines, *portal]) + "\n")
    return loaded


def portal_account(customers: list[int]) -> list[str]:
    """A portal account in use, of a contact whose acceptance is under way: the line that notes its login."""
    from zhike.customers.public import contact_cards, customer_uid_of, person_at
    from zhike.foundation.access.viewer import system
    from zhike.interfaces.portal.services import account_invite, link_make, password_set
    from zhike.sample.public import new_password

    viewer = system("zhike sample")
    for customer in customers:
        uid = customer_uid_of(customer)
        for card in contact_cards(customer):
            reachable = person_at(viewer, uid, card.uid).reachable
            login = reachable["email"] or reachable["phone"]
            if login:
                account, password = account_invite(viewer=viewer, customer=uid, contact=card.uid), new_password()
                password_set(token=link_make(viewer=viewer, uid=account.uid), password=password)
                return [f"{PORTAL}\t{login}\t{password}\t{card.name}"]
    return []


def logins_path() -> Path:
    """Where the first passwords of the sample company stand, readable by its owner alone."""
    from django.conf import settings

    return Path(settings.HOME) / "demo-logins.tsv"


@click.command()
@click.option("--customers", type=click.IntRange(100, 1_000_000), default=2000, show_default=True)
@click.option("--port", type=int, default=None)
@click.option("--no-serve", is_flag=True, help="Set everything up and stop before serving.")
def demo(customers: int, port: int | None, no_serve: bool) -> None:
    """Set up, load the sample company, run its nights, and serve. A second start keeps everything."""
    started = time.monotonic()
    ready()
    from django.conf import settings

    chosen = port or settings.PORT
    if not no_serve:
        require_free(chosen)
    click.echo("Preparing the database …", err=True)
    migrate_now(quiet=True)
    _refuse_half()
    if not _has_people():
        click.echo("Loading the sample company (once) …", err=True)
        load_sample(customers, 7, quiet=False)
        run_nights()
    click.echo(f"Ready after {time.monotonic() - started:.0f} s.", err=True)
    if not no_serve:
        collect_static()  # before the address is named: what follows takes a second
    click.echo(f"URL: http://localhost:{chosen}")
    for post, username, password in unused_logins():
        click.echo(f"login: {post} {username} {password}")
    for username, password in portal_logins():
        click.echo(f"portal: http://localhost:{chosen}/portal/ {username} {password}")
    if not no_serve:
        run_server(host="127.0.0.1", port=chosen, processes=2, with_worker=True)


def run_nights() -> None:
    """A night a week ago and last night, so that the pages can show what changed."""
    from zhike.foundation.access.viewer import system
    from zhike.foundation.kit import clock
    from zhike.insight.public import night_run
    from zhike.sample.public import plan_ahead

    for days in (8, 1):
        day = clock.today() - dt.timedelta(days=days)
        click.echo(f"  night of {day} …", err=True)
        night_run(viewer=system("zhike demo"), as_of=day)
    plan_ahead()


def unused_logins() -> list[tuple[str, str, str]]:
    """One login per post whose first password has not been used yet."""
    from zhike.foundation.access.models import Person

    if not logins_path().exists():
        return []
    waiting = set(Person.objects.filter(must_change_password=True).values_list("username", flat=True))
    seen: dict[str, tuple[str, str, str]] = {}
    for line in logins_path().read_text(encoding="utf-8").splitlines():
        post, username, password, _name = line.split("\t")
        if username in waiting:
            seen.setdefault(post, (post, username, password))
    return list(seen.values())


def portal_logins() -> list[tuple[str, str]]:
    """Login and password of the customer who may sign in to the portal of the sample company."""
    if not logins_path().exists():
        return []
    lines = [line.split("\t") for line in logins_path().read_text(encoding="utf-8").splitlines()]
    return [(username, password) for post, username, password, _name in lines if post == PORTAL]
