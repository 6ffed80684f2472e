"""A drill proves a backup by the very command that an administrator would use, and leaves nothing behind."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import connection

from zhike.foundation import backup as backups
from zhike.foundation.access.viewer import system
from zhike.foundation.audit.models import Entry
from zhike.foundation.backup.tests.bases import base
from zhike.interfaces.cli.backup_commands import backup, restore
from zhike.interfaces.cli.main import main

__all__ = ["base"]


def drill(base: Any) -> None:
    done = CliRunner().invoke(backup, ["--drill", "--json"])

    assert done.exit_code == 0, done.output + str(done.exception)
    said = json.loads(done.stdout)
    assert said["drill"] == ""
    assert said["keys_not_included"] == str(base.tmp / "keys")
    assert not backups.standing().drill_is_late
    assert Entry.objects.filter(action="backup.drilled").exists()
    assert not list(base.home.glob("drill-*"))


def test_a_drill_restores_elsewhere_and_compares(base: Any) -> None:
    if connection.vendor == "postgresql":
        pytest.skip("takes a whole migration there: the slow test does it")
    drill(base)


@pytest.mark.slow
def test_a_drill_on_postgresql_uses_a_database_of_its_own(base: Any) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("the fast test does it on SQLite")
    drill(base)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname LIKE 'zhike_drill_%'")
        assert cursor.fetchone() == (0,)


def test_the_restore_says_what_it_refuses_and_what_to_do(base: Any, capsys: Any) -> None:
    made = backups.make(system("test"))
    with pytest.raises(SystemExit) as ended:
        main(["restore", str(made.path)])

    assert ended.value.code == 4
    assert "--replace" in capsys.readouterr().err


def test_a_restore_checks_what_it_put_back(base: Any) -> None:
    made = backups.make(system("test"))
    base.other(base.tmp / "elsewhere")

    done = CliRunner().invoke(restore, [str(made.path), "--json"])

    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert said["problems"] == []
    assert said["rows"] == sum(made.counts.values())
    assert said["audit_entries"] > 0
