"""Changes of which the night's computation can say beforehand whom they would move."""

from __future__ import annotations

from zhike.foundation import policies
from zhike.insight.foresight import foresee, foreseen

policies.preview(
    "segment.tiers", "segment.rfm", "segment.lifecycle", "segment.potential", "segment.groups",
    "retain.signals", "retain.warning", "retain.health", "retain.risk", "retain.churn_model", "insight.clv",
    kept=foreseen,
)(foresee)  # fmt: skip
