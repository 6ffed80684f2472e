"""``zhike mcp``: an assistant reads and acts with a person's own rights, over standard input and output."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor

import click

from zhike.interfaces.cli.project import ready

REFUSED = 4


@click.command()
def mcp() -> None:
    """Serve the Model Context Protocol on standard input and output, with the API token in ZHIKE_TOKEN."""
    token = os.environ.get("ZHIKE_TOKEN", "").strip()
    if not token:
        raise click.UsageError("Set ZHIKE_TOKEN to an API token: menu, Sign-in and security, Tokens for programs.")
    ready()
    from zhike.interfaces.mcp.calls import Refused
    from zhike.interfaces.mcp.server import Assistant, serve

    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="assistant") as pool:
        assistant = pool.submit(Assistant, token).result()
        try:
            name = pool.submit(assistant.greet).result()
        except Refused as refused:
            click.echo(f"zhike: {refused}", err=True)
            sys.exit(REFUSED)
        click.echo(f"zhike: ready for an assistant of {name}.", err=True)
        serve(assistant, pool)
