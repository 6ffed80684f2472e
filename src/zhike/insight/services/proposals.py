"""From a night's result to churn warnings for people to decide on."""

from __future__ import annotations

import json
from typing import Any

import pyarrow.compute as pc
from django.db import transaction

from zhike.foundation.access.viewer import Viewer
from zhike.foundation.kit import clock
from zhike.foundation.policies.load import PolicySet
from zhike.insight.compute.result import ComputeResult
from zhike.insight.models import NightRun, NightStep
from zhike.insight.services.changes import is_older_than_newest
from zhike.retain.policy import RoutePolicy
from zhike.retain.public import Proposal, Proposed, route_of, warnings_propose

_COLUMNS = ("customer_id", "risk", "main_cause", "signals", "tier", "health", "value_at_stake_minor")


def propose_once(actor: Viewer, run: NightRun, result: ComputeResult, policies: PolicySet) -> dict[str, Any]:
    """Propose a warning for every warned customer, and say what became of them.

    An older night than the newest proposes nothing. The counts are written in the transaction of the proposals: a
    night that is killed after it, or done again, adds to them and does not forget them.
    """
    if is_older_than_newest(run):
        return {"warnings_new": 0, "older_than_newest": True}
    with transaction.atomic():
        done = NightStep.objects.filter(run=run, name="proposals").values_list("counts", flat=True).first() or {}
        outcome = vars(_propose(actor, run, result, policies))
        counts = {f"warnings_{name}": count for name, count in outcome.items()}
        for name in ("warnings_new", "warnings_withdrawn"):
            counts[name] += done.get(name, 0)
        moment = clock.now()
        NightStep.objects.update_or_create(
            run=run,
            name="proposals",
            defaults={"position": 4, "started_at": moment, "finished_at": moment, "counts": counts},
        )
    return counts


def _propose(actor: Viewer, run: NightRun, result: ComputeResult, policies: PolicySet) -> Proposed:
    warned = result.measures.filter(pc.field("warned"))
    currency = str(result.data.get("currency") or "CNY")
    version = result.policy_versions.get("retain.warning", "")
    proposals = [
        Proposal(
            customer_id=row["customer_id"],
            risk=row["risk"] or "low",
            main_cause=row["main_cause"] or "",
            signals=[{"code": s["code"], "evidence": json.loads(s["evidence"] or "{}")} for s in row["signals"] or ()],
            tier=row["tier"] or "",
            health=row["health"],
            value_at_stake_minor=row["value_at_stake_minor"],
            currency=currency,
            route=route_of(row["tier"], row["risk"] or "low", policies.get(RoutePolicy)),
            model_version=version,
        )
        for row in warned.select(list(_COLUMNS)).to_pylist()
    ]
    return warnings_propose(viewer=actor, proposals=proposals, as_of=run.as_of, run_id=run.pk)
