"""Odd input is answered with a sentence, never with a fault: on pages, in forms, in the API."""

import uuid

import pytest

from zhike.customers.models import Customer
from zhike.foundation.records.testing import signed_in, staff, text_of

pytestmark = pytest.mark.django_db
NUMBERS = ["9" * 400, "9" * 5_000, str(2**63 - 1), str(2**63), "-1", "0", "²", "１", "1e9", "\0", "x\0"]
DAYS = ["0001-01-01", "9999-12-31", "10000-01-01", "2026-02-30", "+99999d", "²"]


@pytest.fixture
def person():
    return staff("management", "customer_manager")


@pytest.fixture
def client(person):
    return signed_in(person)


@pytest.fixture
def customer(person):
    from zhike.customers.services.customer import customer_create
    from zhike.foundation.access.people import viewer_of

    return customer_create(viewer=viewer_of(person), kind="firm", name="绍兴澄湖纺织有限公司")


@pytest.mark.parametrize("number", NUMBERS, ids=lambda text: repr(text[:6]) + str(len(text)))
def test_no_number_in_an_address_is_a_fault(client, customer, number):
    for address, name in (
        ("/desk/", "page"),
        ("/audit/", "person"),
        ("/audit/", "before"),
        ("/customers/", "page"),
        ("/customers/", "potential__from"),
        (f"/customers/{customer.uid}/", "before"),
        (f"/customers/{customer.uid}/timeline/", "before"),
    ):
        assert client.get(address, {name: number}).status_code == 200, (address, name)


@pytest.mark.parametrize("day", DAYS)
def test_no_day_in_an_address_is_a_fault(client, customer, day):
    for address, name in (
        ("/audit/", "since"),
        ("/audit/", "until"),
        ("/orders/", "ordered_on__from"),
        ("/contracts/", "ends_on__to"),
        ("/interactions/new/", "next_on"),
    ):
        assert client.get(address, {name: day}).status_code == 200, (address, name)


@pytest.mark.parametrize("day", DAYS)
def test_no_day_in_a_form_or_body_is_a_fault(client, customer, day):
    talk = {"kind": "call", "feedback": "要样品", "direction": "out"}
    moment = f"{day}T00:00:00+08:00"

    typed = client.post(f"/customers/{customer.uid}/follow-up/", {**talk, "next_on": day})
    form = client.post("/interactions/new/", {**talk, "customer": str(customer.uid), "at": f"{day}T00:00"})
    body = {**talk, "customer": str(customer.uid), "at": moment}
    sent = client.post("/api/v1/interactions", body, content_type="application/json")

    assert (typed.status_code, form.status_code, sent.status_code) == (422, 422, 422)


@pytest.mark.parametrize("version", ["abc", "²", "9" * 5_000, "-1"])
def test_a_version_that_is_none_deletes_nothing(client, customer, version):
    response = client.post(f"/customers/{customer.uid}/delete/", {"version": version})

    assert response.status_code == 409
    assert Customer.objects.get(pk=customer.pk).deleted_at is None


def test_a_number_that_no_column_holds_is_refused(client):
    for staff_count in (2**31, 2**63 - 1):
        body = {"kind": "firm", "name": "湖州大数有限公司", "staff_count": staff_count}
        sent = client.post("/api/v1/customers", body, content_type="application/json")
        typed = client.post("/customers/new/", body)

        assert (sent.status_code, typed.status_code) == (422, 422), text_of(sent)
        assert "staff_count" in sent.json()["fields"]


def test_null_characters_are_dropped_wherever_they_are_typed(client, customer):
    client.post(f"/customers/{customer.uid}/follow-up/", {"kind": "call", "feedback": "要\0样品", "direction": "out"})
    client.post("/customers/views/", {"title": "我\0的", "question": "tier=high"})

    page = client.get(f"/customers/{customer.uid}/").content.decode()
    assert "要样品" in page
    assert "我的" in client.get("/customers/", {"q": "\0"}).content.decode()


def test_more_than_is_read_at_once_is_refused_not_a_fault(client, customer):
    much = "a" * 3_000_000
    sent = client.post("/api/v1/customers", {"kind": "firm", "name": much}, content_type="application/json")
    typed = client.post(f"/customers/{customer.uid}/follow-up/", f"feedback={much}", content_type=FORM)

    assert (sent.status_code, sent.json()["code"]) == (413, "too_large")
    assert typed.status_code == 400


FORM = "application/x-www-form-urlencoded"


def test_a_cursor_is_taken_back_only_as_it_was_given(client, person, customer):
    from zhike.customers.services.customer import customer_create
    from zhike.foundation.access.people import viewer_of

    customer_create(viewer=viewer_of(person), kind="firm", name="绍兴澄海纺织有限公司")
    cursor = client.get("/api/v1/customers", {"limit": "1"}).json()["next"]

    assert client.get("/api/v1/customers", {"after": cursor}).status_code == 200
    for changed in (cursor[:-1], "A" + cursor[1:], cursor.replace(":", ""), "é" * 9):
        assert client.get("/api/v1/customers", {"after": changed}).status_code == 422, changed
    assert client.get("/api/v1/contacts", {"after": cursor}).status_code == 422, "a cursor of another list"
    assert client.get("/api/v1/customers", {"after": cursor, "sort": "name"}).status_code == 422


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1e999", "²", "", "9" * 400])
def test_no_value_of_a_policy_is_a_fault(value):
    client = signed_in(staff("management"))

    for key in ("segment.tiers.high_from", "retain.clocks.contact_hours", "segment.groups.strategic_share"):
        response = client.post(f"/policies/{key}/", {"value": value, "act": "save", "reason": "x"})
        assert response.status_code == 422, (key, value)


def test_a_day_too_far_away_is_no_effective_date():
    client = signed_in(staff("management"))

    for day in DAYS:
        values = {"value": "24", "act": "save", "reason": "x", "from": day}
        assert client.post("/policies/retain.clocks.contact_hours/", values).status_code == 422, day


def test_an_identifier_that_is_none_is_a_page_that_is_missing(client):
    for tail in ("x", "²", str(uuid.uuid4())[:-1], "%00"):
        assert client.get(f"/customers/{tail}/").status_code == 404
        assert client.get(f"/api/v1/customers/{tail}").status_code == 404
