from django.db import migrations

from zhike.foundation.search import storage


def install(apps, editor):
    storage.install(editor.connection)


def remove(apps, editor):
    storage.remove(editor.connection)


class Migration(migrations.Migration):
    """GIN on PostgreSQL; FTS5 and the triggers that keep it in step on SQLite."""

    dependencies = [("search", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
