from django.db import migrations, models


def go_on(apps, schema_editor):
    """New numbers come after those of what was loaded before."""
    series = apps.get_model("customers", "NumberSeries").objects
    for name, model in (("ticket", "Ticket"), ("complaint", "Complaint")):
        count = apps.get_model("serve", model).objects.count()
        held, _ = series.get_or_create(name=name)
        if held.next <= count:
            series.filter(name=name).update(next=count + 1)


class Migration(migrations.Migration):
    dependencies = [
        ("serve", "0003_what_is_open_is_not_closed"),
        ("customers", "0003_newest_of_a_band"),
    ]

    operations = [
        migrations.AddField(
            model_name="complaint",
            name="promise_hours",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="complaint",
            name="state",
            field=models.CharField(
                choices=[
                    ("received", "taken in"),
                    ("dispatched", "dispatched"),
                    ("investigated", "investigated"),
                    ("resolved", "solution ready"),
                    ("answered", "answered"),
                    ("accepted", "accepted by the customer"),
                    ("closed", "closed"),
                    ("called_back", "called back"),
                ],
                default="received",
                max_length=12,
                verbose_name="state",
            ),
        ),
        migrations.RunPython(go_on, migrations.RunPython.noop),
    ]
