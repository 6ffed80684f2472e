"""Custom values that the vault keeps: masked, opened with a reason, found by the whole value only."""

from __future__ import annotations

import json

import pytest

from zhike.customers.models import Customer
from zhike.customers.tests.custom import firm_of
from zhike.foundation.access.models import Person
from zhike.foundation.audit.models import Entry
from zhike.foundation.crypto import vault
from zhike.foundation.records.custom.models import CustomField
from zhike.foundation.records.declare import Kind
from zhike.foundation.records.testing import signed_in, staff, text_of
from zhike.foundation.records.testing.custom import add

SECRET = "E12345678"


@pytest.fixture
def passport(db: None) -> CustomField:
    return add("customers", Kind.TEXT, "护照号", "Passport", is_sensitive=True, basis="consent")


def test_a_sensitive_value_is_masked_everywhere_and_opens_with_a_reason(owner: Person, passport: CustomField) -> None:
    client, firm = signed_in(owner), firm_of(owner, x_passport=SECRET)
    client.post("/customers/columns/", {"columns": ["x_passport"]})
    read = ("/customers/", f"/customers/{firm.uid}/", f"/customers/{firm.uid}/edit/", f"/customers/{firm.uid}/peek/",
            "/customers/export.csv", "/api/v1/customers", f"/api/v1/customers/{firm.uid}")  # fmt: skip

    for address in read:
        sent = text_of(client.get(address))
        assert SECRET not in sent, address
        assert "****" in sent, address
    assert SECRET not in json.dumps(Customer.objects.get(pk=firm.pk).custom)
    assert not [entry for entry in Entry.objects.all() if SECRET in f"{entry.before}{entry.after}{entry.reason}"]
    reveal = f"/customers/{firm.uid}/reveal/x_passport/"
    assert client.post(reveal, {"reason": ""}).status_code == 422
    assert SECRET in text_of(client.post(reveal, {"reason": "visa application"}))
    noted = Entry.objects.filter(action="value.reveal").latest("id")
    assert (json.loads(noted.after), noted.reason) == ({"field": "x_passport"}, "visa application")


def test_a_sensitive_value_is_found_by_the_whole_value_only_and_never_by_search(
    owner: Person, passport: CustomField
) -> None:
    client, firm = signed_in(owner), firm_of(owner, x_passport=SECRET)

    def found(question: dict[str, str]) -> list[str]:
        answer = client.get("/api/v1/customers", question)
        assert answer.status_code == 200, text_of(answer)
        return [one["uid"] for one in answer.json()["items"]]

    assert found({"where": f"all(x_passport.is({SECRET}))"}) == [str(firm.uid)]
    assert found({"where": "all(x_passport.is(E1234567))"}) == []
    assert found({"where": "all(x_passport.filled())"}) == [str(firm.uid)]
    assert found({"q": SECRET}) == []
    for question in ({"where": "all(x_passport.contains(E123))"}, {"sort": "x_passport"}, {"x_passport": SECRET}):
        assert client.get("/api/v1/customers", question).status_code == 422, question


def test_who_neither_edits_nor_sees_in_full_cannot_open_or_guess_a_sensitive_value(
    owner: Person, passport: CustomField
) -> None:
    firm = firm_of(owner, x_passport=SECRET)
    clerk = signed_in(staff("support_engineer"))

    assert clerk.get(f"/api/v1/customers/{firm.uid}").json()["custom"] == {"x_passport": "****"}
    assert clerk.post(f"/customers/{firm.uid}/reveal/x_passport/", {"reason": "curious"}).status_code == 403
    assert clerk.get("/api/v1/customers", {"where": f"all(x_passport.is({SECRET}))"}).status_code == 422


def test_a_sensitive_value_stays_when_left_empty_and_its_change_is_taken_back(
    owner: Person, passport: CustomField
) -> None:
    client, firm = signed_in(owner), firm_of(owner, x_passport=SECRET)
    address, reveal = f"/customers/{firm.uid}/edit/", f"/customers/{firm.uid}/reveal/x_passport/"
    kept = {"kind": "firm", "name": firm.name, "x_passport": ""}

    client.post(address, {**kept, "version": "1", "short_name": "岚山"})
    first = text_of(client.post(reveal, {"reason": "check"}))
    client.post(address, {**kept, "version": "2", "short_name": "岚山", "x_passport": "G7654321"})
    second = text_of(client.post(reveal, {"reason": "check"}))
    client.post(f"/customers/{firm.uid}/undo/")

    assert SECRET in first
    assert "G7654321" in second
    assert SECRET in text_of(client.post(reveal, {"reason": "check"}))


def test_whose_key_is_destroyed_has_no_sensitive_value_any_more(owner: Person, passport: CustomField) -> None:
    firm = firm_of(owner, x_passport=SECRET)

    vault.erase([firm.uid])

    assert vault.open_values([firm.uid], ["x_passport"]) == {}
