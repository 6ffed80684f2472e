"""Bringing Django up for a command, and saying what a command has to say."""

from __future__ import annotations

import json
import os
from typing import Any

import click


def ready() -> None:
    """Load the settings and the applications. Commands that need no database never call this."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhike.config.settings")
    import django

    django.setup()


def say(as_json: bool, text: str, **data: Any) -> None:
    """One line for people, or one JSON object for machines."""
    click.echo(json.dumps(data, ensure_ascii=False, default=str) if as_json else text)


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
