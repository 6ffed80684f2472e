"""Custom fields in files that come in, in changes of many, and among many records."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.db.models import F

from zhike.customers.models import Customer
from zhike.customers.tests.custom import administrator, firm_of
from zhike.foundation import jobs, policies
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import viewer_of
from zhike.foundation.imports.tests.drive import brought, checked, proposal, reasons, reverted, written
from zhike.foundation.records.custom import indexes, known, services
from zhike.foundation.records.custom.models import CustomField
from zhike.foundation.records.testing import signed_in, staff, text_of

FILE = (
    "客户类型,名称,续约周期,席位数,利用率,押金,续约日,合同昵称,上级单位: 编号,实施顾问\n"
    "企业,甲机械厂,年付,120,73.5,5000.50,2026-12-31,老甲,{number},{person}\n"
    "企业,乙机械厂,周付,120,1,1,2026-12-31,老乙,,\n"
    "企业,丙机械厂,月付,许多,1,1,2026-12-31,老丙,,\n"
    "企业,丁机械厂,,,,,,,,\n"
)


def test_a_file_brings_custom_values_in_after_a_dry_run_and_they_agree(
    owner: Person, fields: dict[str, CustomField]
) -> None:
    parent, viewer = firm_of(owner), viewer_of(owner)
    made = brought(viewer, "customers", FILE.format(number=parent.number, person=owner.name))
    columns = dict(proposal(viewer, made))

    tried = checked(viewer, made, columns=columns)

    assert set(columns.values()) >= {f"x_{key}" for key in ("renewal_cycle", "seats", "deposit", "nickname")}
    assert Customer.objects.count() == 1
    assert (tried.counts["new"], tried.counts["rejected"]) == (2, 2), reasons(tried)
    done = written(viewer, tried)
    assert done.report["agrees"], done.report
    got = signed_in(owner).get("/api/v1/customers", {"where": "all(x_seats.is(120))"}).json()["items"]
    assert [one["name"] for one in got] == ["甲机械厂"]
    assert got[0]["custom"] == {
        "x_nickname": "老甲", "x_site_notes": None, "x_seats": 120, "x_utilisation": 73.5,
        "x_deposit": {"minor": 500_050, "currency": "CNY"}, "x_renewal_day": "2026-12-31",
        "x_renewal_cycle": "yearly", "x_consultant": {"uid": str(owner.uid), "name": owner.name},
        "x_parent_firm": {"uid": str(parent.uid), "name": parent.name},
    }  # fmt: skip
    assert "甲机械厂" in text_of(signed_in(owner).get("/customers/", {"q": "老甲"}))


def test_a_file_changes_custom_values_of_records_that_stand_and_is_taken_back(
    owner: Person, fields: dict[str, CustomField]
) -> None:
    firm, viewer = firm_of(owner, x_seats="120", x_renewal_day="2026-12-31"), viewer_of(owner)
    made = brought(viewer, "customers", f"编号,客户类型,名称,席位数\n{firm.number},企业,{firm.name},150\n")

    done = written(viewer, checked(viewer, made, key="number", on_match="overwrite"))
    after = Customer.objects.get(pk=firm.pk).custom
    reverted(viewer, done)

    assert done.report["agrees"], done.report
    seats, day = (f"f{fields[key].pk}" for key in ("x_seats", "x_renewal_day"))
    assert after == {seats: 150, day: "2026-12-31"}
    assert Customer.objects.get(pk=firm.pk).custom == {seats: 120, day: "2026-12-31"}


def test_many_are_changed_at_once_and_the_change_is_taken_back(owner: Person, fields: dict[str, CustomField]) -> None:
    client = signed_in(owner)
    firm = firm_of(owner, x_renewal_cycle="monthly")
    sent = {"uid": str(firm.uid), "operation": "field:x_renewal_cycle", "x_renewal_cycle": "yearly"}

    tried = client.post("/customers/many/", {**sent, "do": "preview"})
    done = client.post("/customers/many/", {**sent, "do": "run", "token": tried.context["token"]})
    after = client.get(f"/api/v1/customers/{firm.uid}").json()["custom"]["x_renewal_cycle"]
    client.post(f"{done['Location']}undo/", {"do": "run"})

    assert "Monthly" in text_of(tried)
    assert after == "yearly"
    assert client.get(done["Location"]).context["counts"] == {"waiting": 0, "done": 1, "refused": 0}


@pytest.mark.django_db(transaction=True)
def test_among_many_records_a_field_is_asked_only_with_its_index(owner: Person, fields: dict[str, CustomField]) -> None:
    client, seats = signed_in(owner), fields["x_seats"]
    few, many = firm_of(owner, x_seats="5"), firm_of(owner, x_seats="150", accept_duplicate="1")
    policies.change(viewer_of(staff("management")), "records.custom_fields.unindexed_rows_max", 1, reason="few")
    known.forget_counts()
    questions = ({"where": "all(x_seats.at_least(10))"}, {"sort": "-x_seats"}, {"x_seats__from": "10"})

    refused = [client.get("/api/v1/customers", question) for question in questions]
    page = text_of(client.get("/customers/", questions[0]))
    services.field_index(viewer=administrator(), uid=seats.uid, version=1, is_wanted=True)
    waiting = client.get("/api/v1/customers", questions[0]).status_code
    jobs.run_due()

    assert [answer.status_code for answer in refused] == [422, 422, 422]
    assert "“Seats” has no index yet, and there are more than 1 records." in page
    assert waiting == 422
    assert indexes.found_in_database() == {f"custom_value_{seats.pk}": True}
    found = [client.get("/api/v1/customers", question).json()["items"] for question in questions]
    assert [[one["uid"] for one in items] for items in found] == [
        [str(many.uid)], [str(many.uid), str(few.uid)], [str(many.uid)],
    ]  # fmt: skip
    assert f"custom_value_{seats.pk}" in _plan_of(seats)
    services.field_index(viewer=administrator(), uid=seats.uid, version=2, is_wanted=False)
    jobs.run_due()
    assert indexes.found_in_database() == {}


def _plan_of(field: CustomField) -> str:
    """How the database would walk a list in the order of the field, were there more than two rows."""
    value = F(f"custom__i{field.pk}")
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        ordered = Customer.objects.order_by(value.desc(nulls_last=True), F("pk").desc())
        return ordered.values_list("pk")[:50].explain()


@pytest.mark.django_db(transaction=True)
def test_an_index_that_was_lost_is_built_again_and_goes_with_its_field(fields: dict[str, CustomField]) -> None:
    seats = fields["x_seats"]
    services.field_index(viewer=administrator(), uid=seats.uid, version=1, is_wanted=True)
    indexes.settle()
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX custom_value_{seats.pk}")

    again = indexes.settle()

    assert again == {"built": 1, "removed": 0}
    assert indexes.settle() == {"built": 0, "removed": 0}
    assert indexes.found_in_database() == {f"custom_value_{seats.pk}": True}
    services.field_retire(viewer=administrator(), uid=seats.uid, version=2)
    assert indexes.settle() == {"built": 0, "removed": 1}
    assert indexes.found_in_database() == {}
