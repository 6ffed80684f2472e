"""``zhike night``: snapshot, scores, measures, proposals."""

from __future__ import annotations

import datetime as dt
import sys

import click

from zhike.interfaces.cli.project import json_option, ready, say


@click.command()
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), default=None, help="The day; yesterday by default.")
@click.option("--engine", default="duckdb", show_default=True, help="duckdb")
@json_option
def night(as_of: dt.datetime | None, engine: str, as_json: bool) -> None:
    """Do the night's work for a day. The same day again gives the same result, nothing twice."""
    if engine != "duckdb":
        raise click.UsageError(f"The engine «{engine}» is not available in this installation; use duckdb.")
    ready()
    from zhike.foundation.access.viewer import system
    from zhike.foundation.kit.refusals import Refusal
    from zhike.insight.public import night_run

    shown: set[str] = set()

    def progress(step: str, _share: float) -> None:
        if step not in shown and not as_json:
            shown.add(step)
            click.echo(f"  {step} …", err=True)

    try:
        run = night_run(viewer=system("zhike night"), as_of=as_of.date() if as_of else None, progress=progress)
    except Refusal as refusal:
        click.echo(refusal.sentence, err=True)
        sys.exit(4)
    steps = {step.name: step.counts for step in run.steps.all()}
    say(
        as_json,
        f"Night of {run.as_of}: {steps.get('scores', {}).get('customers', 0)} customers; {run.changes}",
        as_of=run.as_of,
        steps=steps,
        changes=run.changes,
        result=run.result_digest,
    )
