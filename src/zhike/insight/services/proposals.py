"""From a night's result to churn warnings for people to decide on."""

from __future__ import annotations

import json
from typing import Any

import pyarrow.compute as pc

from zhike.foundation.access.viewer import Viewer
from zhike.foundation.policies.load import PolicySet
from zhike.insight.compute.result import ComputeResult
from zhike.insight.models import MeasureHistory, NightRun
from zhike.retain.policy import RoutePolicy
from zhike.retain.public import Proposal, route_of, warnings_propose

_COLUMNS = ("customer_id", "risk", "main_cause", "signals", "tier", "health", "value_at_stake_minor")


def propose(actor: Viewer, run: NightRun, result: ComputeResult, policies: PolicySet) -> dict[str, Any]:
    """Propose a warning for every warned customer. An older night than the newest proposes nothing."""
    if MeasureHistory.objects.filter(as_of__gt=run.as_of).exists():
        return {"warnings_new": 0, "older_than_newest": True}
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
    outcome = warnings_propose(viewer=actor, proposals=proposals, as_of=run.as_of, run_id=run.pk)
    return {f"warnings_{name}": count for name, count in vars(outcome).items()}
