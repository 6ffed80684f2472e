"""Several sealers and writers at once, on real transactions."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction

from zhike.foundation import audit
from zhike.foundation.access.viewer import system
from zhike.foundation.audit.models import Entry, Seal, Unsealed
from zhike.foundation.audit.tests.conftest import wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.requirement("SEC-08", proof="rule")]


def test_two_sealers_and_two_writers_make_one_chain_without_gap_or_double() -> None:
    stop, each = threading.Event(), 60

    def write(name: int) -> None:
        for number in range(each):
            with transaction.atomic():
                audit.record(system("load"), "x.y", kind="x", object_id=name * 1000 + number)
        connections.close_all()

    def seal() -> int:
        count = 0
        while not stop.is_set():
            count += audit.seal()
        connections.close_all()
        return count

    with ThreadPoolExecutor() as pool:
        sealers = [pool.submit(seal), pool.submit(seal)]
        try:
            for writer in [pool.submit(write, 1), pool.submit(write, 2)]:
                writer.result()
        finally:
            stop.set()
        done = sum(sealer.result() for sealer in sealers)
    done += audit.seal()

    assert done == 2 * each
    assert list(Seal.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, 2 * each + 1))
    assert Seal.objects.values("entry_id").distinct().count() == 2 * each
    report = audit.verify()
    assert (report.is_intact, report.head_seq, report.unsealed_count) == (True, 2 * each, 0)


def test_an_entry_that_commits_late_is_sealed_after_entries_with_higher_numbers() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    written, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            audit.record(system("slow"), "slow", kind="x")
            written.set()
            go_on.wait(10)
        connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(slow)
        written.wait(10)
        audit.record(system("fast"), "fast", kind="x")
        assert audit.seal() == 1
        go_on.set()
        late.result()
    assert audit.seal() == 1

    order = [Entry.objects.get(pk=n).action for n in Seal.objects.order_by("seq").values_list("entry_id", flat=True)]
    assert order == ["fast", "slow"]
    assert Entry.objects.get(action="slow").pk < Entry.objects.get(action="fast").pk
    assert audit.verify().is_intact


def test_a_sealer_leaves_at_once_while_another_is_at_work() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite's write lock makes the second sealer wait")
    audit.record(system("test"), "x", kind="x")
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [0x7A68696B65])
            held.set()
            release.wait(10)
        connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(hold)
        held.wait(10)
        assert audit.seal() == 0
        release.set()
        other.result()

    assert audit.seal() == 1


def test_a_seal_that_was_rolled_back_leaves_no_head_that_is_ahead_of_the_database() -> None:
    audit.record(system("test"), "x", kind="x")
    with transaction.atomic():
        audit.seal()
        transaction.set_rollback(True)

    assert (Seal.objects.count(), Unsealed.objects.count()) == (0, 1)
    assert audit.verify().is_intact
    audit.seal()
    wait_for(lambda: audit.verify().head_seq == 1)


def test_the_log_can_be_emptied_between_tests_and_is_guarded_again_afterwards() -> None:
    from django.core.management import call_command
    from django.db import DatabaseError

    audit.record(system("test"), "x", kind="x")
    call_command("flush", interactive=False, verbosity=0)
    assert Entry.objects.count() == 0

    audit.record(system("test"), "x", kind="x")
    assert Unsealed.objects.count() == 1
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Entry.objects.all().delete()
