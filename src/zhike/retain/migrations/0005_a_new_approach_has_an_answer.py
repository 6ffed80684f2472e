"""What a lost customer answered when approached again; cases of before have no answer."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("retain", "0004_closed_cases_say_when_to_approach_again")]

    operations = [
        migrations.AddField(
            model_name="retentioncase",
            name="approached_at",
            field=models.DateTimeField(null=True, verbose_name="approached again"),
        ),
        migrations.AddField(
            model_name="retentioncase",
            name="approach_answer",
            field=models.CharField(
                blank=True,
                choices=[
                    ("interested", "wants to talk again"),
                    ("later", "later: approach again on a day"),
                    ("declined", "no further approach wanted"),
                ],
                default="",
                max_length=12,
                verbose_name="answer",
            ),
        ),
    ]
