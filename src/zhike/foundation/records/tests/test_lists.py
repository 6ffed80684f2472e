"""Lists as people use them: totals, search, orders with unknown values, saved views, columns."""

from __future__ import annotations

import pytest
from django.test import Client

from zhike.customers.models import Customer, CustomerState
from zhike.customers.services.customer import customer_create
from zhike.foundation.access.models import Person, PostHolding
from zhike.foundation.access.people import rights_changed, viewer_of
from zhike.foundation.records import names, selector
from zhike.foundation.records.policy import ListPolicy
from zhike.foundation.records.testing import signed_in, staff, text_of
from zhike.foundation.records.tests.numbers import let_be

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager() -> Person:
    return staff("customer_manager")


@pytest.fixture
def client(manager: Person) -> Client:
    return signed_in(manager)


def firm(owner: Person, name: str, **more: str) -> Customer:
    return customer_create(viewer=viewer_of(owner), kind="firm", name=name, **more)


def names_in(client: Client, address: str) -> list[str]:
    return [item["name"] for item in client.get(address).json()["items"]]


def test_two_characters_pinyin_and_initials_find_a_firm(client: Client, manager: Person) -> None:
    firm(manager, "杭州岚山精密有限公司")
    firm(manager, "宁波海纳物流有限公司")

    for words in ("岚山", "lanshan", "lsjm", "hzls"):
        assert names_in(client, f"/api/v1/customers?q={words}") == ["杭州岚山精密有限公司"], words
        assert "宁波海纳" not in text_of(client.get(f"/customers/?q={words}")), words


def test_a_natural_person_is_found_by_the_end_of_the_phone_and_stays_masked(client: Client, manager: Person) -> None:
    customer_create(viewer=viewer_of(manager), kind="person", name="欧阳明月", phone="13812345678")

    page = text_of(client.get("/customers/?q=5678"))

    assert "欧***" in page or "欧阳**" in page
    assert "13812345678" not in page


def test_words_that_only_look_alike_are_checked_again(client: Client, manager: Person) -> None:
    """Tokens of 岚山 stand in the name, but not beside each other."""
    firm(manager, "山岚岚石山有限公司")

    assert names_in(client, "/api/v1/customers?q=岚山") == []


def test_a_short_list_knows_its_total_without_counting(client: Client, manager: Person) -> None:
    for number in range(3):
        firm(manager, f"公司{number}号有限公司")

    page = client.get("/customers/").context["page"]

    assert (page.total, page.first, page.last) == (selector.Total(3), 1, 3)


def test_beyond_the_limit_a_total_says_at_least_and_a_click_counts(
    client: Client, manager: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(14):
        firm(manager, f"第{number}号贸易有限公司")
    let_be(monkeypatch, ListPolicy, page_rows=10, count_exact_to=14)
    assert client.get("/customers/").context["page"].total == selector.Total(14)

    let_be(monkeypatch, ListPolicy, page_rows=10, count_exact_to=13)
    selector.forget_totals()
    page = client.get("/customers/").context["page"]

    assert page.total == selector.Total(13, exact=False)
    assert text_of(client.get("/customers/total/", headers={"HX-Request": "true"})) == "14"


def test_the_second_page_goes_on_where_the_first_ended(
    client: Client, manager: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(25):
        firm(manager, f"第{number}号商贸有限公司")
    let_be(monkeypatch, ListPolicy, page_rows=10)

    uids = [row[1] for page in (1, 2, 3) for row in client.get(f"/customers/?page={page}").context["page"].rows]

    assert len(uids) == len(set(uids)) == 25
    assert client.get("/customers/?page=3").context["page"].has_next is False
    assert client.get("/customers/?page=99").status_code == 200


def test_unknown_values_stand_last_and_are_left_out_when_the_order_is_turned(client: Client, manager: Person) -> None:
    known, other, _unknown = (firm(manager, f"排序{n}有限公司") for n in "甲乙丙")
    CustomerState.objects.filter(pk=known.pk).update(health=80.0)
    CustomerState.objects.filter(pk=other.pk).update(health=40.0)

    down = client.get("/customers/?sort=-health").context["page"]
    up = client.get("/customers/?sort=health")

    assert [row[0] for row in down.rows][:2] == [known.pk, other.pk]
    assert len(down.rows) == 3
    assert [row[0] for row in up.context["page"].rows] == [other.pk, known.pk]
    assert any("健康度" in chip["words"] for chip in up.context["chips"])


def test_a_fragment_is_part_of_its_page(client: Client, manager: Person) -> None:
    firm(manager, "片段有限公司")

    whole = text_of(client.get("/customers/"))
    part = text_of(client.get("/customers/", headers={"HX-Request": "true", "HX-Target": "list"}))

    assert part.strip().startswith('<div id="list"')
    assert "<html" not in part
    assert "片段有限公司" in whole
    assert "片段有限公司" in part


def test_a_saved_view_is_a_tab_of_its_owner_and_when_shared_of_colleagues(client: Client, manager: Person) -> None:
    colleague = signed_in(staff("customer_manager"))

    client.post("/customers/views/", {"title": "我的高价值", "question": "tier=high"})
    client.post("/customers/views/", {"title": "大家的流失", "question": "lifecycle=at_risk", "audience": "all"})

    assert {"我的高价值", "大家的流失"} <= {tab["title"] for tab in client.get("/customers/").context["tabs"]}
    seen = {tab["title"]: tab for tab in colleague.get("/customers/").context["tabs"]}
    assert "我的高价值" not in seen
    assert seen["大家的流失"]["is_own"] is False
    assert colleague.post(f"/customers/views/{seen['大家的流失']['uid']}/delete/").status_code == 404


def test_a_saved_view_keeps_only_what_can_be_asked(client: Client) -> None:
    client.post("/customers/views/", {"title": "怪", "question": "tier=high&nonsense=1&page=4"})

    tab = next(t for t in client.get("/customers/").context["tabs"] if t["title"] == "怪")

    assert tab["url"] == "?tier=high"


def test_chosen_columns_and_density_stay_and_can_be_restored(client: Client, manager: Person) -> None:
    client.post("/customers/columns/", {"columns": ["region", "phone", "nonsense"], "density": "compact"})

    assert [h["label"] for h in client.get("/customers/").context["heads"]] == ["名称", "地区", "电话"]
    assert client.get("/customers/").context["density"] == "compact"
    assert [h["label"] for h in signed_in(manager).get("/customers/").context["heads"]][1:] == ["地区", "电话"]

    client.post("/customers/columns/", {"reset": "1"})
    assert len(client.get("/customers/").context["heads"]) > 5


def test_a_person_whose_posts_change_sees_it_with_the_next_request(client: Client, manager: Person) -> None:
    assert client.get("/customers/").status_code == 200

    PostHolding.objects.filter(person=manager).delete()
    rights_changed([manager.pk])

    assert client.get("/customers/").status_code == 403


def test_a_name_that_is_new_is_read_at_once() -> None:
    first = staff("customer_manager")
    assert names.people.get(first.pk).name == first.name  # type: ignore[union-attr]

    second = staff("customer_manager")

    assert names.people.get(second.pk).name == second.name  # type: ignore[union-attr]
    assert names.people.number(second.uid) == second.pk


def test_a_bulk_action_asks_what_it_needs_and_changes_the_selected_rows(client: Client, manager: Person) -> None:
    first, second = firm(manager, "移交甲有限公司"), firm(manager, "移交乙有限公司")
    successor = staff("customer_manager")
    address = "/customers/bulk/reassign/"

    asked = client.post(address, {"uid": [str(first.uid)]})
    incomplete = client.post(address, {"uid": [str(first.uid)], "sure": "1"})
    done = client.post(address, {"uid": [str(first.uid)], "sure": "1", "owner": str(successor.uid)})

    assert asked.status_code == 200
    assert incomplete.status_code == 422
    assert done.status_code == 302
    assert Customer.objects.get(pk=first.pk).owner_id == successor.pk
    assert Customer.objects.get(pk=second.pk).owner_id == manager.pk


def test_a_bulk_action_without_rows_or_with_nonsense_is_refused(client: Client) -> None:
    assert client.post("/customers/bulk/reassign/", {}).status_code == 422
    assert client.post("/customers/bulk/reassign/", {"uid": "x"}).status_code == 422
    assert client.post("/customers/bulk/nonsense/", {}).status_code == 404


def test_a_known_customer_is_shown_before_a_second_file_is_opened(client: Client, manager: Person) -> None:
    known = firm(manager, "重复公司有限公司")
    typed = {"kind": "firm", "name": "重复公司有限公司"}

    first = client.post("/customers/new/", typed)
    second = client.post("/customers/new/", {**typed, "accept_duplicate": "1"})

    assert first.status_code == 422
    assert 'name="accept_duplicate"' in text_of(first)
    assert f'href="/customers/?q={known.number}"' in text_of(first)
    assert second.status_code == 302


def test_the_name_of_a_firm_is_edited_where_it_stands_and_that_of_a_person_is_kept(
    client: Client, manager: Person
) -> None:
    company = firm(manager, "可改名有限公司")
    person = customer_create(viewer=viewer_of(manager), kind="person", name="诸葛静", phone="13987654321")

    of_company = client.get(f"/customers/{company.uid}/edit/").context["form"]
    of_person = client.get(f"/customers/{person.uid}/edit/").context["form"]

    assert of_company["name"].value() == "可改名有限公司"
    assert of_person["name"].value() is None
    assert of_person.fields["name"].required is False
