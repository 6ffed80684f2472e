from django.db import migrations, models

import zhike.foundation.kit.clock


def note_form(apps, editor):
    """An index with documents is of a build that noted no form: it is written anew. An empty one is in form."""
    documents = apps.get_model("search", "SearchDocument").objects.exists()
    apps.get_model("search", "SearchIndex").objects.create(pk=1, form=0 if documents else 1)


class Migration(migrations.Migration):
    dependencies = [("search", "0002_index")]
    operations = [
        migrations.CreateModel(
            name="SearchIndex",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("form", models.PositiveIntegerField()),
                ("target", models.PositiveIntegerField(default=0)),
                ("kind", models.CharField(blank=True, default="", max_length=40)),
                ("done_up_to", models.BigIntegerField(default=0)),
                ("done", models.BigIntegerField(default=0)),
                ("total", models.BigIntegerField(default=0)),
                ("updated_at", models.DateTimeField(default=zhike.foundation.kit.clock.now)),
            ],
            options={"db_table": "search_index"},
        ),
        migrations.RunPython(note_form, migrations.RunPython.noop),
    ]
