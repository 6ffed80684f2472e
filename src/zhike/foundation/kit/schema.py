"""The schema of the database: made in one piece where there is none, migrated where there is one.

Migrations tell how a base that somebody works with becomes the next one. For an empty base they are a detour that takes
a minute: a hundred steps, after each of which most models are built anew. So a base without any table gets the tables
of today at once, then what the migrations do by code (triggers, the search index, first rows), and all migrations are
noted as applied. Both ways end in the same schema: ``tests/journeys/test_upgrade.py`` compares them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations import RunPython, RunSQL
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState

if TYPE_CHECKING:
    from django.db.migrations.state import StateApps


def bring_up_to_date(*, quiet: bool = True) -> None:
    """The database has the schema of this version afterwards; what was in it stays."""
    if not connection.introspection.table_names():
        _create()
    call_command("migrate", interactive=False, verbosity=0 if quiet else 1)


def _create() -> None:
    """All tables in one transaction: a process killed in the middle leaves an empty database."""
    executor = MigrationExecutor(connection)
    executor.loader.check_consistent_history(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    unread = ProjectState()  # SQL looks at no model
    with connection.schema_editor() as editor:
        editor.create_model(executor.recorder.Migration)
        for model in apps.get_models():
            if model._meta.can_migrate(connection):
                editor.create_model(model)
        for migration, _ in plan:
            for operation in migration.operations:
                if isinstance(operation, RunPython):
                    operation.code(cast("StateApps", apps), editor)
                elif isinstance(operation, RunSQL):
                    operation.database_forwards(migration.app_label, editor, unread, unread)
        noted = [executor.recorder.Migration(app=m.app_label, name=m.name) for m, _ in plan]
        executor.recorder.migration_qs.bulk_create(noted)
