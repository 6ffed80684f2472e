"""What a night changed: customers that moved to another band since the night before, told once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from django.db import transaction

from zhike.events.insight import LifecycleChanged, NightFinished, TierChanged
from zhike.events.retain import HealthFell
from zhike.foundation import outbox
from zhike.foundation.kit import clock
from zhike.foundation.outbox.event import Event
from zhike.foundation.policies.load import PolicySet
from zhike.insight.models import MeasureHistory, NightRun, NightStep
from zhike.retain.policy import WarningPolicy
from zhike.retain.rules.warning import counting


def tell_once(run: NightRun, measures: pa.Table, policies: PolicySet) -> dict[str, Any]:
    """Publish the changes of band against the newest earlier night. A night that has told them stays silent.

    Returns how many customers moved, by kind. The very first night has nothing to compare with.
    """
    done = NightStep.objects.filter(run=run, name="news", finished_at__isnull=False).first()
    if done is not None:
        return dict(done.counts)
    before = MeasureHistory.objects.filter(as_of__lt=run.as_of).order_by("-as_of").values_list("as_of", flat=True)
    earlier = before.first()
    has_news = earlier is not None and not is_older_than_newest(run)
    events = _moves(run, measures, earlier, policies.get(WarningPolicy)) if has_news else []
    counts = {
        "tier_changed": sum(isinstance(e, TierChanged) for e in events),
        "lifecycle_changed": sum(isinstance(e, LifecycleChanged) for e in events),
        "health_fell": sum(isinstance(e, HealthFell) for e in events),
        "compared_with": earlier.isoformat() if earlier else None,
    }
    with transaction.atomic():
        outbox.publish(*events)
        moment = clock.now()
        NightStep.objects.update_or_create(
            run=run,
            name="news",
            defaults={"position": 3, "started_at": moment, "finished_at": moment, "counts": counts},
        )
    return counts


def is_older_than_newest(run: NightRun) -> bool:
    """Whether a later night has written its measures: then this one is history."""
    return NightStep.objects.filter(run__as_of__gt=run.as_of, name="measures").exists()


def _moves(run: NightRun, measures: pa.Table, earlier: Any, policy: WarningPolicy) -> list[Event]:
    known = {
        row[0]: row[1:]
        for row in MeasureHistory.objects.filter(as_of=earlier).values_list(
            "customer_id", "tier", "lifecycle", "health", "warned"
        )
    }
    columns = ["customer_id", "tier", "lifecycle", "lifecycle_cause", "main_cause"]
    day, limit = run.as_of.isoformat(), policy.health_limit
    events: list[Event] = []
    for row, score in zip(measures.select(columns).to_pylist(), _counting(measures, policy), strict=True):
        customer_id = row["customer_id"]
        if customer_id not in known:
            continue
        tier, lifecycle, health, was_warned = known[customer_id]
        if (row["tier"] or "") != tier:
            events.append(TierChanged(customer_id=customer_id, before=tier, after=row["tier"] or "", as_of=day))
        if (row["lifecycle"] or "") != lifecycle:
            events.append(
                LifecycleChanged(
                    customer_id=customer_id, before=lifecycle, after=row["lifecycle"] or "",
                    cause=row["lifecycle_cause"] or "", as_of=day,
                )
            )  # fmt: skip
        # Whoever was below the limit by a health that counted was warned; a thin one below it was not yet news.
        was_below = health is not None and health < limit and was_warned
        if score < limit and not was_below:
            events.append(
                HealthFell(
                    customer_id=customer_id, health=round(score, 1), limit=limit,
                    cause=row["main_cause"] or "",
                )
            )  # fmt: skip
    return events


def _counting(measures: pa.Table, policy: WarningPolicy) -> list[float]:
    """Health of each row as warnings count it, NaN where it is unknown or rests on too little."""
    health, coverage = (
        np.asarray(measures[name].to_numpy()).astype(np.float64) for name in ("health", "health_coverage")
    )
    found: list[float] = counting(health=health, coverage=coverage, policy=policy).tolist()
    return found


def finished(run: NightRun, customers: int) -> NightFinished:
    """The news that the night is over."""
    return NightFinished(run_id=run.pk, as_of=run.as_of.isoformat(), customers=customers)
