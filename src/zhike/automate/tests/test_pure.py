"""The pure rules: what holds a rule back, when it is due, what may be called, what may leave."""

from __future__ import annotations

import dataclasses
import datetime as dt
import importlib
import pkgutil
import typing

import pytest

import zhike.events
from zhike.automate.rules.body import CODE_LISTS, CODES, leaving
from zhike.automate.rules.definition import DATE, SCHEDULE, WEEKLY, Definition, Step, from_json, to_json
from zhike.automate.rules.firing import Caps, Facts, held_back_by, lengthened, trail_of
from zhike.automate.rules.signature import signature
from zhike.automate.rules.timing import day_of, due_times, next_after, time_of
from zhike.foundation.kit.addresses import may_be_called
from zhike.foundation.outbox.event import declared

CAPS = Caps(rule_most_a_day=10, customer_most_a_day=3, chain_most=3)
FREE = Facts(rule_id=7, trail=(), is_halted=False, owner_may=True, fired_today=0, about_customer_today=0)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({}, ""),
        ({"is_halted": True, "owner_may": False}, "halted"),
        ({"owner_may": False, "trail": (7,)}, "owner_gone"),
        ({"trail": (3, 7)}, "own_doing"),
        ({"trail": (3, 4)}, ""),
        ({"trail": (3, 4, 5)}, "chain"),
        ({"fired_today": 9}, ""),
        ({"fired_today": 10}, "rule_cap"),
        ({"about_customer_today": 2}, ""),
        ({"about_customer_today": 3}, "customer_cap"),
    ],
)
def test_the_gravest_reason_holds_a_rule_back(facts: dict[str, object], reason: str) -> None:
    assert held_back_by(dataclasses.replace(FREE, **facts), CAPS) == reason


@pytest.mark.parametrize("rules", [[], [7], [1, 2, 1_000_000_000]])
def test_a_trail_says_again_what_was_written_into_it(rules: list[int]) -> None:
    chain = ""
    for rule in rules:
        chain = lengthened(chain, rule)

    assert trail_of(chain) == tuple(rules)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.timezone(dt.timedelta(hours=8)))


def test_a_daily_rule_is_due_at_its_time_once_a_day() -> None:
    daily = Definition(SCHEDULE, "customers", at="09:00")

    assert next_after(daily, at("2026-11-30T08:59")) == at("2026-11-30T09:00")
    assert next_after(daily, at("2026-11-30T09:00")) == at("2026-12-01T09:00")


def test_a_weekly_rule_is_due_on_its_day() -> None:
    weekly = Definition(SCHEDULE, "customers", rhythm=WEEKLY, weekday=2, at="18:30")

    assert next_after(weekly, at("2026-11-30T12:00")) == at("2026-12-02T18:30")
    assert next_after(weekly, at("2026-12-02T18:30")) == at("2026-12-09T18:30")


def test_thirty_days_before_a_date_is_looked_at_thirty_days_ahead() -> None:
    ahead = Definition(DATE, "contracts", date_field="ends_on", days=-30)

    assert day_of(ahead, dt.date(2026, 11, 30)) == dt.date(2026, 12, 30)


@pytest.mark.parametrize("weekday", range(7))
@pytest.mark.parametrize("moment", ["2020-02-28T23:59", "2024-12-31T18:30", "2026-11-30T18:29", "2026-11-30T18:31"])
def test_the_next_time_is_always_ahead_and_within_a_week(weekday: int, moment: str) -> None:
    weekly = Definition(SCHEDULE, "customers", rhythm=WEEKLY, weekday=weekday, at="18:30")

    due = next_after(weekly, at(moment))

    assert at(moment) < due <= at(moment) + dt.timedelta(weeks=1)
    assert due.weekday() == weekday


def test_due_times_of_a_month() -> None:
    daily = Definition(SCHEDULE, "customers", at="09:00")

    assert len(due_times(daily, at("2026-11-01T00:00"), at("2026-11-30T23:59"))) == 30


@pytest.mark.parametrize("text", ["9:00", "24:00", "09:60", "nine", "09:00:00"])
def test_other_times_of_day_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=text):
        time_of(text)


def test_a_definition_survives_its_storage() -> None:
    whole = Definition(
        "event", "leads", event="acquire.LeadGraded", wait_hours=24, where="all(grade.is(A))",
        steps=(Step("notify", {"to": ["owner"], "text": ["请联系"]}),),
    )  # fmt: skip

    assert from_json(to_json(whole)) == whole


@pytest.mark.parametrize("stored", [{}, {"kind": "event"}, {"kind": "x", "subject": "y", "days": "many"}])
def test_what_is_no_definition_is_refused(stored: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        from_json(stored)


def test_the_signature_is_that_of_standard_webhooks() -> None:
    """The example of the specification's reference libraries."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'

    made = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)

    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
     "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
     "64:ff9b::a00:1", "2002:a00:1::", "ff02::1"],
)  # fmt: skip
def test_addresses_inside_are_not_called_in_whatever_dress(address: str) -> None:
    assert not may_be_called(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "8.8.8.8", "2606:4700:4700::1111"])
def test_addresses_of_everybody_are_called(address: str) -> None:
    assert may_be_called(address)


def test_a_network_that_the_installation_names_is_called_and_no_other() -> None:
    assert may_be_called("10.1.2.3", ("10.1.0.0/16",))
    assert not may_be_called("10.2.2.3", ("10.1.0.0/16",))


# Texts of events that people type, or that may name somebody: they stay in the house.
# An occasion is a code, but with the day of the event it tells a birthday.
TYPED = {"evidence", "measure_text", "mentions", "occasion", "reason", "subject", "title", "what"}


def test_of_each_text_of_an_event_somebody_has_said_whether_it_may_leave() -> None:
    for module in pkgutil.iter_modules(zhike.events.__path__):
        if module.name != "tests":
            importlib.import_module(f"zhike.events.{module.name}")
    undecided = set()
    for name, kind in declared().items():
        if not kind.__module__.startswith("zhike.events."):
            continue
        hints = typing.get_type_hints(kind)
        for field in dataclasses.fields(kind):
            if "str" in str(hints[field.name]) and field.name not in ("origin", "uid"):
                known = field.name in CODES | CODE_LISTS | TYPED or field.name.endswith(("_uid", "_at", "_on"))
                undecided |= set() if known else {f"{name}.{field.name}"}

    assert undecided == set(), "name it in rules/body.py if it is a code of ours, else in TYPED"


def test_what_somebody_typed_does_not_leave() -> None:
    left = leaving({"ticket_uid": "1", "number": "GD1", "subject": "张三的合同", "title": "张三", "customer_id": 7,
                    "reasons": ["stopped"], "is_first": True})  # fmt: skip

    assert left == {"ticket_uid": "1", "number": "GD1", "customer_id": 7, "reasons": ["stopped"], "is_first": True}
