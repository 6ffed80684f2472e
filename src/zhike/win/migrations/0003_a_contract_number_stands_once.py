"""Contracts that share a number get one each: the oldest keeps it, the others carry which one they are behind it."""

from django.db import migrations, models
from django.db.models import Count


def tell_apart(apps, schema_editor):
    contracts = apps.get_model("win", "Contract").objects
    shared = contracts.exclude(number="").values("number").annotate(count=Count("pk")).filter(count__gt=1)
    for number in list(shared.order_by("number").values_list("number", flat=True)):
        place = 1
        for pk in list(contracts.filter(number=number).order_by("pk").values_list("pk", flat=True)[1:]):
            place += 1
            while contracts.filter(number=behind(number, place)).exists():
                place += 1
            contracts.filter(pk=pk).update(number=behind(number, place))


def behind(number, place):
    mark = f" ({place})"
    return number[: 40 - len(mark)] + mark


class Migration(migrations.Migration):

    dependencies = [
        ("win", "0002_opportunities_and_the_way_of_a_contract"),
    ]

    operations = [
        # Going back only lifts the constraint: the numbers given here stay.
        migrations.RunPython(tell_apart, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.UniqueConstraint(condition=models.Q(("number", ""), _negated=True), fields=("number",), name="one_contract_per_number"),
        ),
    ]
