import datetime as dt
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhike.foundation.outbox import event as module
from zhike.foundation.outbox.event import Event, EventFault, event, from_json, to_json
from zhike.foundation.outbox.tests.happenings import Everything, Mood, Stepped

MOMENTS = st.datetimes(timezones=st.just(dt.UTC), min_value=dt.datetime(2000, 1, 1))  # noqa: DTZ001


def travelled(happened: Event) -> Event:
    return from_json(
        happened.event_name,
        module.to_json(happened),
        uid=happened.uid,
        at=happened.at,
        origin=happened.origin,
    )


@given(
    count=st.none() | st.integers(),
    share=st.floats(allow_nan=False, allow_infinity=False),
    name=st.text(),
    day=st.dates(),
    moment=st.none() | MOMENTS,
    numbers=st.lists(st.integers()),
    days=st.lists(st.dates()),
    by_name=st.dictionaries(st.text(), st.integers()),
)
def test_an_event_comes_out_of_json_as_it_went_in(
    count: int | None,
    share: float,
    name: str,
    day: dt.date,
    moment: dt.datetime | None,
    numbers: list[int],
    days: list[dt.date],
    by_name: dict[str, int],
) -> None:
    happened = Everything(
        customer_id=7,
        count=count,
        share=share,
        name=name,
        is_done=True,
        day=day,
        moment=moment,
        other=uuid.uuid4(),
        mood=Mood.GOOD,
        numbers=tuple(numbers),
        pair=(name, day),
        days=days,
        by_name=by_name,
        origin="import",
    )

    assert travelled(happened) == happened


def test_the_key_is_the_customer_or_else_the_name_of_the_event() -> None:
    @event("outbox_tests.WithoutCustomer")
    class WithoutCustomer(Event):
        count: int

    assert Stepped(customer_id=7, number=1).key == "customer:7"
    assert WithoutCustomer(count=1).key == "outbox_tests.WithoutCustomer"


def test_a_field_that_is_gone_from_the_code_is_left_out() -> None:
    stepped = from_json(
        "outbox_tests.Stepped",
        {"customer_id": 1, "number": 2, "gone": 3},
        uid=uuid.uuid4(),
        at=dt.datetime.now(dt.UTC),
        origin="live",
    )

    assert (stepped.customer_id, stepped.number) == (1, 2)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "payload"),
    [("outbox_tests.NobodyKnows", {}), ("outbox_tests.Stepped", {"customer_id": 1})],
    ids=["an unknown event", "a field that is missing"],
)
def test_what_cannot_be_read_is_a_fault(name: str, payload: dict[str, Any]) -> None:
    with pytest.raises(EventFault):
        from_json(name, payload, uid=uuid.uuid4(), at=dt.datetime.now(dt.UTC), origin="live")


def test_a_field_that_cannot_travel_is_refused_when_it_is_declared() -> None:
    with pytest.raises(EventFault, match="Heavy"):

        @event("outbox_tests.Heavy")
        class Heavy(Event):
            thing: complex


def test_a_moment_without_a_zone_is_refused() -> None:
    naive = Everything(
        customer_id=1,
        count=1,
        share=0.5,
        name="",
        is_done=False,
        day=dt.date(2026, 1, 1),
        moment=dt.datetime(2026, 1, 1),  # noqa: DTZ001
        other=uuid.uuid4(),
        mood=Mood.GOOD,
        numbers=(),
        pair=("", dt.date(2026, 1, 1)),
        days=[],
        by_name={},
    )

    with pytest.raises(EventFault, match="time zone"):
        to_json(naive)


def test_two_classes_may_not_share_a_name() -> None:
    with pytest.raises(EventFault, match="twice"):

        @event("outbox_tests.Stepped")
        class Other(Event):
            customer_id: int
