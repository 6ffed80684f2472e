"""What the gate lets out, and why not: pure."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhike.foundation.kit import clock
from zhike.foundation.messages.gate_rule import Ask, Facts, after_quiet, decide
from zhike.foundation.messages.policy import GatePolicy
from zhike.foundation.policies.load import load_defaults

POLICY: GatePolicy = load_defaults().get(GatePolicy)
NOON = dt.datetime(2026, 6, 1, 12, tzinfo=clock.ZONE)
OPEN = Facts(has_address=True, consent="given")


def ask(**values: Any) -> Ask:
    return Ask(**({"customer_id": 1, "contact_id": None, "channel": "email", "purpose": "marketing"} | values))


def codes(asked: Ask, facts: Facts, policy: GatePolicy = POLICY) -> list[str]:
    return [reason.code for reason in decide(asked, facts, policy, NOON).reasons]


def test_marketing_needs_consent_service_needs_that_it_was_not_withdrawn() -> None:
    silent = dataclasses.replace(OPEN, consent="not_asked")
    withdrawn = dataclasses.replace(OPEN, consent="withdrawn", consent_since=NOON)

    assert codes(ask(), OPEN) == []
    assert codes(ask(), silent) == ["consent_not_asked"]
    assert codes(ask(purpose="service"), silent) == []
    assert codes(ask(purpose="service"), withdrawn) == ["consent_withdrawn"]
    strict = dataclasses.replace(POLICY, service_consent="given")
    assert codes(ask(purpose="service"), silent, strict) == ["consent_not_asked"]


def test_all_reasons_are_named_at_once() -> None:
    closed = Facts(False, "withdrawn", NOON, True, POLICY.cap_count, NOON)

    assert codes(ask(), closed) == ["no_address", "stopped", "consent_withdrawn", "duplicate", "cap_reached"]


@pytest.mark.requirement("AUTO-08", proof="rule")
def test_the_cap_counts_what_nobody_wrote_by_hand() -> None:
    full = dataclasses.replace(OPEN, sent_count=POLICY.cap_count)
    nearly = dataclasses.replace(OPEN, sent_count=POLICY.cap_count - 1)

    assert codes(ask(), nearly) == []
    assert codes(ask(), full) == ["cap_reached"]
    assert codes(ask(purpose="service", is_automatic=True), full) == ["cap_reached"]
    assert codes(ask(purpose="service"), full) == []


@pytest.mark.parametrize(
    ("hour", "waits_until"),
    [
        (POLICY.quiet_from_hour - 1, None),
        (POLICY.quiet_from_hour, (2, POLICY.quiet_until_hour)),
        (0, (1, POLICY.quiet_until_hour)),
        (POLICY.quiet_until_hour - 1, (1, POLICY.quiet_until_hour)),
        (POLICY.quiet_until_hour, None),
    ],
)
def test_what_is_automatic_waits_through_the_quiet_hours(hour: int, waits_until: tuple[int, int] | None) -> None:
    now = NOON.replace(hour=hour, minute=30)
    verdict = decide(ask(), OPEN, POLICY, now)

    expected = None if waits_until is None else NOON.replace(day=waits_until[0], hour=waits_until[1])
    assert verdict.is_allowed
    assert verdict.not_before == expected
    assert decide(ask(purpose="service"), OPEN, POLICY, now).not_before is None  # somebody waits for it


@given(st.integers(0, 24), st.integers(0, 24), st.integers(0, 24 * 60 - 1))
def test_quiet_hours_end_within_a_day_and_never_in_themselves(start: int, end: int, minute: int) -> None:
    policy = dataclasses.replace(POLICY, quiet_from_hour=start, quiet_until_hour=end)
    now = NOON.replace(hour=minute // 60, minute=minute % 60)
    over = after_quiet(now, policy)

    if over is not None:
        assert now < over <= now + dt.timedelta(days=1)
        assert after_quiet(over, policy) is None or end == 24
