from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0003_newest_of_a_band"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                condition=models.Q(("email_blind__isnull", False)), fields=["email_blind"], name="customer_email"
            ),
        ),
    ]
