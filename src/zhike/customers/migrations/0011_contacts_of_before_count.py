"""When customers of before were last contacted, from their timelines: a piece at a time, each in its own transaction."""

from typing import Any

from django.db import migrations
from django.db.models import Max, OuterRef, Subquery

PIECE = 2_000


def fill(apps: Any, schema_editor: Any) -> None:
    states = apps.get_model("customers", "CustomerState").objects
    entries = apps.get_model("customers", "TimelineEntry").objects
    latest = entries.filter(customer=OuterRef("pk"), is_contact=True).order_by().values("customer")
    when = Subquery(latest.annotate(last=Max("at")).values("last"))
    last = 0
    while chosen := list(states.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:PIECE]):
        states.filter(pk__gt=last, pk__lte=chosen[-1]).update(last_contact_at=when)
        last = chosen[-1]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("customers", "0010_customers_say_when_they_were_last_contacted")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
