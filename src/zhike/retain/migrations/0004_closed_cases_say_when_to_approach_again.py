"""Cases that ended before: no contact is owed any more, and lost customers get their day."""

import datetime as dt

from django.db import migrations

from zhike.foundation.kit import clock

_COOLING_DAYS = 180  # as shipped when these cases ended
_CHUNK = 1000


def _forwards(apps, schema_editor):
    case = apps.get_model("retain", "RetentionCase")
    case.objects.filter(closed_at__isnull=False, contact_due_at__isnull=False).update(contact_due_at=None)
    lost = case.objects.filter(state__in=["lost", "archived"], closed_at__isnull=False, recontact_on=None)
    for rows in _chunks(lost.only("pk", "closed_at")):
        for row in rows:
            row.recontact_on = clock.local(row.closed_at).date() + dt.timedelta(days=_COOLING_DAYS)
        case.objects.bulk_update(rows, ["recontact_on"])


def _backwards(apps, schema_editor):
    """The time of the contact stands on the warning, too."""
    case, warning = apps.get_model("retain", "RetentionCase"), apps.get_model("retain", "Warning")
    for rows in _chunks(case.objects.filter(closed_at__isnull=False, contact_due_at=None).only("pk")):
        kept = warning.objects.filter(case__in=[row.pk for row in rows], contact_due_at__isnull=False).order_by("pk")
        due = dict(kept.values_list("case", "contact_due_at"))
        for row in rows:
            row.contact_due_at = due.get(row.pk)
        case.objects.bulk_update(rows, ["contact_due_at"])


def _chunks(rows):
    last = 0
    while found := list(rows.filter(pk__gt=last).order_by("pk")[:_CHUNK]):
        last = found[-1].pk
        yield found


class Migration(migrations.Migration):
    dependencies = [("retain", "0003_a_lost_customer_may_be_approached_again")]

    operations = [migrations.RunPython(_forwards, _backwards)]
