"""Changing many records at once: tried out, made through the service, resumed after a kill, explained afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.test import Client

from zhike.customers.models import Customer
from zhike.customers.services.customer import customer_create
from zhike.foundation import jobs
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import viewer_of
from zhike.foundation.audit.models import Entry
from zhike.foundation.kit import ids
from zhike.foundation.outbox.models import EventRow
from zhike.foundation.records import many
from zhike.foundation.records.models import BulkChange
from zhike.foundation.records.policy import ListPolicy
from zhike.foundation.records.testing import signed_in, staff, text_of
from zhike.foundation.records.tests.numbers import let_be

pytestmark = pytest.mark.django_db
MANY = "/customers/many/"


@pytest.fixture
def manager() -> Person:
    return staff("customer_manager")


@pytest.fixture
def client(manager: Person) -> Client:
    return signed_in(manager)


def firms(owner: Person, count: int, kind: str = "批量") -> list[Customer]:
    viewer = viewer_of(owner)
    return [customer_create(viewer=viewer, kind="firm", name=f"{kind}{n:02d}号有限公司") for n in range(count)]


def sent(rows: Sequence[Customer] = (), **more: Any) -> dict[str, Any]:
    return {"uid": [str(row.uid) for row in rows], "question": "", **more}


def run(client: Client, rows: Sequence[Customer] = (), **more: Any) -> Any:
    return client.post(MANY, sent(rows, do="run", token=str(ids.uid()), **more))


def sources() -> list[str]:
    return list(Customer.objects.order_by("pk").values_list("source", flat=True))


@pytest.mark.requirement("DATA-01", proof="user")
def test_a_manager_chooses_looks_and_changes_one_field_of_selected_customers(client: Client, manager: Person) -> None:
    rows = firms(manager, 3)

    chosen = client.post(MANY, sent(rows[:2]))
    asked = client.post(MANY, sent(rows[:2], operation="field:source", do="choose"))
    shown = client.post(MANY, sent(rows[:2], operation="field:source", do="preview", source="展会"))
    before = sources()
    done = client.post(
        MANY, sent(rows[:2], operation="field:source", do="run", source="展会", token=shown.context["token"])
    )
    page = client.get(done["Location"])

    assert 'value="field:source"' in text_of(chosen)
    assert 'value="field:name"' not in text_of(chosen)
    assert 'name="source"' in text_of(asked)
    assert (shown.context["preview"].total, shown.context["preview"].refused_count) == (2, 0)
    assert shown.context["preview"].samples[0].differences == [("来源", "", "展会")]
    assert before == ["", "", ""]
    assert sources() == ["展会", "展会", ""]
    assert page.context["counts"] == {"waiting": 0, "done": 2, "refused": 0}


def test_a_preview_leaves_no_trace(client: Client, manager: Person) -> None:
    rows = firms(manager, 2)
    before = (Entry.objects.count(), EventRow.objects.count(), sources())

    client.post(MANY, sent(rows, operation="field:source", do="preview", source="展会"))

    assert (Entry.objects.count(), EventRow.objects.count(), sources()) == before
    assert not BulkChange.objects.exists()


def test_each_record_is_changed_by_its_service_with_audit_and_event(client: Client, manager: Person) -> None:
    rows = firms(manager, 2)
    events = EventRow.objects.count()

    run(client, rows, operation="field:source", source="展会")

    assert Entry.objects.filter(action="customers.customer_changed", object_id__in=[r.pk for r in rows]).count() in (
        0,
        2,
    )
    assert Entry.objects.filter(object_id__in=[r.pk for r in rows], after__contains="展会").count() == 2
    assert EventRow.objects.count() == events + 2
    assert Entry.objects.get(action="records.bulk_changed").after == '{"records":2,"what":"field:source"}'
    assert list(Customer.objects.values_list("version", flat=True)) == [2, 2]


def test_what_is_refused_is_said_before_and_after_and_the_rest_is_done(client: Client, manager: Person) -> None:
    mine = firms(manager, 2)
    foreign = firms(staff("customer_manager"), 1, "别人的")

    shown = client.post(MANY, sent([*mine, *foreign], operation="field:source", do="preview", source="展会"))
    page = client.get(run(client, [*mine, *foreign], operation="field:source", source="展会")["Location"])

    assert shown.context["preview"].refused_count == 1
    assert page.context["counts"] == {"waiting": 0, "done": 2, "refused": 1}
    assert "没有" in page.context["refused"][0]["reason"]
    assert foreign[0].name not in text_of(page)


def test_all_that_the_filter_finds_are_assigned(client: Client, manager: Person) -> None:
    firms(manager, 4)
    successor = staff("customer_manager")
    question = "where=name.contains(批量)"
    typed = {"whole": "1", "operation": "action:reassign", "owner": str(successor.uid)}

    shown = client.post(MANY, {"question": question, "do": "preview", **typed})
    client.post(MANY, {"question": question, "do": "run", "token": str(ids.uid()), **typed})

    assert shown.context["preview"].total == 4
    assert shown.context["preview"].samples[0].differences
    assert set(Customer.objects.values_list("owner_id", flat=True)) == {successor.pk}


def test_the_button_pressed_twice_is_one_change(client: Client, manager: Person) -> None:
    rows, token = firms(manager, 2), str(ids.uid())

    first = client.post(MANY, sent(rows, operation="field:source", do="run", source="展会", token=token))
    second = client.post(MANY, sent(rows, operation="field:source", do="run", source="展会", token=token))

    assert first["Location"] == second["Location"]
    assert list(Customer.objects.values_list("version", flat=True)) == [2, 2]


def test_many_are_left_to_a_worker_and_a_killed_one_is_taken_up_where_it_stopped(
    client: Client, manager: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = firms(manager, 7)
    let_be(monkeypatch, ListPolicy, bulk_at_once=2)
    monkeypatch.setattr(many, "PIECE", 2)
    address = run(client, rows, operation="field:source", source="展会")["Location"]
    assert client.get(address).context["counts"]["waiting"] == 7

    with pytest.raises(KeyboardInterrupt):
        many.resume(str(BulkChange.objects.get().uid), _killed_after_two)
    assert client.get(address).context["counts"] == {"waiting": 3, "done": 4, "refused": 0}
    jobs.run_due()

    assert client.get(address).context["counts"] == {"waiting": 0, "done": 7, "refused": 0}
    assert list(Customer.objects.values_list("version", flat=True)) == [2] * 7


def _killed_after_two(names: Sequence[str]) -> Iterator[str]:
    yield from names[:2]
    raise KeyboardInterrupt


def test_a_worker_acts_with_the_rights_of_today(
    client: Client, manager: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = firms(manager, 2)
    let_be(monkeypatch, ListPolicy, bulk_at_once=0)
    run(client, rows, operation="field:source", source="展会")
    Person.objects.filter(pk=manager.pk).update(is_active=False)

    jobs.run_due()

    assert sources() == ["", ""]
    assert set(BulkChange.objects.get().records.values_list("state", flat=True)) == {"refused"}
    assert all(BulkChange.objects.get().records.values_list("reason", flat=True))


def test_more_than_the_limit_are_refused_and_nothing_is_changed(
    client: Client, manager: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    firms(manager, 3)
    let_be(monkeypatch, ListPolicy, bulk_found_max=3)
    typed = {"question": "", "whole": "1", "operation": "field:source", "source": "展会"}
    assert client.post(MANY, {"do": "preview", **typed}).status_code == 200

    let_be(monkeypatch, ListPolicy, bulk_found_max=2)
    refused = client.post(MANY, {"do": "run", "token": str(ids.uid()), **typed})

    assert refused.status_code == 422
    assert sources() == ["", "", ""]


@pytest.mark.parametrize("typed", [
    {}, {"uid": "x"}, {"operation": "act:nope"}, {"operation": "field:name"},
    {"operation": "field:id_number"}, {"operation": "field:phone"},
    {"operation": "field:industry", "do": "run", "industry": "nope"},
    {"operation": "field:source", "do": "run", "source": "x"},
])  # fmt: skip
def test_nonsense_and_personal_values_are_refused(client: Client, manager: Person, typed: dict[str, str]) -> None:
    rows = firms(manager, 1) if typed.get("operation") else []

    assert client.post(MANY, sent(rows) | typed).status_code in (404, 422)
    assert not BulkChange.objects.exists()


def test_who_may_not_edit_is_offered_nothing_and_anothers_result_is_not_found(client: Client, manager: Person) -> None:
    rows = firms(manager, 1)
    address = run(client, rows, operation="field:source", source="展会")["Location"]
    reader = signed_in(staff("customer_analyst"))

    assert MANY not in text_of(reader.get("/customers/"))
    assert reader.post(MANY, sent(rows, operation="field:source", do="run", source="x")).status_code == 404
    assert reader.get(address).status_code == 404
