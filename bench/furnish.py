"""What an enterprise adds to a loaded database: custom fields with values, columns chosen, records shared for a time.

The gates of the lists hold with them, too: ``bench/bench_lists.py --furnished``.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from zhike.foundation.access import scope
from zhike.foundation.access.models import Department, Person, PostHolding, Share
from zhike.foundation.access.viewer import system
from zhike.foundation.records.declare import Kind

SHARES = 200  # records open to one person, and as many to a post and to a department
FIELDS: dict[str, dict[str, Any]] = {
    "Visits a year": {"kind": Kind.NUMBER, "title_zh": "每年拜访次数", "indexed": True},
    "Contract form": {
        "kind": Kind.CHOICE, "title_zh": "合同形式",
        "choices": [{"zh": "框架合同", "en": "Frame"}, {"zh": "单次合同", "en": "Single"}],
    },
    "Delivery note": {"kind": Kind.TEXT, "title_zh": "交付说明"},
    "Credit line": {"kind": Kind.MONEY, "title_zh": "授信额度"},
    "Account number": {"kind": Kind.TEXT, "title_zh": "银行账号", "is_sensitive": True, "basis": "contract"},
}  # fmt: skip


def furnish() -> dict[str, str]:
    """Add what is missing; the public names of the fields by their English title."""
    from zhike.foundation.records.custom import indexes, services
    from zhike.foundation.records.custom.models import CustomField

    if not CustomField.objects.filter(code="customers").exists():
        made = {}
        for title, given in FIELDS.items():
            asked = {"level": "basic", "purpose": "contract", "basis": "none", "retention": "record", **given}
            asked.pop("indexed", None)
            made[title] = services.field_add(viewer=system("bench"), code="customers", title_en=title, **asked)
        _values(made)
        CustomField.objects.filter(pk__in=[made[t].pk for t, g in FIELDS.items() if g.get("indexed")]).update(
            is_index_wanted=True
        )
        indexes.settle()
        _analyse()
    if not Share.objects.exists():
        _shares()
    return dict(CustomField.objects.filter(code="customers").values_list("title_en", "key"))


def _values(made: dict[str, Any]) -> None:
    """Six customers in ten have all five; the masked text of an account, and the mark by which it is found."""
    from django.db import connection

    visits, form, note, credit, account = (made[title].pk for title in FIELDS)
    codes = [choice["code"] for choice in made["Contract form"].choices]
    is_sqlite = connection.vendor == "sqlite"
    build = "json_object" if is_sqlite else "jsonb_build_object"
    mark = "hex(id * 7919)" if is_sqlite else "upper(to_hex(id * 7919))"
    text = "%s" if is_sqlite else "%s::text"  # PostgreSQL does not guess the type within a JSON object
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE customers_customer SET custom = {build}('f{visits}', id * 31 %% 97,"
            f" 'f{form}', CASE WHEN id %% 3 = 0 THEN {text} ELSE {text} END, 'f{note}', {text},"
            f" 'f{credit}', id * 1009 %% 50000000, 'f{account}', {text}, 'b{account}', {mark}) WHERE id %% 10 < 6",
            [*codes, "送货前一日电话确认，卸货须有叉车", "6222****0000"],
        )


def _analyse() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE customers_customer" if connection.vendor == "postgresql" else "ANALYZE")


def _shares() -> None:
    """To each salesperson of one's own scope, to their post, and to the department of a sales lead."""
    from zhike.customers.models import Customer

    sellers = list(PostHolding.objects.filter(post="sales_specialist").values_list("person", flat=True))
    giver = Person.objects.filter(pk__in=PostHolding.objects.filter(post="management").values("person")).first()
    leads = PostHolding.objects.filter(post="sales_lead").values("person")
    places = Department.objects.filter(pk__in=Person.objects.filter(pk__in=leads).values("department"))
    receivers = [{"person_id": one} for one in sellers] + [{"post": "sales_specialist"}]
    receivers += [{"department": place} for place in places]
    until = dt.datetime.now().astimezone().date() + dt.timedelta(days=60)
    for number, receiver in enumerate(receivers):
        # Every second customer of a stretch, another stretch for each receiver.
        rows = Customer.objects.order_by("pk").filter(pk__gt=number * SHARES * 3)[: SHARES * 2 : 2]
        Share.objects.bulk_create(
            Share(
                kind=scope.kind_of(Customer), object_id=row.pk, object_uid=row.uid, customer_id=row.pk, until=until,
                reason="supports the project", shared_by=giver, is_full=number % 2 == 0, **receiver,
            )
            for row in rows
        )  # fmt: skip
