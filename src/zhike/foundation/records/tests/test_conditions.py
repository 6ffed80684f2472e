"""The filter builder as people and programs use it: groups, relative dates, people and departments."""

from __future__ import annotations

import datetime as dt

import pytest
from django.http import QueryDict
from django.test import Client

from zhike.customers.models import Customer, CustomerState
from zhike.customers.services.customer import customer_create
from zhike.foundation.access.models import Department, Person, Team
from zhike.foundation.access.people import rights_changed, viewer_of
from zhike.foundation.kit import clock
from zhike.foundation.records import names
from zhike.foundation.records.testing import signed_in, staff, text_of

pytestmark = pytest.mark.django_db
BUILDER = "/customers/conditions/"


@pytest.fixture
def manager() -> Person:
    return staff("customer_manager")


@pytest.fixture
def client(manager: Person) -> Client:
    return signed_in(manager)


def firm(owner: Person, name: str, **more: str) -> Customer:
    return customer_create(viewer=viewer_of(owner), kind="firm", name=name, **more)


def found(client: Client, where: str, more: str = "") -> set[str]:
    response = client.get("/api/v1/customers", QueryDict(f"{more}").dict() | {"where": where})
    assert response.status_code == 200, response.content
    return {item["name"] for item in response.json()["items"]}


@pytest.mark.requirement("DATA-01", proof="user")
def test_a_customer_manager_puts_conditions_together_without_scripts(client: Client, manager: Person) -> None:
    """Each button is a round trip: choose a field, fill it in, add a group, apply; the list and its chips follow."""
    firm(manager, "杭州岚山精密有限公司")
    firm(manager, "宁波海纳物流有限公司")
    firm(manager, "苏州青禾电子有限公司")

    begun = client.post(BUILDER, {"n": "0", "j.0": "any", "new.0": "name", "do": "add:0", "question": ""})
    filled = {"n": ["0", "0.0"], "j.0": "any", "f.0.0": "name", "o.0.0": "contains", "v.0.0": "岚山"}
    grown = client.post(BUILDER, filled | {"new.0": "name", "do": "add:0", "question": "kind=firm"})
    more = filled | {"n": ["0", "0.0", "0.1"], "f.0.1": "name", "o.0.1": "starts", "v.0.1": "宁波"}
    applied = client.post(BUILDER, more | {"do": "apply", "question": "kind=firm"})
    page = client.get(applied["Location"])

    assert 'name="f.0.0" value="name"' in text_of(begun)
    assert 'value="岚山"' in text_of(grown)
    assert applied.status_code == 302
    assert dict(QueryDict(applied["Location"].partition("?")[2]).items()) == {
        "kind": "firm", "where": "any(name.contains(岚山), name.starts(宁波))",
    }  # fmt: skip
    assert "岚山精密" in text_of(page)
    assert "海纳物流" in text_of(page)
    assert "青禾电子" not in text_of(page)
    chips = [chip["words"] for chip in page.context["chips"]]
    assert "名称 包含 “岚山” 或 名称 开头是 “宁波”" in chips
    without = client.get("/customers/" + next(c["url"] for c in page.context["chips"] if "岚山" in c["words"]))
    assert "青禾电子" in text_of(without)


def test_a_condition_left_unfilled_is_said_beside_it_and_nothing_typed_is_lost(client: Client) -> None:
    sent = {"n": ["0", "0.0", "0.1"], "j.0": "all", "f.0.0": "name", "o.0.0": "contains", "v.0.0": "岚山",
            "f.0.1": "created_at", "o.0.1": "between", "v.0.1": ["2026-01-01", ""], "do": "apply"}  # fmt: skip

    page = client.post(BUILDER, sent)

    assert page.status_code == 422
    assert page.context["top"].parts[1].problem
    assert not page.context["top"].parts[0].problem
    assert 'value="岚山"' in text_of(page)
    assert 'value="2026-01-01"' in text_of(page)


def test_the_inputs_follow_the_operator_and_removing_takes_one_row(client: Client) -> None:
    sent = {"n": ["0", "0.0", "0.1"], "j.0": "all", "f.0.0": "created_at", "o.0.0": "this", "v.0.0": ["30", "days"],
            "f.0.1": "name", "o.0.1": "is", "v.0.1": "x"}  # fmt: skip

    drawn = client.post(BUILDER, sent).context["top"]
    left = client.post(BUILDER, sent | {"do": "drop:0.0"}).context["top"]

    assert (drawn.parts[0].inputs, drawn.parts[0].values) == ("calendar", ("month",))
    assert [part.key for part in left.parts] == ["name"]


def test_relative_dates_move_with_the_day(client: Client, manager: Person) -> None:
    ages = {"今天有限公司": 0, "三十天有限公司": 30, "三十一天有限公司": 31, "两年有限公司": 731}
    for name, days in ages.items():
        made = firm(manager, name)
        Customer.objects.filter(pk=made.pk).update(created_at=clock.start_of(clock.today() - dt.timedelta(days=days)))

    assert found(client, "created_at.last(30, days)") == {"今天有限公司", "三十天有限公司"}
    assert found(client, "created_at.ago(30, days)") == {"三十一天有限公司", "两年有限公司"}
    assert found(client, "created_at.this(year)") >= {"今天有限公司"}
    assert "两年有限公司" not in found(client, "created_at.this(year)")


def test_is_not_finds_also_those_without_a_value(client: Client, manager: Person) -> None:
    first, second = firm(manager, "高价值有限公司"), firm(manager, "未分级有限公司")
    CustomerState.objects.filter(pk=first.pk).update(tier="high")
    CustomerState.objects.filter(pk=second.pk).update(tier="")

    assert found(client, "tier.is(high)") == {"高价值有限公司"}
    assert found(client, "tier.is_not(high)") == {"未分级有限公司"}
    assert found(client, "tier.empty()") == {"未分级有限公司"}
    assert found(client, "all(tier.filled())") == {"高价值有限公司"}


def test_groups_within_groups_and_quick_filters_together(client: Client, manager: Person) -> None:
    for name, region in (("甲一有限公司", "east"), ("甲二有限公司", "north"), ("乙一有限公司", "east")):
        made = firm(manager, name)
        Customer.objects.filter(pk=made.pk).update(source=region)

    where = "all(name.contains(有限), any(name.starts(乙), all(name.starts(甲), source.is(north))))"

    assert found(client, where, "kind=firm") == {"甲二有限公司", "乙一有限公司"}
    assert found(client, where, "kind=person") == set()


def test_me_my_team_and_my_department_are_those_of_the_viewer() -> None:
    top = Department.objects.create(name="总部", depth=0)
    sales = Department.objects.create(name="华东", parent=top, depth=1)
    below = Department.objects.create(name="杭州", parent=sales, depth=2)
    lead, mate, under, stranger = (staff("customer_specialist") for _n in range(4))
    Person.objects.filter(pk__in=[lead.pk, mate.pk]).update(department=sales)
    Person.objects.filter(pk=under.pk).update(department=below)
    team = Team.objects.create(name="搭档")
    team.members.set([lead, stranger])
    rights_changed([lead.pk, mate.pk, under.pk, stranger.pk])
    names.forget()
    for person, name in ((lead, "我的"), (mate, "同事的"), (under, "下级的"), (stranger, "外人的")):
        made = firm(person, f"{name}有限公司")
        department = Person.objects.get(pk=person.pk).department_id
        Customer.objects.filter(pk=made.pk).update(owner=person, department=department)
    client = signed_in(Person.objects.get(pk=lead.pk))

    assert found(client, "owner.is(me)") == {"我的有限公司"}
    assert found(client, "owner.is(my_team)") == {"我的有限公司", "外人的有限公司"}
    assert found(client, "owner.is(my_department)") == {"我的有限公司", "同事的有限公司", "下级的有限公司"}
    assert found(client, "department.is(mine)") == {"我的有限公司", "同事的有限公司"}
    assert found(client, f"department.below({top.uid})") == {"我的有限公司", "同事的有限公司", "下级的有限公司"}
    assert found(client, f"department.below({below.uid})") == {"下级的有限公司"}


def test_a_total_about_me_is_not_anothers() -> None:
    first, second = staff("customer_specialist"), staff("customer_specialist")
    made = firm(first, "计数有限公司")
    Customer.objects.filter(pk=made.pk).update(owner=first)

    for person, count in ((first, "1"), (second, "0")):
        for question in ("owner=me", "where=owner.is(me)"):
            body = signed_in(person).get(f"/api/v1/customers?total=1&{question}").json()
            assert body["total"]["count"] == int(count), (person, question)


@pytest.mark.parametrize("where", [
    "nonsense", "all(", "name.like(x)", "password.is(x)", "tier.is(golden)", "owner.is(nobody)", "created_at.last(30)",
    "created_at.last(0, days)", "created_at.last(9999, years)", "created_at.is(yesterday)", "any()", "name.is()",
    "staff_count.over(1e99)", "id_number.is(1)", "department.below(x)", 'name.contains("")', "prefers_custom.is(1)",
])  # fmt: skip
def test_nonsense_is_a_sentence_on_the_page_and_a_refusal_to_programs(client: Client, where: str) -> None:
    page = client.get("/customers/", {"where": where})
    answer = client.get("/api/v1/customers", {"where": where})

    assert page.status_code == 200
    assert page.context["asked"].problems["where"]
    assert answer.status_code == 422
    assert answer.json()["fields"]["where"]
    assert client.get(BUILDER, {"where": where}).status_code == 200


def test_fields_that_the_posts_do_not_include_cannot_be_asked_about() -> None:
    client = signed_in(staff("customer_specialist"))

    assert client.get("/api/v1/customers", {"where": "health.over(50)"}).status_code == 422
    assert "health" not in {key for key, _label in client.get(BUILDER).context["fields"]}
    assert "id_number" not in {key for key, _label in client.get(BUILDER).context["fields"]}


def test_an_export_holds_what_the_conditions_find(client: Client, manager: Person) -> None:
    firm(manager, "留下有限公司")
    firm(manager, "离开有限公司")

    file = text_of(client.get("/customers/export.csv", {"where": "name.contains(留下)"}))

    assert "留下有限公司" in file
    assert "离开有限公司" not in file
