"""One field of a customer is changed where it stands, with the pencil beside it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from zhike.customers.models import Customer
from zhike.customers.services.customer import customer_update
from zhike.customers.tests.office import Office, opened
from zhike.foundation.access.models import Person
from zhike.foundation.audit.models import Entry
from zhike.foundation.records.testing import signed_in, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("DATA-01", proof="user")]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def office(db: None) -> Office:
    made = opened()
    Person.objects.update(must_change_password=False)
    return Office(made.departments, {name: Person.objects.get(pk=one.pk) for name, one in made.people.items()})


@pytest.fixture
def firm(office: Office) -> Customer:
    return office.firm("seller one", source="展会")


@pytest.fixture
def seller(office: Office) -> Client:
    return signed_in(office.people["seller one"])


def address(firm: Customer, key: str = "source") -> str:
    return f"/customers/{firm.uid}/field/{key}/"


def save(browser: Client, firm: Customer, version: int, **values: Any) -> Any:
    (key,) = values
    return browser.post(address(firm, key), {"version": version, **values}, headers=HTMX)


def test_a_pencil_stands_beside_what_may_be_changed_and_opens_that_field_alone(seller: Client, firm: Customer) -> None:
    page = text_of(seller.get(f"/customers/{firm.uid}/"))
    form = text_of(seller.get(address(firm), headers=HTMX))

    assert f'href="{address(firm)}"' in page
    assert f'href="{address(firm, "phone")}"' not in page  # personal values have the form that explains them
    assert f'href="{address(firm, "number")}"' not in page
    assert 'name="source"' in form
    assert "展会" in form
    assert 'name="industry"' not in form


def test_saved_it_is_in_the_file_in_the_log_and_can_be_taken_back(seller: Client, firm: Customer) -> None:
    answer = save(seller, firm, firm.version, source="老客户介绍")

    assert answer.status_code == 204
    told = json.loads(answer.headers["HX-Trigger"])
    assert told["records:changed"] == {"code": "customers"}
    firm.refresh_from_db()
    assert firm.source == "老客户介绍"
    line = Entry.objects.filter(action="customer.update", object_id=firm.pk).latest("pk")
    assert json.loads(line.after) == {"source": "老客户介绍"}
    assert seller.post(told["toast"]["undo"], headers=HTMX).status_code == 204
    firm.refresh_from_db()
    assert firm.source == "展会"


def test_the_same_value_again_writes_nothing(seller: Client, firm: Customer) -> None:
    answer = save(seller, firm, firm.version, source="展会")

    assert answer.status_code == 204
    assert "toast" not in json.loads(answer.headers["HX-Trigger"])
    assert Customer.objects.get(pk=firm.pk).version == firm.version


def test_who_comes_second_sees_what_stands_there_and_decides(office: Office, seller: Client, firm: Customer) -> None:
    customer_update(viewer=office.viewer("seller one"), uid=firm.uid, version=firm.version, source="官网")

    answer = save(seller, firm, firm.version, source="老客户介绍")
    body = text_of(answer)

    assert answer.status_code == 409
    assert "官网" in body
    assert 'value="老客户介绍"' in body
    assert Customer.objects.get(pk=firm.pk).source == "官网"
    assert save(seller, firm, firm.version + 1, source="老客户介绍").status_code == 204
    assert Customer.objects.get(pk=firm.pk).source == "老客户介绍"


def test_what_does_not_go_is_said_beside_the_field_and_stays_typed(seller: Client, firm: Customer) -> None:
    answer = save(seller, firm, firm.version, staff_count="很多")

    assert answer.status_code == 422
    assert "很多" in text_of(answer)
    assert Customer.objects.get(pk=firm.pk).staff_count is None


def test_without_scripts_it_is_a_page_that_leads_back(seller: Client, firm: Customer) -> None:
    page = text_of(seller.get(address(firm)))
    answer = seller.post(address(firm), {"version": firm.version, "source": "官网"})

    assert "<html" in page
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/customers/{firm.uid}/")
    assert Customer.objects.get(pk=firm.pk).source == "官网"


@pytest.mark.parametrize("key", ["phone", "name", "id_number", "number", "tags", "health", "nonsense"])
def test_what_has_no_pencil_has_no_address(seller: Client, firm: Customer, key: str) -> None:
    assert seller.get(address(firm, key), headers=HTMX).status_code == 404


def test_a_stranger_finds_nothing_and_who_only_reads_is_refused(office: Office, firm: Customer) -> None:
    assert save(signed_in(office.people["seller two"]), firm, firm.version, source="x").status_code == 404
    assert save(signed_in(office.people["boss"]), firm, firm.version, source="x").status_code == 403
    assert "z-pencil" not in text_of(signed_in(office.people["boss"]).get(f"/customers/{firm.uid}/"))
