"""Customers with a custom field of each kind: the generated cases, and what only such fields can get wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from zhike.customers.models import Customer
from zhike.customers.tests.custom import administrator, firm_of
from zhike.customers.tests.test_records import a_person
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import viewer_of
from zhike.foundation.audit.models import Entry
from zhike.foundation.records.custom import services
from zhike.foundation.records.custom.models import CustomField
from zhike.foundation.records.declare import Kind
from zhike.foundation.records.testing import cases, problems_in, signed_in, staff, text_of
from zhike.foundation.records.testing.browser import NOBODY
from zhike.foundation.records.testing.custom import ENTRY, add, one_of_each

TYPED = {
    "x_nickname": "岚山老客户",
    "x_site_notes": "门卫要登记\n二楼",
    "x_seats": "120",
    "x_utilisation": "73.5",
    "x_deposit": "5000.50",
    "x_renewal_day": "2026-12-31",
    "x_renewal_cycle": "yearly",
}


class TestCustomersWithCustomFields(
    cases(
        "customers",
        make=a_person,
        allowed="customer_manager",
        denied="it_team",
        create={"kind": "firm", "name": "杭州岚山精密有限公司", **TYPED},
        change={"x_seats": "150", "x_renewal_cycle": "monthly", "x_renewal_day": "2027-01-31", "x_nickname": "岚山"},
    )  # type: ignore[misc]
):
    """Everything that holds for declared fields."""

    @pytest.fixture(autouse=True)
    def fields(self, db: None) -> None:
        one_of_each("customers")


@pytest.mark.requirement("DATA-01", proof="user")
def test_an_added_field_is_in_form_page_list_filter_search_file_and_api_at_once(owner: Person) -> None:
    client = signed_in(owner)
    client.get("/customers/")
    one_of_each("customers")

    firm = firm_of(owner, **TYPED)
    client.post("/customers/new/", {"kind": "firm", "name": "宁波海澜贸易有限公司", "x_renewal_cycle": "monthly"})
    client.post("/customers/columns/", {"columns": ["x_renewal_cycle", "x_deposit", "x_parent_firm"]})
    where = {"where": "all(x_renewal_cycle.is(yearly), x_seats.at_least(100), x_renewal_day.after(2026-12-01))"}
    listed = text_of(client.get("/customers/", where))
    page = text_of(client.get(f"/customers/{firm.uid}/"))

    assert "Renewal cycle" in listed
    assert "Yearly" in listed
    assert "岚山精密" in listed
    assert "海澜" not in listed
    for shown in ("Custom fields", "岚山老客户", "120", "73.50 %", "2026-12-31", "Yearly"):
        assert shown in page, shown
    assert "岚山精密" in text_of(client.get("/customers/", {"q": "老客户"}))
    assert "岚山精密" in text_of(client.get("/customers/", {"x_renewal_cycle": "yearly"}))
    assert ",年付," in text_of(_in_chinese(owner).get("/customers/export.csv", where))
    assert client.get("/api/v1/customers", where).json()["items"][0]["custom"] == {
        "x_nickname": "岚山老客户",
        "x_site_notes": "门卫要登记\n二楼",
        "x_seats": 120,
        "x_utilisation": 73.5,
        "x_deposit": {"minor": 500_050, "currency": "CNY"},
        "x_renewal_day": "2026-12-31",
        "x_renewal_cycle": "yearly",
        "x_consultant": None,
        "x_parent_firm": None,
    }


def _in_chinese(person: Person) -> Client:
    client = signed_in(person)
    client.post("/shell/language/", {"language": "zh-hans"})
    return client


def test_people_and_other_records_are_picked_shown_and_filtered(owner: Person, fields: dict[str, CustomField]) -> None:
    client = signed_in(owner)
    parent = firm_of(owner)
    child = client.post(
        "/customers/new/",
        {"kind": "firm", "name": "岚山子公司", "x_parent_firm": str(parent.uid), "x_consultant": str(owner.uid)},
    )
    assert child.status_code == 302, problems_in(child)
    client.post("/customers/columns/", {"columns": ["x_parent_firm", "x_consultant"]})

    listed = text_of(client.get("/customers/", {"where": "all(x_parent_firm.contains(精密), x_consultant.is(me))"}))
    others = text_of(client.get("/customers/", {"where": "all(x_parent_firm.lacks(精密))"}))

    assert "岚山子公司" in listed
    assert f'href="/customers/{parent.uid}/"' in listed
    assert "岚山子公司" not in others
    assert "杭州岚山精密" in others
    nobody = client.post("/customers/new/", {"kind": "firm", "name": "甲", "x_parent_firm": NOBODY})
    assert nobody.status_code == 422
    assert "x_parent_firm" in nobody.context["form"].errors


def test_another_record_outside_the_reach_cannot_be_named(owner: Person, fields: dict[str, CustomField]) -> None:
    foreign = firm_of(staff("customer_manager"))
    body = {"kind": "firm", "name": "甲", "custom": {"x_parent_firm": str(foreign.uid)}}

    answer = signed_in(owner).post("/api/v1/customers", body, content_type="application/json")

    assert answer.status_code == 422
    assert "x_parent_firm" in answer.json()["fields"]


def test_the_log_has_both_values_of_each_change(owner: Person, fields: dict[str, CustomField]) -> None:
    firm = firm_of(owner, x_seats="120", x_renewal_day="2026-12-31")

    answer = signed_in(owner).patch(
        f"/api/v1/customers/{firm.uid}",
        {"version": 1, "custom": {"x_seats": 150, "x_renewal_day": None}},
        content_type="application/json",
    )

    assert answer.status_code == 200, text_of(answer)
    assert answer.json()["version"] == 2
    noted = Entry.objects.filter(action="records.custom_changed").latest("id")
    assert json.loads(noted.before) == {"x_seats": 120, "x_renewal_day": "2026-12-31"}
    assert json.loads(noted.after) == {"x_seats": 150, "x_renewal_day": None}


WRONG = [
    ({"x_nickname": "长" * 201}, "x_nickname"),
    ({"x_nickname": 5}, "x_nickname"),
    ({"x_seats": "many"}, "x_seats"),
    ({"x_seats": 1.5}, "x_seats"),
    ({"x_seats": 10**30}, "x_seats"),
    ({"x_deposit": 1.5}, "x_deposit"),
    ({"x_deposit": {"minor": 1, "currency": "USD"}}, "x_deposit"),
    ({"x_renewal_day": "2026-02-30"}, "x_renewal_day"),
    ({"x_renewal_cycle": "weekly"}, "x_renewal_cycle"),
    ({"x_consultant": NOBODY}, "x_consultant"),
    ({"x_nothing_like_it": 1}, "x_nothing_like_it"),
    ([], "custom"),
    ({"name": "乙"}, "custom"),
]


@pytest.mark.parametrize(("custom", "named"), WRONG)
def test_a_wrong_value_is_named_and_nothing_is_written(
    custom: Any, named: str, owner: Person, fields: dict[str, CustomField]
) -> None:
    firm = firm_of(owner, x_seats="120")
    body = {"version": 1, "short_name": "新", "custom": custom}

    answer = signed_in(owner).patch(f"/api/v1/customers/{firm.uid}", body, content_type="application/json")

    assert answer.status_code == 422, text_of(answer)
    assert list(answer.json()["fields"]) == [named]
    firm.refresh_from_db()
    assert (firm.version, firm.short_name) == (1, "")


def test_a_program_sends_custom_fields_in_their_own_object_only(owner: Person, fields: dict[str, CustomField]) -> None:
    firm = firm_of(owner)

    flat = signed_in(owner).patch(
        f"/api/v1/customers/{firm.uid}", {"version": 1, "x_seats": 5}, content_type="application/json"
    )

    assert flat.status_code == 422
    assert "x_seats" in flat.json()["fields"]


def test_what_is_retired_while_the_form_is_open_is_said_and_saving_again_goes_on(
    owner: Person, fields: dict[str, CustomField]
) -> None:
    client, firm = signed_in(owner), firm_of(owner, x_seats="120")
    typed = {"kind": "firm", "name": firm.name, "version": "1", "x_seats": "150", "short_name": "岚山"}
    assert client.get(f"/customers/{firm.uid}/edit/").status_code == 200
    services.field_retire(viewer=administrator(), uid=fields["x_seats"].uid, version=1)

    refused = client.post(f"/customers/{firm.uid}/edit/", typed)
    again = client.post(f"/customers/{firm.uid}/edit/", {k: v for k, v in typed.items() if k != "x_seats"})

    assert refused.status_code == 422
    assert "Meanwhile the field “Seats” was taken out of use." in text_of(refused)
    assert "岚山" in text_of(refused)
    assert again.status_code == 302, problems_in(again)
    program = client.patch(
        f"/api/v1/customers/{firm.uid}", {"version": 2, "custom": {"x_seats": 5}}, content_type="application/json"
    )
    assert program.status_code == 422


def test_a_retired_field_is_nowhere_and_comes_back_with_its_values(
    owner: Person, fields: dict[str, CustomField]
) -> None:
    client, firm = signed_in(owner), firm_of(owner, x_seats="120")
    client.post("/customers/columns/", {"columns": ["x_seats", "tier"]})
    services.field_retire(viewer=administrator(), uid=fields["x_seats"].uid, version=1)

    listed = text_of(client.get("/customers/"))
    filtered = client.get("/customers/", {"where": "all(x_seats.at_least(1))"})
    gone = client.get(f"/api/v1/customers/{firm.uid}").json()["custom"]
    services.field_return(viewer=administrator(), uid=fields["x_seats"].uid, version=2)

    assert "Seats" not in listed
    assert filtered.status_code == 200
    assert "There is no field “x_seats” to filter by." in text_of(filtered)
    assert "x_seats" not in gone
    assert client.get(f"/api/v1/customers/{firm.uid}").json()["custom"]["x_seats"] == 120


def test_a_choice_that_is_no_longer_offered_stays_where_it_stands(
    owner: Person, fields: dict[str, CustomField]
) -> None:
    client, firm = signed_in(owner), firm_of(owner, x_renewal_cycle="yearly")
    cycle = fields["x_renewal_cycle"]
    past = [{**one, "is_past": one["code"] == "yearly"} for one in cycle.choices]
    given = {"title_zh": "续约周期", "title_en": "Renewal cycle", **ENTRY, "choices": past}
    services.field_change(viewer=administrator(), uid=cycle.uid, version=1, **given)

    form = client.get(f"/customers/{firm.uid}/edit/").context["form"]
    new = client.get("/customers/new/").context["form"]
    chosen = client.post("/customers/new/", {"kind": "firm", "name": "乙", "x_renewal_cycle": "yearly"})

    assert "yearly" in dict(form.fields["x_renewal_cycle"].choices)
    assert "yearly" not in dict(new.fields["x_renewal_cycle"].choices)
    assert chosen.status_code == 422
    assert "Yearly" in text_of(client.get(f"/customers/{firm.uid}/"))
    assert firm.name in text_of(client.get("/customers/", {"where": "all(x_renewal_cycle.is(yearly))"}))


def test_a_required_field_is_asked_of_people_and_programs(owner: Person) -> None:
    add("customers", Kind.TEXT, "门牌", "Door", is_required=True)
    client = signed_in(owner)

    drawer = client.post("/customers/new/", {"kind": "firm", "name": "甲"})
    program = client.post("/api/v1/customers", {"kind": "firm", "name": "甲"}, content_type="application/json")

    assert "x_door" in drawer.context["form"].errors
    assert "x_door" in program.json()["fields"]
    assert not Customer.objects.exists()


def test_a_field_for_the_full_view_is_withheld_from_who_sees_the_basics(owner: Person) -> None:
    add("customers", Kind.MONEY, "底价", "Floor price", level="full")
    firm = firm_of(owner, x_floor_price="100")
    assert firm.custom is not None
    clerk = staff("support_engineer")
    assert not viewer_of(clerk).may(Area.PROFILE, Level.FULL)

    seen = signed_in(clerk).get(f"/api/v1/customers/{firm.uid}")
    asked = signed_in(clerk).get("/api/v1/customers", {"where": "all(x_floor_price.at_least(1))"})

    assert seen.status_code == 200, text_of(seen)
    assert seen.json()["custom"] == {}
    assert "x_floor_price" in seen.json()["withheld"]
    assert asked.status_code == 422


def test_a_record_comes_back_from_the_bin_with_its_values(owner: Person, fields: dict[str, CustomField]) -> None:
    client, firm = signed_in(owner), firm_of(owner, x_seats="120")

    client.post(f"/customers/{firm.uid}/delete/")
    client.post(f"/customers/{firm.uid}/restore/")

    assert client.get(f"/api/v1/customers/{firm.uid}").json()["custom"]["x_seats"] == 120


def test_what_is_renamed_or_moved_is_so_on_the_next_page(owner: Person, fields: dict[str, CustomField]) -> None:
    client, firm = signed_in(owner), firm_of(owner, **TYPED)
    before = text_of(client.get(f"/customers/{firm.uid}/"))
    viewer, seats = administrator(), fields["x_seats"]
    services.field_change(
        viewer=viewer, uid=seats.uid, version=1, title_zh="工位", title_en="Desks", unit="个", **ENTRY
    )
    services.field_move(viewer=viewer, uid=seats.uid, step=-1)

    page = text_of(client.get(f"/customers/{firm.uid}/"))

    assert "Desks" in page
    assert "120 个" in page
    assert before.index("Site notes") < before.index("Seats")
    assert page.index("Desks") < page.index("Site notes")
