"""``zhike audit`` and ``zhike keys``: what an auditor and an administrator of keys need."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

import click

from zhike.interfaces.cli.project import json_option, ready, say


@click.group()
def audit() -> None:
    """The audit log: verify its chain, export it."""


@audit.command()
@json_option
def verify(as_json: bool) -> None:
    """Check that no row was changed, removed, reordered or cut off."""
    ready()
    from zhike.foundation import audit as trail

    report = trail.verify()
    data = dataclasses.asdict(report)
    say(as_json, "\n".join(f"{key}: {value}" for key, value in data.items()), **data)
    sys.exit(0 if report.is_intact else 1)


@audit.command()
@click.argument("path", type=click.Path(path_type=Path, dir_okay=False))
@json_option
def export(path: Path, as_json: bool) -> None:
    """Write the log with its signed head to a file."""
    ready()
    from zhike.foundation import audit as trail
    from zhike.foundation.access.viewer import system
    from zhike.interfaces.cli.operate import secret_file

    secret_file(path, "")
    with path.open("w", encoding="utf-8") as target:
        count = trail.export(system("zhike audit export"), target)
    say(as_json, f"{count} entries written to {path}.", entries=count, path=path)


@click.group()
def keys() -> None:
    """The keys that lie outside the database."""


@keys.command()
@json_option
def rotate(as_json: bool) -> None:
    """Make a new master key and wrap all personal keys with it. Safe while the application runs."""
    ready()
    from zhike.foundation.crypto.rotation import rotate as wrap_anew

    count = wrap_anew().rewrapped
    say(as_json, f"A new master key is in use; {count} personal keys were wrapped again.", rewrapped=count)
