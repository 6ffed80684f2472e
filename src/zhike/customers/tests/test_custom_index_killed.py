"""The worker that builds the index of a custom field, killed with signal 9 half way: the next one builds it whole."""

from __future__ import annotations

import signal
import threading
import time
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction

from zhike.customers.models import Customer
from zhike.customers.tests.custom import administrator, firm_of
from zhike.foundation import jobs
from zhike.foundation.access.models import Person
from zhike.foundation.outbox.tests.processes import end, spawn, wait_for
from zhike.foundation.records.custom import indexes, services
from zhike.foundation.records.custom.models import CustomField
from zhike.foundation.records.testing import signed_in

pytestmark = pytest.mark.django_db(transaction=True)
SETTLE = "from zhike.foundation.records.custom import indexes; indexes.settle()"
# Dies inside the statement on SQLite, whose work is done in this process; between statements everywhere.
DYING = """
import os, signal
from django.db import connection
from zhike.foundation.records.custom import indexes
run, where = indexes._run, os.environ["WHERE"]
def die():
    os.kill(os.getpid(), signal.SIGKILL)
def dying(sql):
    if where == "inside" and sql.startswith("CREATE INDEX"):
        connection.ensure_connection()
        connection.connection.set_progress_handler(die, 50)
    run(sql)
    if where == "after" and sql.startswith("CREATE INDEX"):
        die()
indexes._run = dying
indexes.settle()
"""


@pytest.fixture
def seats(owner: Person, fields: dict[str, CustomField]) -> CustomField:
    """A field with some values that is to have an index."""
    indexes.settle()  # what another test left
    for number in (5, 150, 20):
        firm_of(owner, x_seats=str(number), accept_duplicate="1")
    services.field_index(viewer=administrator(), uid=fields["x_seats"].uid, version=1, is_wanted=True)
    return CustomField.objects.get(pk=fields["x_seats"].pk)


def whole(owner: Person, field: CustomField) -> None:
    """The index stands, is said to, and finds what is there."""
    field.refresh_from_db()
    assert indexes.found_in_database() == {f"custom_value_{field.pk}": True}
    assert field.indexed_at is not None
    assert indexes.settle() == {"built": 0, "removed": 0}
    got = signed_in(owner).get("/api/v1/customers", {"sort": "-x_seats"}).json()["items"]
    assert [one["custom"]["x_seats"] for one in got] == [150, 20, 5]


@pytest.mark.slow
def test_killed_after_the_index_stands_and_before_it_is_written_down(owner: Person, seats: CustomField) -> None:
    dying = spawn(DYING, WHERE="after")
    errors = dying.communicate(timeout=60)[1]
    assert dying.returncode == -signal.SIGKILL, errors.decode()[-2000:]
    seats.refresh_from_db()
    assert seats.indexed_at is None, "nobody is told of an index that nobody saw finished"

    jobs.run_due()

    whole(owner, seats)


@pytest.mark.requirement("DATA-01", proof="rule")
def test_killed_inside_the_building_of_the_index(owner: Person, seats: CustomField) -> None:
    if connection.vendor == "postgresql":
        _killed_while_postgresql_builds(seats)
    else:
        dying = spawn(DYING, WHERE="inside")
        errors = dying.communicate(timeout=60)[1]
        assert dying.returncode == -signal.SIGKILL, errors.decode()[-2000:]
    assert not any(indexes.found_in_database().values())

    jobs.run_due()

    whole(owner, seats)


def _killed_while_postgresql_builds(field: CustomField) -> None:
    """Somebody's open change makes the building wait half way; the worker and its connection die there."""
    changed, over = threading.Event(), threading.Event()
    holding = threading.Thread(target=_hold, args=(changed, over))
    holding.start()
    assert changed.wait(30)
    dying = spawn(SETTLE)
    try:
        wait_for(lambda: f"custom_value_{field.pk}" in indexes.found_in_database(), seconds=120, process=dying)
    finally:
        end(dying)
        with connection.cursor() as cursor:  # the server notices a lost connection only when it wants to answer
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND query LIKE 'CREATE INDEX CONCURRENTLY%%'"
            )
        wait_for(lambda: not _is_building())
        over.set()
        holding.join(30)


@pytest.mark.slow
def test_a_build_that_outlives_its_killed_worker_does_no_harm(owner: Person, seats: CustomField) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("on SQLite the building dies with its process")
    changed, over = threading.Event(), threading.Event()
    holding = threading.Thread(target=_hold, args=(changed, over))
    holding.start()
    assert changed.wait(30)
    dying = spawn(SETTLE)
    try:
        wait_for(lambda: f"custom_value_{seats.pk}" in indexes.found_in_database(), seconds=120, process=dying)
    finally:
        end(dying)
    threading.Timer(0.3, over.set).start()
    assert _is_building(), "the server goes on for a client that is gone"

    jobs.run_due()

    holding.join(30)
    whole(owner, seats)


def _hold(changed: threading.Event, over: threading.Event) -> None:
    try:
        with transaction.atomic():
            Customer.objects.update(source="展会")
            changed.set()
            over.wait(60)
    finally:
        connections.close_all()


def _is_building() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active'"
            " AND query LIKE 'CREATE INDEX CONCURRENTLY%%'"
        )
        return bool(cursor.fetchone()[0])


@pytest.mark.bars
def test_of_a_hundred_thousand_records_killed_again_and_again(owner: Person, seats: CustomField) -> None:
    firm = Customer.objects.latest("pk")
    template = {f.attname: getattr(firm, f.attname) for f in Customer._meta.concrete_fields if f.name != "id"}
    for start in range(0, 100_000, 1_000):
        Customer.objects.bulk_create(
            Customer(**template | {"uid": uuid4(), "number": f"K{n}", "custom": {f"f{seats.pk}": n % 977}})
            for n in range(start, start + 1_000)
        )
    for number in range(10):
        dying = spawn(SETTLE)
        time.sleep(0.8 + number * 0.05)
        end(dying)

    jobs.run_due()
    indexes.settle()

    assert indexes.found_in_database() == {f"custom_value_{seats.pk}": True}
    got = signed_in(owner).get("/api/v1/customers", {"sort": "-x_seats", "limit": "50"}).json()["items"]
    assert {one["custom"]["x_seats"] for one in got} == {976}
