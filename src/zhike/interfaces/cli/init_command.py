"""``zhike init``: the first set-up, by questions or by options."""

from __future__ import annotations

from pathlib import Path

import click

from zhike.foundation.policies.load import TEMPLATES
from zhike.interfaces.cli.operate import REFUSED, migrate_now
from zhike.interfaces.cli.project import json_option, ready, say

_UNUSABLE = 3
_SHORT = {"zh": "zh-hans", "en": "en"}


@click.command()
@click.option("--company", default=None, help="Name of the enterprise.")
@click.option("--language", type=click.Choice(list(_SHORT)), default=None, help="Of the first administrator.")
@click.option("--template", "template_name", type=click.Choice([*TEMPLATES, "none"]), default=None)
@click.option("--username", default=None, help="Login name of the first administrator.")
@click.option("--name", default=None, help="Name of the first administrator.")
@click.option(
    "--departments", type=click.Path(path_type=Path, exists=True, dir_okay=False), default=None,
    help="XLSX, CSV or text: one department a line, or the columns department and parent.",
)  # fmt: skip
@json_option
def init(
    company: str | None, language: str | None, template_name: str | None, username: str | None, name: str | None,
    departments: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Set up an empty installation: schema, keys, company, industry template, first administrator.

    Asks for what no option says; with --json it asks for nothing. Ends with a sign-in link for the administrator.
    """
    ready()
    migrate_now(quiet=True)
    from zhike.foundation.crypto import keys
    from zhike.interfaces.web import founding
    from zhike.interfaces.web.accounts import link_issue
    from zhike.interfaces.web.chart_files import Unreadable, from_file

    if not founding.is_open():
        click.echo("This installation has been set up. Add people with «zhike user».", err=True)
        raise SystemExit(REFUSED)
    try:
        branches = from_file(departments.name, departments.read_bytes()) if departments else []
    except Unreadable as fault:
        click.echo(f"{departments}: {': '.join(fault.args)}", err=True)
        raise SystemExit(_UNUSABLE) from fault
    asks = not as_json
    chosen = _asked("template", template_name, "none", asks, click.Choice([*TEMPLATES, "none"]))
    given = founding.Founding(
        company=_asked("company", company, None, asks),
        language=_SHORT[_asked("language", language, "zh", asks, click.Choice(list(_SHORT)))],
        template="" if chosen == "none" else chosen,
        username=_asked("username", username, "admin", asks),
        name=_asked("name", name, None, asks),
        branches=branches,
    )
    person = founding.found(given)
    link = _address(link_issue(person, reason="zhike init"))
    text = (
        f"{given.company} is set up with {len(branches)} departments; {person.name} is IT and management.\n"
        f"The keys are in {keys.folder()}: keep a copy of that folder elsewhere, apart from backups.\n"
        f"Next: zhike serve --worker, then sign in within 15 minutes (later: zhike login {person.username})\n{link}"
    )
    say(as_json, text, company=given.company, user=person.username, url=link, departments=len(branches),
        template=given.template, keys=keys.folder())  # fmt: skip


def _asked(what: str, said: str | None, default: str | None, asks: bool, kind: click.Choice[str] | None = None) -> str:
    """What an option said, else what the person at the console says; never a question to a machine."""
    words = {
        "company": "Name of the enterprise", "language": "Language", "template": "Industry template",
        "username": "Login name of the first administrator", "name": "Name of the first administrator",
    }  # fmt: skip
    if said is not None:
        return said
    if asks:
        answer: str = click.prompt(words[what], default=default, type=kind)
        return answer
    if default is None:
        raise click.UsageError(f"Say --{what}: with --json nothing is asked.")
    return default


def _address(path: str) -> str:
    from django.conf import settings

    return f"{settings.PUBLIC_URL}{path}"
