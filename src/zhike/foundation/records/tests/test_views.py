"""Saved views as people use them: whose they are, how they look, in which order, and which one opens first."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from zhike.customers.services.customer import customer_create
from zhike.foundation.access.models import Department, Person
from zhike.foundation.access.people import rights_changed, viewer_of
from zhike.foundation.audit.models import Entry
from zhike.foundation.records.models import SavedView
from zhike.foundation.records.testing import signed_in, staff, text_of

pytestmark = pytest.mark.django_db
VIEWS = "/customers/views/"


@pytest.fixture
def manager() -> Person:
    return staff("customer_manager")


@pytest.fixture
def client(manager: Person) -> Client:
    return signed_in(manager)


def tabs_of(client: Client, address: str = "/customers/?view=all") -> list[str]:
    return [tab["title"] for tab in client.get(address).context["tabs"]]


def keep(client: Client, title: str, question: str = "", **more: str) -> Any:
    return client.post(VIEWS, {"title": title, "question": question, **more})


@pytest.mark.requirement("DATA-01", proof="user")
def test_a_view_holds_conditions_order_columns_widths_and_density(client: Client, manager: Person) -> None:
    customer_create(viewer=viewer_of(manager), kind="firm", name="有行有限公司")
    client.post("/customers/columns/", {"columns": ["region", "phone"], "width.region": "wide", "density": "compact"})
    where = "any(owner.is(me), created_at.last(30, days))"
    opened = keep(client, "近期", f"kind=firm&sort=-created_at&where={where}", looks="1")["Location"]
    client.post("/customers/columns/", {"reset": "1"})

    own = client.get("/customers/?view=all")
    view = client.get(opened)

    assert len(own.context["heads"]) > 4
    assert own.context["density"] == "comfortable"
    assert [head["label"] for head in view.context["heads"]] == ["名称", "地区", "电话"]
    assert view.context["widths"] == ["", "wide", ""]
    assert 'class="z-w-wide"' in text_of(view)
    assert view.context["density"] == "compact"
    assert [tab["title"] for tab in view.context["tabs"] if tab["is_now"]] == ["近期"]
    assert SavedView.objects.get().query == QueryDict(f"kind=firm&where={where}&sort=-created_at").urlencode()


def test_a_relative_date_is_kept_as_such(client: Client) -> None:
    keep(client, "本季度", "where=created_at.this(quarter)")

    assert "this" in SavedView.objects.get().query


def test_columns_chosen_in_an_own_view_stay_with_it_and_in_a_colleagues_with_the_person(client: Client) -> None:
    opened = keep(client, "大家的", "tier=high", looks="1", audience="all")["Location"]
    colleague = signed_in(staff("customer_manager"))
    question = opened.partition("?")[2]
    chosen = {"columns": ["region"], "density": "compact", "here": question, "next": opened}

    client.post("/customers/columns/", chosen)
    away = colleague.post("/customers/columns/", chosen | {"columns": ["phone"]})["Location"]

    assert [h["label"] for h in client.get(opened).context["heads"]] == ["名称", "地区"]
    assert len(client.get("/customers/?view=all").context["heads"]) > 3
    assert [h["label"] for h in colleague.get(opened).context["heads"]] == ["名称", "地区"]
    assert "view=" not in away
    assert [h["label"] for h in colleague.get(away).context["heads"]] == ["名称", "电话"]


def test_a_column_moves_forward_before_anything_is_kept(client: Client) -> None:
    sent = {"order": ["tier", "owner", "region"], "columns": ["tier", "owner"], "up": "owner", "density": "compact"}

    drawn = client.post("/customers/columns/", sent).context["columns"]
    client.post("/customers/columns/", {"columns": [c["key"] for c in drawn if c["is_shown"]], "density": "compact"})

    assert [c["key"] for c in drawn][:2] == ["owner", "tier"]
    assert [h["label"] for h in client.get("/customers/").context["heads"]] == ["名称", "负责人", "价值等级"]


def test_a_view_for_the_department_reaches_those_below_and_nobody_else() -> None:
    top = Department.objects.create(name="销售中心", depth=1)
    below = Department.objects.create(name="杭州组", parent=top, depth=2)
    lead, under, beside = (staff("customer_manager") for _n in range(3))
    Person.objects.filter(pk=lead.pk).update(department=top)
    Person.objects.filter(pk=under.pk).update(department=below)
    rights_changed([lead.pk, under.pk, beside.pk])
    keep(signed_in(Person.objects.get(pk=lead.pk)), "部门重点", "tier=high", audience="department")

    assert "部门重点" in tabs_of(signed_in(Person.objects.get(pk=under.pk)))
    assert "部门重点" not in tabs_of(signed_in(Person.objects.get(pk=beside.pk)))


def test_who_only_reads_the_records_keeps_views_but_shares_none() -> None:
    reader = signed_in(staff("customer_analyst"))

    assert keep(reader, "分享", "tier=high", audience="all").status_code == 403
    assert keep(reader, "自用", "tier=high").status_code == 302
    assert "自用" in tabs_of(reader)
    assert 'value="department"' not in text_of(reader.get(VIEWS))


def test_an_own_view_is_renamed_shared_and_deleted_and_anothers_is_not_found(client: Client) -> None:
    keep(client, "甲", "tier=high")
    keep(client, "乙", "tier=core")
    first = SavedView.objects.get(title="甲")
    address = f"{VIEWS}{first.uid}/"
    stranger = signed_in(staff("customer_manager"))

    taken = client.post(address, {"title": "乙", "audience": "own"})
    client.post(address, {"title": "丙", "audience": "all"})

    assert taken.status_code == 422
    assert "丙" in tabs_of(stranger)
    assert stranger.post(address, {"title": "丁", "audience": "own"}).status_code == 404
    assert stranger.post(f"{address}delete/").status_code == 404
    client.post(f"{address}delete/")
    assert "丙" not in tabs_of(client)


def test_tabs_stand_in_the_order_of_the_person_and_the_first_one_opens(client: Client, manager: Person) -> None:
    keep(client, "我的高价值", "tier=high&where=owner.is(me)")
    key = str(SavedView.objects.get().uid)
    before = tabs_of(client)

    client.post(f"{VIEWS}arrange/", {"key": key, "move": "up"})
    client.post(f"{VIEWS}arrange/", {"key": key, "first": key})
    opened = signed_in(manager).get("/customers/")

    assert tabs_of(client) == [*before[:-2], before[-1], before[-2]]
    assert opened.status_code == 302
    assert "tier=high" in opened["Location"]
    assert client.get("/customers/?view=all").status_code == 200
    client.post(f"{VIEWS}arrange/", {"key": key, "first": ""})
    assert client.get("/customers/").status_code == 200


def test_the_list_opens_for_a_post_as_the_settings_say_unless_the_person_chose(client: Client) -> None:
    keep(client, "全员", "lifecycle=at_risk", audience="all")
    keep(client, "私有", "tier=core")
    shared, private = (str(SavedView.objects.get(title=title).uid) for title in ("全员", "私有"))
    settings = signed_in(staff("management"))

    refused = client.post(f"{VIEWS}arrange/", {"post": "customer_manager", "key": shared})
    unseen = settings.post(f"{VIEWS}arrange/", {"post": "customer_manager", "key": private})
    done = settings.post(f"{VIEWS}arrange/", {"post": "customer_manager", "key": shared})
    another = signed_in(staff("customer_manager"))

    assert (refused.status_code, unseen.status_code, done.status_code) == (403, 422, 302)
    assert "lifecycle=at_risk" in another.get("/customers/")["Location"]
    assert Entry.objects.filter(action="records.first_view").count() == 1
    another.post(f"{VIEWS}arrange/", {"key": "risk", "first": "high"})
    assert "tier=high" in another.get("/customers/")["Location"]


def test_a_list_narrowed_by_too_much_is_refused_and_not_cut_off(client: Client) -> None:
    words = "长" * 150
    where = f"any({', '.join(f'name.contains({words}{n})' for n in range(11))})"

    assert keep(client, "太长", f"where={where}").status_code == 422
    assert not SavedView.objects.exists()


def test_a_view_that_is_gone_shows_the_list_as_the_person_sees_it(client: Client) -> None:
    page = client.get("/customers/?view=00000000-0000-7000-8000-000000000000&kind=firm")

    assert page.status_code == 200
    assert [chip["words"] for chip in page.context["chips"]]
