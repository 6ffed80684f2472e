"""Several workers at once, and workers that die: nothing is lost, nothing is done twice, order holds."""

import os
import threading
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection, transaction

from zhike.foundation import outbox
from zhike.foundation.outbox.models import Delivery, DeliveryState, EventRow
from zhike.foundation.outbox.tests.happenings import Stepped
from zhike.foundation.outbox.tests.processes import end, spawn, wait_for

CUSTOMERS = 10
STEPS = 12 if not os.environ.get("ZHIKE_BARS") else 200
KILLS = 3 if not os.environ.get("ZHIKE_BARS") else 40
WORK = """
from zhike.foundation.outbox.tests import happenings
from zhike.foundation import outbox
import time
from pathlib import Path
import os
Path(os.environ["ZHIKE_TEST_TRACE"] + f".{os.getpid()}").touch()
while True:
    outbox.dispatch_once(5)
    # SQLite does not hand its lock over fairly: step aside for the other worker.
    time.sleep(0.02)
"""
pytestmark = pytest.mark.django_db(transaction=True)


def publish_steps() -> None:
    for number in range(STEPS):
        with transaction.atomic():
            outbox.publish(*(Stepped(customer_id=c, number=number) for c in range(CUSTOMERS)))


def is_all_done() -> bool:
    return not Delivery.objects.exclude(state=DeliveryState.DONE).exists()


def heard() -> list[tuple[int, int]]:
    rows = EventRow.objects.filter(name="outbox_tests.Heard").order_by("id")
    return [(row.payload["customer_id"], row.payload["number"]) for row in rows]


def assert_each_once_and_in_order() -> None:
    counts = Counter(heard())
    assert len(counts) == CUSTOMERS * STEPS, "something was lost"
    assert set(counts.values()) == {1}, "something was done twice"
    by_customer = defaultdict(list)
    for customer, number in heard():
        by_customer[customer].append(number)
    assert all(numbers == list(range(STEPS)) for numbers in by_customer.values())


def test_two_workers_at_once_keep_each_customers_order(tmp_path: Path) -> None:
    trace = tmp_path / "trace"

    workers = [spawn(WORK, ZHIKE_TEST_TRACE=str(trace)) for _ in range(2)]
    try:
        wait_for(lambda: len(list(tmp_path.glob("trace.*"))) == len(workers), process=workers[0])
        publish_steps()
        wait_for(is_all_done, seconds=60, process=workers[0])
    finally:
        for worker in workers:
            end(worker)

    assert_each_once_and_in_order()
    by_worker = {line.split()[2] for line in trace.read_text().splitlines()}
    assert len(by_worker) == 2, "one worker did everything: the test proves nothing"


def test_numbers_rise_in_the_order_of_commit_for_one_customer() -> None:
    published, second_done = threading.Event(), threading.Event()

    def second() -> None:
        published.wait(10)
        with transaction.atomic():
            outbox.publish(Stepped(customer_id=1, number=2))
        second_done.set()
        connection.close()

    other = threading.Thread(target=second)
    other.start()
    with transaction.atomic():
        outbox.publish(Stepped(customer_id=1, number=1))
        published.set()
        went_first = second_done.wait(0.5)
    other.join(20)

    assert not went_first, "the second writer of the same customer has to wait for the first"
    rows = EventRow.objects.filter(name="outbox_tests.Stepped").order_by("id")
    assert [row.payload["number"] for row in rows] == [1, 2]


def test_a_worker_killed_in_the_middle_loses_nothing_and_repeats_nothing(tmp_path: Path) -> None:
    publish_steps()
    trace, clock_file = tmp_path / "trace", tmp_path / "clock"
    trace.touch()
    deaths = claimed_at_death = 0

    def works_until(is_enough: Callable[[], bool], *, seconds: float) -> None:
        """One worker's life. Each lives well after the lease of the one before it."""
        clock_file.write_text(str(1000 * deaths))
        worker = spawn(WORK, ZHIKE_TEST_TRACE=str(trace), ZHIKE_CLOCK_FILE=str(clock_file))
        try:
            wait_for(is_enough, seconds=seconds, process=worker)
        finally:
            end(worker)

    # Where none of the first died with a delivery in hand, some more have to.
    while deaths < KILLS or (not claimed_at_death and not is_all_done() and deaths < KILLS + 9):
        target = len(trace.read_text().splitlines()) + 7
        works_until(lambda: len(trace.read_text().splitlines()) >= target or is_all_done(), seconds=30)  # noqa: B023
        deaths += 1
        claimed_at_death += Delivery.objects.filter(state=DeliveryState.CLAIMED).exists()
    works_until(is_all_done, seconds=60)

    assert claimed_at_death > 0, "no worker died with a delivery in hand: the test proves nothing"
    assert_each_once_and_in_order()
