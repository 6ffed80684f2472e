"""A Python of the installation that stays open, so that a test's questions do not each start Django anew."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

_LOOP = """
import contextlib, io, json, sys, traceback
import datetime as dt
import django
django.setup()
from django.apps import apps
from django.db import connection
from zhike.customers.models import *
from zhike.foundation.access.models import *
from zhike.foundation.kit import clock
from zhike.foundation.obligations.models import *
from zhike.foundation.policies import current, versions
from zhike.interfaces.cli.main import zhike
from zhike.retain.models import *
from zhike.retain.policy import ClockPolicy

for line in sys.stdin:
    asked, said, fault = json.loads(line), io.StringIO(), ""
    # What the process keeps for some seconds is read anew: a question is about this moment.
    versions.forget()
    try:
        with contextlib.redirect_stdout(said):
            if isinstance(asked, str):
                eval(f"print({asked})")
            else:
                zhike.main(args=asked, prog_name="zhike", standalone_mode=False)
    except BaseException:
        fault = traceback.format_exc()
    connection.close()
    print(json.dumps([said.getvalue(), fault]), flush=True)
"""


class Console:
    """Expressions and commands of one installation, answered one after the other."""

    def __init__(self, environment: Mapping[str, str], directory: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _LOOP],
            env={**environment, "DJANGO_SETTINGS_MODULE": "zhike.config.settings"}, cwd=directory,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def ask(self, question: str) -> str:
        """The result of an expression, as text."""
        return self._answer(question)

    def command(self, *arguments: str) -> str:
        """What ``zhike`` prints when it is called with ``arguments``."""
        return self._answer(list(arguments))

    def _answer(self, asked: str | list[str]) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        said, fault = json.loads(self._process.stdout.readline())
        assert not fault, f"{asked}: {fault}"
        return str(said).strip()

    def close(self) -> None:
        """End the process."""
        self._process.communicate(timeout=15)
