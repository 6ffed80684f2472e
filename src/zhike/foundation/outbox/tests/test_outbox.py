import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction

from zhike.foundation import outbox
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer, system
from zhike.foundation.kit import clock
from zhike.foundation.kit.refusals import Forbidden
from zhike.foundation.outbox import dispatch, parking, registry
from zhike.foundation.outbox.event import Event, event
from zhike.foundation.outbox.models import Delivery, DeliveryState, EventRow
from zhike.foundation.outbox.policy import DeliveryPolicy, retry_delay_seconds
from zhike.foundation.outbox.publishing import OutsideTransaction
from zhike.foundation.policies.load import load_defaults

NUMBERS = load_defaults().get(DeliveryPolicy)
IT = Viewer(None, "it", levels={Area.SETTINGS: frozenset({Level.EDIT})}, is_system=False)
pytestmark = pytest.mark.django_db


@event("outbox_tests.Rang")
class Rang(Event):
    customer_id: int
    number: int = 0


@event("outbox_tests.Echoed")
class Echoed(Event):
    customer_id: int
    number: int


class Ear:
    """A subscriber that remembers, and fails for the numbers it is told to."""

    def __init__(self) -> None:
        self.heard: list[tuple[int, int]] = []
        self.fails_on: set[int] = set()

    def __call__(self, happened: Rang) -> None:
        outbox.publish(Echoed(customer_id=happened.customer_id, number=happened.number))
        if happened.number in self.fails_on:
            raise RuntimeError("the ear is deaf")
        self.heard.append((happened.customer_id, happened.number))


@pytest.fixture
def ear() -> Iterator[Ear]:
    listener = Ear()
    outbox.subscriber(Rang, "tests.ear")(listener)
    yield listener
    registry._SUBSCRIBERS.pop(Rang.event_name)


@pytest.fixture
def later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Later":
    return Later(tmp_path / "clock", monkeypatch)


class Later:
    """Moves the clock forward."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._path, self._offset = path, 0.0
        monkeypatch.setenv("ZHIKE_CLOCK_FILE", str(path))

    def __call__(self, seconds: float) -> None:
        self._offset += seconds
        self._path.write_text(str(self._offset))


def ring(customer_id: int, *numbers: int) -> None:
    with transaction.atomic():
        outbox.publish(*(Rang(customer_id=customer_id, number=number) for number in numbers))


def deliver_all() -> int:
    total = 0
    while count := outbox.dispatch_once():
        total += count
    return total


@pytest.mark.django_db(transaction=True)
def test_publishing_outside_a_transaction_is_refused() -> None:
    with pytest.raises(OutsideTransaction):
        outbox.publish(Rang(customer_id=1))

    assert not EventRow.objects.exists()


def test_a_change_that_is_rolled_back_tells_nobody(ear: Ear) -> None:
    with transaction.atomic():
        outbox.publish(Rang(customer_id=1))
        transaction.set_rollback(True)

    assert not EventRow.objects.exists()
    assert not Delivery.objects.exists()


def test_a_projection_runs_inside_the_transaction_and_its_fault_stops_the_change() -> None:
    seen: list[int] = []

    @event("outbox_tests.Shown")
    class Shown(Event):
        customer_id: int

    @outbox.projection(Shown)
    def show(happened: Shown) -> None:
        seen.append(happened.customer_id)
        if happened.customer_id == 2:
            raise RuntimeError("no room")

    with transaction.atomic():
        outbox.publish(Shown(customer_id=1))
        assert seen == [1]
    with pytest.raises(RuntimeError), transaction.atomic():
        outbox.publish(Shown(customer_id=2))

    assert EventRow.objects.filter(name="outbox_tests.Shown").count() == 1


def test_every_subscriber_gets_its_own_delivery(ear: Ear) -> None:
    second = Ear()
    outbox.subscriber(Rang, "tests.second")(second)

    ring(1, 1)
    deliver_all()

    assert ear.heard == second.heard == [(1, 1)]
    assert Delivery.objects.filter(state=DeliveryState.DONE).count() == 2


def test_events_of_one_customer_arrive_in_the_order_they_happened(ear: Ear) -> None:
    ring(1, 1, 2)
    ring(2, 1)
    ring(1, 3)

    first_round = outbox.dispatch_once()
    deliver_all()

    assert first_round == 2, "one per customer at a time"
    assert [number for customer, number in ear.heard if customer == 1] == [1, 2, 3]
    assert (2, 1) in ear.heard


def test_a_failure_holds_back_its_own_customer_only(ear: Ear) -> None:
    ear.fails_on = {1}

    ring(1, 1, 2)
    ring(2, 5)
    deliver_all()

    assert ear.heard == [(2, 5)]


def test_what_a_failing_subscriber_wrote_is_not_kept(ear: Ear) -> None:
    ear.fails_on = {1}

    ring(1, 1)
    deliver_all()

    assert not EventRow.objects.filter(name="outbox_tests.Echoed").exists()


def test_a_delivery_is_parked_after_the_last_try_and_the_customer_goes_on(ear: Ear, later: Later) -> None:
    ear.fails_on = {1}
    ring(1, 1, 2)

    for tries in range(1, NUMBERS.tries_max):
        assert deliver_all() == 1
        wait = retry_delay_seconds(tries, NUMBERS)
        assert wait is not None
        later(wait - 1)
        assert deliver_all() == 0, "not before its time"
        later(1.5)
    assert ear.heard == []
    assert deliver_all() == 2

    parked = Delivery.objects.get(state=DeliveryState.PARKED)
    assert parked.event.payload["number"] == 1
    assert parked.tries == NUMBERS.tries_max
    assert "the ear is deaf" in parked.error
    assert ear.heard == [(1, 2)]


def test_a_parked_delivery_is_shown_and_can_be_replayed(ear: Ear, later: Later) -> None:
    ear.fails_on = {1}
    ring(1, 1)
    for _ in range(NUMBERS.tries_max):
        deliver_all()
        later(NUMBERS.window_minutes * 60)
    shown = list(outbox.parked(IT))

    ear.fails_on = set()
    replayed = outbox.replay(IT, [delivery.pk for delivery in shown], reason="repaired")
    deliver_all()

    assert len(shown) == replayed == 1
    assert ear.heard == [(1, 1)]
    assert not outbox.parked(IT).exists()


def test_only_who_keeps_the_settings_sees_and_replays() -> None:
    nobody = Viewer(1, "somebody")

    with pytest.raises(Forbidden):
        outbox.parked(nobody)
    with pytest.raises(Forbidden):
        outbox.replay(nobody, [1])


def test_a_dead_workers_claim_is_taken_over_after_its_lease(ear: Ear, later: Later) -> None:
    ring(1, 1)
    delivery = Delivery.objects.get()
    assert dispatch._claim(delivery, "dead worker")

    later(NUMBERS.lease_seconds - 1)
    assert deliver_all() == 0
    later(2)
    assert deliver_all() == 1

    assert ear.heard == [(1, 1)]


def test_a_heartbeat_keeps_a_long_delivery(ear: Ear, later: Later) -> None:
    ring(1, 1)
    assert dispatch._claim(Delivery.objects.get(), "long worker")

    later(NUMBERS.lease_seconds - 1)
    dispatch.extend_leases("long worker")
    later(NUMBERS.lease_seconds - 1)

    assert deliver_all() == 0


def test_a_delivery_that_kills_its_worker_each_time_is_parked(ear: Ear, later: Later) -> None:
    ring(1, 1)

    for _ in range(NUMBERS.tries_max):
        assert dispatch._claim(Delivery.objects.get(), "dying worker")
        later(NUMBERS.lease_seconds + 1)
        dispatch._take_over(clock.now())

    assert Delivery.objects.get().state == DeliveryState.PARKED


def test_a_worker_that_lost_its_lease_keeps_no_changes(ear: Ear) -> None:
    ring(1, 1)
    delivery = Delivery.objects.select_related("event").get()
    assert dispatch._claim(delivery, "slow worker")
    Delivery.objects.update(claimed_by="quick worker")

    dispatch._deliver(delivery, "slow worker")

    assert not EventRow.objects.filter(name="outbox_tests.Echoed").exists()
    assert Delivery.objects.get().claimed_by == "quick worker"


def test_the_database_refuses_a_second_claim_on_a_key(ear: Ear) -> None:
    ring(1, 1, 2)
    first, second = Delivery.objects.order_by("id")

    assert dispatch._claim(first, "one")
    assert not dispatch._claim(second, "two")


def test_a_subscriber_that_is_gone_parks_its_deliveries(later: Later) -> None:
    outbox.subscriber(Rang, "tests.leaves")(Ear())
    ring(1, 1)
    registry._SUBSCRIBERS.pop(Rang.event_name)

    for _ in range(NUMBERS.tries_max):
        deliver_all()
        later(NUMBERS.window_minutes * 60)

    assert "tests.leaves" in Delivery.objects.get(state=DeliveryState.PARKED).error


def test_a_subscriber_that_reaches_out_runs_outside_the_transaction() -> None:
    depths: list[int] = []

    @event("outbox_tests.Sent")
    class Sent(Event):
        customer_id: int

    from django.db import connection

    @outbox.subscriber(Sent, "tests.sender", in_transaction=False)
    def send(happened: Sent) -> None:
        depths.append(len(connection.savepoint_ids))

    before = len(connection.savepoint_ids)
    with transaction.atomic():
        outbox.publish(Sent(customer_id=1))
    deliver_all()

    assert depths == [before]


def test_events_that_everybody_heard_are_forgotten_after_their_time(ear: Ear, later: Later) -> None:
    ear.fails_on = {2}
    ring(1, 1)
    ring(2, 2)
    deliver_all()

    later((NUMBERS.keep_days - 1) * 86400)
    assert parking.prune() == 0
    later(2 * 86400)
    # The event and the echo of it; the event that nobody could hear yet stays.
    assert parking.prune() == 2

    assert [row.payload["number"] for row in EventRow.objects.filter(name=Rang.event_name)] == [2]


def test_the_state_of_the_outbox_says_what_waits_and_since_when(ear: Ear, later: Later) -> None:
    assert parking.health().oldest_wait == dt.timedelta(0)

    ring(1, 1)
    later(90)

    assert parking.health().waiting == 1
    assert parking.health().oldest_wait >= dt.timedelta(seconds=90)


def test_a_name_for_two_different_subscribers_is_refused(ear: Ear) -> None:
    with pytest.raises(ValueError, match="already"):
        outbox.subscriber(Rang, "tests.ear")(Ear())


def test_the_system_may_replay() -> None:
    assert outbox.replay(system("test"), []) == 0
