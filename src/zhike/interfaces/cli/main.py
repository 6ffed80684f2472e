"""``zhike``: one command, whose parts are loaded only when they are called."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from zhike import __version__

# name → (module, attribute, one line for `zhike --help`). A new command is a new line here.
COMMANDS: dict[str, tuple[str, str, str]] = {
    "try": ("try_command", "try_files", "Spreadsheets in, reports out; no server, no database."),
    "demo": ("sample_commands", "demo", "The sample company, ready to sign in."),
    "init": ("init_command", "init", "First set-up: company, language, template, keys, first administrator."),
    "migrate": ("operate", "migrate", "Bring the database to the schema of this version."),
    "check": ("operate", "check", "Check settings, keys, database and declarations."),
    "serve": ("operate", "serve", "Serve the web application."),
    "worker": ("operate", "worker", "Run reactions, jobs and clocks."),
    "night": ("night_command", "night", "Do the night's work for a day."),
    "login": ("operate", "login", "Print a sign-in link valid for 15 minutes."),
    "user": ("operate", "user", "The staff who may sign in."),
    "import": ("import_command", "import_file", "Bring records in from a file."),
    "mcp": ("mcp_command", "mcp", "Let an assistant read and act with a person's own rights."),
    "template": ("template_command", "template", "Choose the industry template."),
    "sample": ("sample_commands", "sample", "Load the sample company."),
    "audit": ("trust_commands", "audit", "Verify or export the audit log."),
    "keys": ("trust_commands", "keys", "The keys that lie outside the database."),
    "backup": ("backup_commands", "backup", "Everything but the keys into one encrypted file."),
    "restore": ("backup_commands", "restore", "Put a backup back."),
    "requirements": ("requirements_command", "requirements", "Row by row: which tests prove it."),
}
PACKAGE = "zhike.interfaces.cli"
FAILED, REFUSED = 1, 4


class Lazy(click.Group):
    """A group that knows its commands by name and imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute, _ = COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(f"{PACKAGE}.{module}"), attribute)
        command.name = cmd_name
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, _, line) in COMMANDS.items()])


@click.group(cls=Lazy)
@click.version_option(__version__, prog_name="zhike")
def zhike() -> None:
    """Zhike 知客: win, know, serve, grow and keep customers."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line. Exit codes: 0 done, 2 wrong use, 3 unusable input, 4 refused, 1 anything else."""
    try:
        zhike.main(args=arguments, prog_name="zhike")
    except Exception as fault:
        if os.environ.get("ZHIKE_DEBUG"):
            raise
        from zhike.foundation.kit.refusals import Refusal

        if isinstance(fault, Refusal):
            from zhike.foundation.ui import refusals

            print(f"zhike: {refusals.sentence(fault)}", file=sys.stderr)
            sys.exit(REFUSED)
        print(f"zhike: {type(fault).__name__}: {fault}", file=sys.stderr)
        sys.exit(FAILED)


if __name__ == "__main__":
    main()
