"""The database that the tests get is the one asked for, and theirs alone."""

import os
import subprocess
import sys

import pytest
from django.db import connection

from tests.plumbing import databases


@pytest.mark.django_db
def test_database_is_of_the_kind_that_the_address_names():
    address = os.environ["ZHIKE_DATABASE_URL"]

    assert connection.vendor == ("postgresql" if address.startswith("postgres") else "sqlite")


@pytest.mark.django_db
def test_database_is_a_copy_of_this_process_with_every_migration():
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)

    assert f"zhike_run_{os.getpid()}" in str(connection.settings_dict["NAME"])
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []


def test_a_process_that_ended_is_told_from_one_that_runs():
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()

    assert databases._is_running(os.getpid())
    assert not databases._is_running(ended.pid)
