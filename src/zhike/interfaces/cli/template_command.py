"""``zhike template``: which industry template is in force, and choosing one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import click

from zhike.foundation.policies.load import TEMPLATES
from zhike.interfaces.cli.project import json_option, ready, say


@click.command()
@click.argument("name", required=False, type=click.Choice(TEMPLATES))
@click.option("--reason", default="", help="Why; stands in the history and in the audit log.")
@click.option("--from", "day", type=click.DateTime(["%Y-%m-%d"]), default=None, help="First day; at once if left out.")
@click.option(
    "--replace", "replacing", multiple=True, metavar="KEY",
    help="A number set by hand that gives way to the template, e.g. segment.tiers.high_from; several times.",
)  # fmt: skip
@json_option
def template(name: str | None, reason: str, day: dt.datetime | None, replacing: Sequence[str], as_json: bool) -> None:
    """Choose the industry template NAME; without NAME say which one is in force and what each would change.

    Numbers that were set by hand are kept and listed, unless --replace names them. The console acts as the system:
    nobody has to approve.
    """
    ready()
    if name is None:
        _overview(as_json)
        return
    if not reason.strip():
        raise click.UsageError("Say why with --reason.")
    _choose(name, reason, day, replacing, as_json)


def _overview(as_json: bool) -> None:
    from zhike.foundation import policies

    now = policies.current()
    found = {code: policies.compare(code, now=now) for code in TEMPLATES}
    lines = [f"In force: {now.template or 'none, the shipped values'}"]
    lines += [f"  {code}: would change {sum(line.changes for line in held)} numbers" for code, held in found.items()]
    data = {code: {line.key: {"now": line.now, "then": line.then} for line in held} for code, held in found.items()}
    say(as_json, "\n".join(lines), template=now.template, templates=data)


def _choose(name: str, reason: str, day: dt.datetime | None, replacing: Sequence[str], as_json: bool) -> None:
    from zhike.foundation import policies
    from zhike.foundation.access.viewer import system
    from zhike.foundation.kit import clock
    from zhike.foundation.kit.refusals import Invalid

    start = clock.start_of(day.date()) if day else None
    lines = policies.compare(name, replacing=replacing)
    try:
        made = policies.template_select(
            system("zhike template"), name, reason=reason, effective_from=start, replacing=replacing
        )
    except Invalid as invalid:
        raise click.UsageError("; ".join(f"{key}: {words}" for key, words in invalid.data["fields"].items())) from None
    told = [f"{line.key}: {line.now} → {line.then}" for line in lines if line.changes]
    told += [
        f"{line.key}: {line.now} was set by hand and is kept (--replace {line.key})" for line in lines if line.is_kept
    ]
    told.append(f"Template {name} is in force from {made.effective_from:%Y-%m-%d %H:%M %Z}.")
    say(
        as_json, "\n".join(told), template=name, effective_from=made.effective_from,
        changed=[line.key for line in lines if line.changes], kept=[line.key for line in lines if line.is_kept],
    )  # fmt: skip
