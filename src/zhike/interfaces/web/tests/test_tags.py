"""Tags: a managed list whose words people put on customers and leads, find them by, and take off again."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from zhike.customers.models import Customer
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import viewer_of
from zhike.foundation.audit.models import Entry
from zhike.foundation.imports.reading import Column, Problem
from zhike.foundation.records import get, taglist
from zhike.foundation.records.tags.models import Tag, TagMark
from zhike.foundation.records.testing import cases, problems_in, signed_in, staff, text_of

_numbers = itertools.count(1)


def a_tag(person: Person, zh: str = "", en: str = "", **more: Any) -> Tag:
    number = next(_numbers)
    names = {"title_zh": zh or f"价格敏感{number}", "title_en": en or f"Price-sensitive {number}"}
    return taglist.tag_create(viewer=viewer_of(person), **names, **more)


class TestTags(
    cases(
        "tags", make=a_tag, allowed="operations_specialist", denied="it_team", owned=False,
        create={"title_zh": "决策快", "title_en": "Decides fast", "tone": "good"},
        change={"title_zh": "决策很快", "tone": "info"},
    )  # type: ignore[misc]
):  # fmt: skip
    """Everything that holds for all records."""


@pytest.fixture
def operations(db: None) -> Client:
    return signed_in(staff("operations_specialist", language="en"))


@pytest.fixture
def owner(db: None) -> Person:
    return staff("customer_manager", language="en")


def new_tag(client: Client, zh: str, en: str, tone: str = "warn") -> Tag:
    made = client.post("/tags/new/", {"title_zh": zh, "title_en": en, "tone": tone})
    assert made.status_code == 302, problems_in(made)
    return Tag.objects.get(title_zh=zh)


def new_firm(client: Client, name: str, **typed: Any) -> Customer:
    made = client.post("/customers/new/", {"kind": "firm", "name": name, **typed})
    assert made.status_code == 302, problems_in(made)
    return Customer.objects.get(name=name)


def asked(client: Client, **question: Any) -> set[str]:
    return {one["name"] for one in client.get("/api/v1/customers", question).json()["items"]}


def sent(client: Client, url: str, body: dict[str, Any]) -> Any:
    return client.patch(url, json.dumps(body), content_type="application/json")


@pytest.mark.requirement("SEG-11", proof="user")
@pytest.mark.requirement("DATA-01", proof="user")
def test_a_tag_of_operations_is_put_on_found_by_exported_undone_and_merged(operations: Client, owner: Person) -> None:
    client = signed_in(owner)
    manufacturing = new_tag(operations, "制造业", "Manufacturing", "info")
    costs = new_tag(operations, "成本敏感型", "Cost-conscious")
    large = new_tag(operations, "年采购额千万级", "Buys for ten million a year", "strong")
    firm = new_firm(client, "杭州岚山精密", tags=[manufacturing.code, costs.code])
    other = new_firm(client, "宁波海澜贸易", tags=[manufacturing.code])
    new_firm(client, "台州椒江泵业")

    done = client.post(f"/customers/{other.uid}/do/tags/", {"tags": [large.code], "version": other.version})

    assert done.status_code == 302, problems_in(done)
    page = text_of(client.get(f"/customers/{firm.uid}/"))
    assert 'z-warn"' in page
    assert "Cost-conscious" in page
    client.post("/customers/columns/", {"columns": ["tags"]})
    assert "Manufacturing, Cost-conscious" in text_of(client.get("/customers/export.csv"))
    assert asked(client, where="tags.has_any(manufacturing, cost_conscious)") == {"杭州岚山精密"}
    assert asked(client, where=f"tags.has_all(manufacturing, {costs.code})") == {"杭州岚山精密"}
    assert asked(client, where=f"tags.has_none({costs.code})") == {"宁波海澜贸易", "台州椒江泵业"}
    assert asked(client, where="tags.empty()") == asked(client, tags="none") == {"台州椒江泵业"}
    assert asked(client, tags=large.code) == {"宁波海澜贸易"}
    filters = text_of(client.get("/customers/filters/"))
    assert "Buys for ten million a year" in filters

    assert client.post(f"/customers/{other.uid}/undo/").status_code == 302
    assert asked(client, tags=manufacturing.code) == {"杭州岚山精密", "宁波海澜贸易"}

    manufacturing.refresh_from_db()
    merged = operations.post(f"/tags/{manufacturing.uid}/do/merge/", {"into": costs.code, "version": 1})
    assert merged.status_code == 302, problems_in(merged)
    assert asked(client, tags=costs.code) == {"杭州岚山精密", "宁波海澜贸易"}
    assert client.get(f"/api/v1/customers/{other.uid}").json()["tags"] == [costs.code]
    assert 'value="manufacturing"' not in text_of(client.get(f"/customers/{other.uid}/edit/"))
    assert Entry.objects.filter(action="records.tags_changed", object_uid=firm.uid).exists()
    assert [e.action for e in Entry.objects.filter(kind="tag").order_by("pk")].count("tag.create") == 3


@pytest.mark.requirement("SEG-11", proof="user")
def test_programs_and_many_at_once_put_tags_on_and_retired_ones_only_stay(operations: Client, owner: Person) -> None:
    client = signed_in(owner)
    loyal, late = new_tag(operations, "老客户", "Loyal", "good"), new_tag(operations, "付款慢", "Pays late", "bad")
    first, second = new_firm(client, "杭州岚山精密", tags=[late.code]), new_firm(client, "宁波海澜贸易")
    uids = [str(first.uid), str(second.uid)]

    wish = {"operation": "tag:put", "uid": uids, "tag": loyal.code}
    tried = client.post("/customers/many/", {**wish, "do": "preview"})
    assert "Loyal" in text_of(tried)
    assert client.post("/customers/many/", {**wish, "do": "run", "token": tried.context["token"]}).status_code == 302

    assert asked(client, where=f"tags.has_all({loyal.code}, {late.code})") == {"杭州岚山精密"}
    assert asked(client, tags=loyal.code) == {"杭州岚山精密", "宁波海澜贸易"}
    assert operations.post(f"/tags/{late.uid}/do/retire/", {"version": 1}).status_code == 302
    url = f"/api/v1/customers/{second.uid}"
    refused = sent(client, url, {"version": client.get(url).json()["version"], "tags": [late.code]})
    assert refused.status_code == 422
    assert "retired" in text_of(refused)
    assert sent(client, url, {"version": client.get(url).json()["version"], "tags": ["nobody"]}).status_code == 422
    kept = f"/api/v1/customers/{first.uid}"
    assert sent(client, kept, {"version": client.get(kept).json()["version"], "tags": [late.code]}).status_code == 200
    assert client.get(kept).json()["tags"] == [late.code]
    assert sent(client, url, {"version": client.get(url).json()["version"], "tags": []}).status_code == 200
    assert TagMark.objects.count() == 1
    again = operations.post("/tags/new/", {"title_zh": "付款慢", "title_en": "Slow payer"})
    assert again.status_code == 422
    assert "There is a tag of this name" in text_of(again)


@pytest.mark.django_db
def test_files_name_tags_as_they_are_called_in_either_language() -> None:
    person = staff("operations_specialist", language="en")
    a_tag(person, "老客户", "Loyal")
    a_tag(person, "付款慢", "Pays late")
    field = get("customers").field("tags")
    assert field is not None
    column = Column(field, "标签", "ymd", is_past=False, serials=False, comma=False)

    with override("zh-hans"):
        read = column.values(["老客户、Pays late", "", "老客"])

    assert read[:2] == [["loyal", "pays_late"], None]
    assert isinstance(read[2], Problem)
