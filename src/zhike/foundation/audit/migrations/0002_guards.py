from django.db import migrations

from zhike.foundation.audit import guards


def install(apps, editor):
    guards.install(editor.connection)


def remove(apps, editor):
    guards.remove(editor.connection)


class Migration(migrations.Migration):
    """The triggers that make the log append-only and queue each entry for the sealer."""

    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
