"""``zhike import``: a file in with the same services as on the page, worked off at once."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from zhike.interfaces.cli.operate import find_person
from zhike.interfaces.cli.project import json_option, ready, say

UNUSABLE, REFUSED = 3, 4
_SHOWN = 10


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--type", "code", required=True, help="What the rows are: customers, contacts, orders, …")
@click.option("--as", "who", default="it_team", show_default=True, help="Login or post of whoever imports.")
@click.option("--key", default=None, help="The field by which a record is recognised; chosen if not given.")
@click.option("--on-match", type=click.Choice(["skip", "fill", "overwrite"]), default="skip", show_default=True,
              help="What to do with records that are there.")  # fmt: skip
@click.option("--map", "map_file", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=None,
              help='TOML with lines such as "Heading" = "target"; "" leaves a column out.')  # fmt: skip
@click.option("--set", "constants", multiple=True, help="TARGET=VALUE for all rows; may be given several times.")
@click.option("--dry-run", is_flag=True, help="Try everything out and write nothing.")
@click.option("--rejects", type=click.Path(dir_okay=False, path_type=Path), default=None,
              help="Where to write the rejected rows.")  # fmt: skip
@json_option
def import_file(
    file: Path, code: str, who: str, key: str | None, on_match: str, map_file: Path | None, constants: Sequence[str],
    dry_run: bool, rejects: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Bring records in from FILE (CSV or XLSX): dry run, then writing, then a report."""
    ready()
    from django.utils.translation import override

    from zhike.foundation.access.people import viewer_of
    from zhike.foundation.imports.refusals import UnusableFile
    from zhike.foundation.kit.refusals import Refusal
    from zhike.foundation.records import many, registry

    person, record_type = find_person(who), registry.find(code)
    if person is None:
        raise click.UsageError(f"Nobody has the login name or holds the post «{who}».")
    if record_type is None or record_type.importer is None:
        known = ", ".join(t.code for t in registry.every() if t.importer is not None)
        raise click.UsageError(f"Records «{code}» do not come in from files. Possible: {known}.")
    viewer = viewer_of(person, address="zhike import")
    told = tomllib.loads(map_file.read_text(encoding="utf-8")) if map_file else {}
    fixed = {name: text for name, _, text in (one.partition("=") for one in constants)}
    with override(viewer.language):
        try:
            made = _worked_off(viewer, record_type, file, told, fixed, key, on_match, dry_run)
        except Refusal as refusal:
            click.echo(many.reason_of(refusal), err=True)
            sys.exit(UNUSABLE if isinstance(refusal, UnusableFile) else REFUSED)
        _reported(viewer, made, rejects, as_json)


def _worked_off(
    viewer: Any, record_type: Any, file: Path, told: dict[str, str], fixed: dict[str, str], key: str | None,
    on_match: str, dry_run: bool,
) -> Any:  # fmt: skip
    from zhike.foundation import jobs
    from zhike.foundation.crypto.parcels import Parcels
    from zhike.foundation.imports import rights, services, targets
    from zhike.foundation.imports.models import State
    from zhike.foundation.imports.plan import Plan

    with file.open("rb") as opened:
        made = services.import_stage(viewer=viewer, record_type=record_type, file=opened, name=file.name)
    headings = Parcels(made.uid).open(made.shape or b"", "shape")["headings"]
    offered = targets.targets_for(rights.acting(viewer, record_type), record_type)
    columns = targets.proposed(record_type, offered, headings)
    for heading, target in told.items():
        if heading not in headings:
            raise click.UsageError(f"There is no column «{heading}». The file has: {', '.join(headings)}.")
        columns = {place: held for place, held in columns.items() if held != target}
        columns[headings.index(heading)] = target
    columns = {place: held for place, held in columns.items() if held and held not in fixed}
    fields = {held.partition(".")[0] for held in columns.values()}
    first = next((k.field for k in targets.importer_of(record_type).keys if k.field in fields), "")
    services.import_map(viewer=viewer, uid=made.uid, plan=Plan(columns, fixed, first if key is None else key, on_match))
    jobs.run_due()
    made.refresh_from_db()
    if made.state == State.CHECKED and not dry_run:
        services.import_run(viewer=viewer, uid=made.uid)
        jobs.run_due()
        made.refresh_from_db()
    return made


def _reported(viewer: Any, made: Any, rejects: Path | None, as_json: bool) -> None:
    from itertools import islice

    from zhike.foundation.imports import reports
    from zhike.foundation.imports.models import State

    if rejects is not None:
        with rejects.open("wb") as out:
            out.writelines(reports.reject_file(viewer, made))
    if not as_json:
        for line, _cells, why in islice(reports.rejected(made), _SHOWN):
            click.echo(f"  {line}: {why}", err=True)
    said = "\n".join(f"{label}: {text}" for label, text in reports.facts(made))
    say(as_json, said, import_uid=str(made.uid), state=made.state, counts=made.counts, report=made.report)
    if made.state == State.FAILED:
        click.echo(made.problem, err=True)
        sys.exit(REFUSED)
