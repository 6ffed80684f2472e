"""The greetings of the next weeks, written down before they leave, so that people can look at them (CARE-06)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from django.db import transaction

from zhike.customers.public import Addressee, addressees, birthdays_at, customers_after, primary_addressees
from zhike.foundation import audit
from zhike.foundation.access.viewer import system
from zhike.foundation.kit import clock
from zhike.foundation.policies import current
from zhike.serve.models import Greeting, GreetingDay
from zhike.serve.models.greeting import Occasion
from zhike.serve.policy import GreetingPolicy
from zhike.serve.rules.greetings import TIERS, falls_on

GREETER = system("birthdays and holidays")
_PIECE = 1_000


def days_ahead(today: dt.date, policy: GreetingPolicy) -> list[dt.date]:
    """Today and the days of the horizon."""
    return [today + dt.timedelta(days=n) for n in range(policy.horizon_days + 1)]


def greetings_plan(day: dt.date) -> int:
    """Write down who is greeted on ``day``, says how many are new. Again does no harm: nobody has two on a day.

    Who has a birthday on a holiday is greeted for the birthday.
    """
    policy = current().get(GreetingPolicy)
    count = 0
    if policy.birthdays:
        born = birthdays_at(day, policy.leap_day)
        for start in range(0, len(born), _PIECE):
            count += _planned(born[start : start + _PIECE], day, None)
    holiday = holiday_on(day) if policy.holidays else None
    if holiday is not None:
        for piece in _everybody(policy):
            count += _planned(primary_addressees(piece), day, holiday)
    return count


def holiday_on(day: dt.date) -> GreetingDay | None:
    """The holiday on which customers are greeted that falls on ``day``; the oldest entry, should there be two."""
    rows = GreetingDay.objects.filter(is_on=True, deleted_at=None).order_by("pk")
    return next((row for row in rows if falls_on(day, row.calendar, row.month, row.day)), None)


def _everybody(policy: GreetingPolicy) -> Iterator[list[int]]:
    tiers, after = TIERS.get(policy.holiday_for, frozenset()), 0
    while piece := customers_after(after, tiers, _PIECE):
        yield piece
        after = piece[-1]


@transaction.atomic
def _planned(people: Sequence[Addressee], day: dt.date, holiday: GreetingDay | None) -> int:
    keys = {person: key_of(person, day) for person in people}
    there = set(Greeting.objects.filter(key__in=keys.values()).values_list("key", flat=True))
    cards = addressees([person for person in people if keys[person] not in there])
    now = clock.now()
    made = [
        Greeting(
            customer_id=card.customer_id, contact_id=card.contact_id, owner_id=card.owner_id,
            department_id=card.department_id, origin=card.origin, on=day, holiday=holiday, key=keys[person],
            occasion=Occasion.HOLIDAY if holiday else Occasion.BIRTHDAY, created_at=now, updated_at=now,
        )
        for person, card in cards.items()
    ]  # fmt: skip
    if made:
        # Two workers may plan at once: the second finds the key taken.
        Greeting.objects.bulk_create(made, ignore_conflicts=True, batch_size=200)
        audit.record(
            GREETER, "greeting.plan", kind="greeting",
            after={"on": day.isoformat(), "holiday_id": holiday.pk if holiday else None, "count": len(made)},
        )  # fmt: skip
    return len(made)


def key_of(person: Addressee, day: dt.date) -> str:
    """What there is once: a person, or a firm, on a day."""
    customer_id, contact_id = person
    return f"{day:%Y%m%d}:{customer_id}:{contact_id or 0}"
