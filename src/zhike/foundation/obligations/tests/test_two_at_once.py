import threading

import pytest
from django.db import connections

from zhike.foundation import obligations
from zhike.foundation.access.models import Person
from zhike.foundation.access.people import person_add
from zhike.foundation.obligations.models import Duty, DutyNotice, DutyState
from zhike.foundation.obligations.tests import deeds
from zhike.foundation.obligations.tests.conftest import tell
from zhike.foundation.obligations.tests.test_duties import CONTACT, SECOND, START, contact
from zhike.foundation.outbox.models import EventRow

COUNT = 30


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_tick_at_once_breach_and_open_each_duty_once() -> None:
    boss = person_add(username="boss", name="老板", post_codes=["management"])
    person_add(username="m", name="经理", post_codes=["customer_manager"], superior=boss)
    obligations.declare(contact(owed_by="post:customer_manager"))
    for customer_id in range(COUNT):
        tell(deeds.Listed(customer_id=customer_id, at=START))
    obligations.recurring(code="T-41", title="list", rhythm="daily", owed_by="post:customer_manager")
    faults: list[BaseException] = []
    ready = threading.Barrier(3)

    def work() -> None:
        try:
            ready.wait()
            obligations.tick(START + CONTACT + SECOND)
        except BaseException as fault:  # noqa: BLE001 - a fault of a thread has to reach the test
            faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    assert Duty.objects.filter(state=DutyState.BREACHED).count() == COUNT
    assert EventRow.objects.filter(name="obligations.DutyBreached").count() == COUNT
    assert DutyNotice.objects.count() == 2 * COUNT
    assert Duty.objects.filter(code="T-41").count() == 1
    assert Person.objects.count() == 2
