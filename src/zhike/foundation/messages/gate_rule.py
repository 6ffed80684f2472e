"""Whether a message may leave for a customer, when, and why not. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from zhike.foundation.messages.policy import GatePolicy

SERVICE, MARKETING = "service", "marketing"
GIVEN, WITHDRAWN, NOT_ASKED = "given", "withdrawn", "not_asked"


@dataclass(frozen=True)
class Ask:
    """A message that somebody wants to send.

    ``key`` names what is said, so that the same is not said twice: a digest of the words, or the occasion of an
    automatic message. ``is_automatic`` is what nobody wrote by hand; it waits through the quiet hours and is capped.
    """

    customer_id: int
    contact_id: int | None
    channel: str
    purpose: str
    is_automatic: bool = False
    key: str = ""


@dataclass(frozen=True)
class Facts:
    """What the rooms know about the one who is to be written to."""

    has_address: bool = False
    consent: str = NOT_ASKED
    consent_since: dt.datetime | None = None
    is_stopped: bool = False
    sent_count: int = 0
    said_at: dt.datetime | None = None  # when the same was said before, within the hours of the policy


@dataclass(frozen=True)
class Reason:
    """Why not, as a code; ``data`` fills its sentence and holds nothing personal."""

    code: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """Allowed, with the moment before which it must not leave; or refused, with every reason there is."""

    reasons: tuple[Reason, ...] = ()
    not_before: dt.datetime | None = None

    @property
    def is_allowed(self) -> bool:
        """Whether it may leave, now or later."""
        return not self.reasons


def decide(ask: Ask, facts: Facts, policy: GatePolicy, now: dt.datetime) -> Verdict:
    """Judge ``ask`` at ``now``, which is in the enterprise's time zone.

    All reasons are named, so that nobody mends one only to meet the next. What a person writes by hand for service
    is neither capped nor kept back at night: somebody waits for it.
    """
    is_impersonal = ask.is_automatic or ask.purpose == MARKETING
    reasons = [*_forbidden(ask, facts, policy), *_too_much(facts, policy, is_capped=is_impersonal)]
    if reasons:
        return Verdict(tuple(reasons))
    return Verdict(not_before=after_quiet(now, policy) if is_impersonal else None)


def _forbidden(ask: Ask, facts: Facts, policy: GatePolicy) -> list[Reason]:
    found = []
    if not facts.has_address:
        found.append(Reason("no_address"))
    if facts.is_stopped:
        found.append(Reason("stopped"))
    if facts.consent == WITHDRAWN:
        found.append(Reason("consent_withdrawn", {"since": _day(facts.consent_since)}))
    elif facts.consent != GIVEN and (ask.purpose == MARKETING or policy.service_consent == GIVEN):
        found.append(Reason("consent_not_asked"))
    return found


def _too_much(facts: Facts, policy: GatePolicy, *, is_capped: bool) -> list[Reason]:
    found = []
    if facts.said_at is not None:
        found.append(Reason("duplicate", {"since": _day(facts.said_at)}))
    if is_capped and facts.sent_count >= policy.cap_count:
        found.append(Reason("cap_reached", {"count": policy.cap_count, "days": policy.cap_days}))
    return found


def after_quiet(now: dt.datetime, policy: GatePolicy) -> dt.datetime | None:
    """The end of the quiet hours that ``now`` lies in; None outside them, or where both hours are the same."""
    start, end = policy.quiet_from_hour, policy.quiet_until_hour
    is_over_midnight = start > end
    is_quiet = (now.hour >= start or now.hour < end) if is_over_midnight else start <= now.hour < end
    if not is_quiet:
        return None
    is_evening = is_over_midnight and now.hour >= start
    morning = now.replace(hour=0, minute=0, second=0, microsecond=0) + dt.timedelta(hours=end)
    return morning + dt.timedelta(days=1) if is_evening else morning


def _day(moment: dt.datetime | None) -> str:
    return moment.date().isoformat() if moment is not None else ""
