"""A base of an earlier issue is brought to this version with everything in it, and its pages open.

Its schema is then that of a base made today, whose tables are made in one piece without any migration.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client

from tests.plumbing.databases import _point_at
from tests.plumbing.schemas import schema_of
from zhike.customers.models import Customer
from zhike.foundation import audit, search
from zhike.foundation.access.models import Person
from zhike.foundation.audit.models import Entry
from zhike.foundation.backup import postgres
from zhike.foundation.crypto import fingerprints, keys
from zhike.foundation.kit import clock
from zhike.foundation.records.testing import text_of

pytestmark = pytest.mark.slow

# The schema as it was when an issue was resolved: the newest migration of each part.
THE_MAIN_JOB = {
    "access": "0001_initial", "audit": "0002_guards", "calendar": "0001_initial", "crypto": "0001_initial",
    "jobs": "0001_initial", "obligations": "0001_initial", "outbox": "0001_initial", "policies": "0001_initial",
    "records": "0001_initial", "search": "0002_index", "customers": "0003_newest_of_a_band", "ledger": "0001_initial",
    "serve": "0001_initial", "win": "0001_initial", "retain": "0001_initial", "insight": "0001_initial",
    "web": "0001_initial",
}  # fmt: skip
THE_WHOLE_PATH = THE_MAIN_JOB | {
    "access": "0002_people_and_departments_carry_a_version", "notices": "0001_what_people_are_told",
    "search": "0003_form_of_the_index", "customers": "0004_found_by_their_email",
    "comply": "0001_notice_and_consent", "segment": "0001_strategies_and_their_tasks",
    "acquire": "0001_leads_their_queue_and_the_public_form",
    "win": "0002_opportunities_and_the_way_of_a_contract",
    "onboard": "0001_projects_from_signature_to_hand_over", "serve": "0004_promised_hours_and_numbers_that_go_on",
    "retain": "0002_a_case_follows_each_warning", "insight": "0004_history_remembers_the_strategy_row",
    "portal": "0001_a_door_of_their_own",
}  # fmt: skip
# Each takes most of a minute, nearly all of it Django's own: one on each database.
STATES = {"sqlite": THE_MAIN_JOB, "postgresql": THE_WHOLE_PATH}


@contextmanager
def _without_tables(request: Any, place: Path) -> Iterator[str]:
    """The name of a database of its own: a new file, or on PostgreSQL a copy that is emptied."""
    if connection.vendor == "sqlite":
        yield str(place / "old.sqlite3")
        return
    with request.getfixturevalue("database_template").copy(f"zhike_run_0u_{os.getpid()}") as name:
        yield name


@pytest.fixture
def today(database_template: Any, django_db_blocker: Any) -> dict[str, Any]:
    """The schema of a base made at once. A fresh copy: other tests of the run leave indexes on custom fields behind."""
    before = connection.settings_dict["NAME"]
    with django_db_blocker.unblock(), database_template.copy(f"zhike_run_0t_{os.getpid()}") as name:
        _point_at(name)
        found = schema_of(connection)
        connection.close()
        _point_at(before)
    return found


@pytest.fixture
def old(request: Any, django_db_blocker: Any, settings: Any, tmp_path: Path) -> Iterator[Any]:
    """An empty database without tables, and a function that brings it to an earlier state of the schema."""
    settings.HOME, settings.KEY_DIR = tmp_path, tmp_path / "keys"
    before = connection.settings_dict["NAME"]
    with django_db_blocker.unblock(), _without_tables(request, tmp_path) as name:
        _point_at(name)
        if connection.vendor == "postgresql":
            postgres.empty()
        keys.forget()
        fingerprints.forget()

        def at(state: dict[str, str]) -> Any:
            executor = MigrationExecutor(connection)
            return executor.migrate(list(state.items())).apps

        yield at
        connection.close()
        _point_at(before)
    keys.forget()
    fingerprints.forget()


def fill(apps: Any) -> None:
    """A manager with a post, a customer with an order, a ticket, and an entry in the log, as that version kept them."""
    now = clock.now()
    top = apps.get_model("access", "Department").objects.create(name="总公司")
    person = apps.get_model("access", "Person").objects.create(
        username="chenmin", name="陈敏", password="!", department=top, language="en", must_change_password=False
    )
    holding = apps.get_model("access", "PostHolding")
    for post in ("management", "customer_manager"):
        holding.objects.create(person=person, post=post)
    held = {"owner_id": person.pk, "department_id": top.pk}
    customer = apps.get_model("customers", "Customer").objects.create(
        number="C-000001", kind="firm", name="岚山精密", name_key="lanshanjingmi", **held
    )
    apps.get_model("customers", "CustomerState").objects.create(customer_id=customer.pk, created_at=now, **held)
    apps.get_model("ledger", "Order").objects.create(
        customer=customer, number="O-1", ordered_on=clock.today(), amount_minor=123_400, **held
    )
    apps.get_model("audit", "Entry").objects.create(
        at=now, actor_name="陈敏", action="customer.create", kind="customer", object_id=customer.pk
    )


def test_a_base_of_an_earlier_issue_migrates_and_opens(today: dict[str, Any], old: Any) -> None:
    fill(old(STATES[connection.vendor]))
    audit.seal()

    call_command("migrate", interactive=False, verbosity=0)

    assert schema_of(connection) == today
    customer, person = Customer.objects.get(), Person.objects.get()
    assert (customer.name, person.version) == ("岚山精密", 1)
    assert Entry.objects.filter(action="customer.create", object_id=customer.pk).exists()
    assert audit.verify().is_intact
    browser = Client()
    browser.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    for address in ("/", "/customers/", "/orders/", "/tickets/", "/system/", f"/customers/{customer.uid}/"):
        page = browser.get(address)
        assert page.status_code == 200, address
    assert "岚山精密" in text_of(browser.get("/customers/"))
    assert "岚山精密" in text_of(page)
    assert not search.standing().is_newer
    changed = browser.post(
        f"/customers/{customer.uid}/edit/", {"kind": "firm", "name": "岚山精密制造", "version": customer.version}
    )
    assert changed.status_code == 302, text_of(changed)
    customer.refresh_from_db()
    assert customer.name == "岚山精密制造"
