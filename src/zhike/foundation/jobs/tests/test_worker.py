"""The worker as a whole, in threads and in processes that are killed."""

import datetime as dt
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from django.db import connection, transaction

from zhike.foundation import jobs, outbox
from zhike.foundation.access.viewer import system
from zhike.foundation.jobs import worker
from zhike.foundation.jobs.models import JobRun, RunState, WorkerBeat
from zhike.foundation.jobs.policy import WorkerPolicy
from zhike.foundation.jobs.tests import doings
from zhike.foundation.outbox.models import Delivery, DeliveryState, EventRow
from zhike.foundation.outbox.tests.happenings import Stepped
from zhike.foundation.outbox.tests.processes import end, spawn, wait_for
from zhike.foundation.policies.load import load_defaults

WORKER = """
import threading
from zhike.foundation.jobs.tests import doings
from zhike.foundation.outbox.tests import happenings
from zhike.foundation.jobs import worker
worker.run(threading.Event())
"""
pytestmark = pytest.mark.django_db(transaction=True)


def test_a_worker_killed_in_the_middle_of_a_job_loses_no_piece_and_repeats_one_at_most(tmp_path: Path) -> None:
    trace, clock_file = tmp_path / "trace", tmp_path / "clock"
    trace.touch()
    run = jobs.start("tests.long", viewer=system("test"))
    kills = load_defaults().get(WorkerPolicy).tries_max

    for round_number in range(kills + 1):
        clock_file.write_text(str(1000 * round_number))
        process = spawn(WORKER, ZHIKE_TEST_TRACE=str(trace), ZHIKE_CLOCK_FILE=str(clock_file))
        try:
            if round_number == kills:
                wait_for(lambda: JobRun.objects.get(pk=run.pk).state == RunState.DONE, process=process)
            else:
                target = len(trace.read_text().splitlines()) + 2
                wait_for(lambda: len(trace.read_text().splitlines()) >= target, process=process)  # noqa: B023
        finally:
            end(process)

    counts = Counter(row.payload["piece"] for row in EventRow.objects.filter(name="jobs_tests.PieceDone"))
    assert sorted(counts) == sorted(doings.PIECES), "a piece was lost"
    assert sum(counts.values()) <= len(doings.PIECES) + kills, "more was repeated than the kills explain"
    run.refresh_from_db()
    assert run.result is not None
    assert run.result["begun"] < len(doings.PIECES), "the last worker did everything: the test proves nothing"


def test_two_workers_run_each_due_time_once(tmp_path: Path) -> None:
    trace, clock_file = tmp_path / "trace", tmp_path / "clock"
    trace.touch()
    clock_file.write_text("0")
    JobRun.objects.create(job="tests.often", slot="before", lane="tests.often", state=RunState.DONE)

    def often() -> int:
        return len([line for line in trace.read_text().splitlines() if line])

    workers = [spawn(WORKER, ZHIKE_TEST_TRACE=str(trace), ZHIKE_CLOCK_FILE=str(clock_file)) for _ in range(2)]
    try:
        wait_for(lambda: WorkerBeat.objects.count() == 2, process=workers[0])
        for minutes in range(1, 6):
            reached = minutes
            clock_file.write_text(str(60 * minutes))
            wait_for(lambda: often() >= reached, process=workers[1])  # noqa: B023
            # The next leap of the clock would outlive the lease of a run that is still being marked as done.
            wait_for(lambda: not JobRun.objects.filter(state=RunState.RUNNING).exists(), process=workers[1])
        time.sleep(1)
    finally:
        for process in workers:
            end(process)

    by_slot = Counter(line.rsplit(" ", 1)[0] for line in trace.read_text().splitlines())
    assert set(by_slot.values()) == {1}
    assert len(by_slot) >= 5


def test_the_worker_delivers_ticks_beats_and_goes_home_when_told() -> None:
    ticked = threading.Event()
    jobs.tick("tests.tick", dt.timedelta(seconds=60))(ticked.set)
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(stop,))
    thread.start()
    try:
        wait_for(jobs.is_worker_alive)
        with transaction.atomic():
            outbox.publish(Stepped(customer_id=1, number=1))
        wait_for(lambda: Delivery.objects.filter(state=DeliveryState.DONE).exists())
        assert ticked.wait(10)
    finally:
        stop.set()
        thread.join(20)

    assert not thread.is_alive()
    assert not WorkerBeat.objects.exists()
    connection.close()
