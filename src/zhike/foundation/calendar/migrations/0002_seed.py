"""The calendar of China: years whose notice was checked are confirmed, the one after them is not."""

from django.db import migrations

from zhike.foundation.calendar.seeding import SOURCE, VERIFIED_YEARS, published


def seed(apps, schema_editor):
    years = apps.get_model("calendar", "CalendarYear")
    days = apps.get_model("calendar", "CalendarDay")
    for year in (*VERIFIED_YEARS, max(VERIFIED_YEARS) + 1):
        is_verified = year in VERIFIED_YEARS
        years.objects.create(year=year, confirmed=is_verified, source=SOURCE if is_verified else "")
        days.objects.bulk_create(
            days(date=named.date, is_workday=named.is_workday, label=named.label, confirmed=is_verified)
            for named in published(year)
        )


class Migration(migrations.Migration):
    dependencies = [("calendar", "0001_initial")]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
