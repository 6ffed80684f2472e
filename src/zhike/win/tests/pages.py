"""People of the office in front of the browser."""

from __future__ import annotations

from typing import Any

from django.test import Client

from zhike.customers.tests.office import Office
from zhike.foundation.access.models import Person, Record
from zhike.foundation.records.testing import signed_in, text_of

JSON = "application/json"


def at_work(office: Office, name: str, language: str = "en") -> Client:
    """``name``, signed in, who reads ``language``."""
    Person.objects.filter(pk=office.person(name)).update(must_change_password=False)
    client = signed_in(Person.objects.get(pk=office.person(name)))
    client.post("/shell/language/", {"language": language, "next": "/"})
    return client


def do(client: Client, code: str, row: Record, act: str, **answers: Any) -> Any:
    """Run an act by its form, from the version that the page shows."""
    row.refresh_from_db()
    return client.post(f"/{code}/{row.uid}/do/{act}/", {"version": row.version, **answers})


def page(client: Client, address: str) -> str:
    """What the page says."""
    response = client.get(address, follow=True)
    assert response.status_code == 200, (address, response.status_code)
    return text_of(response)
