"""The fixed bands of RFM (SEG-04, mode ``bands``) as the mathematics wants them."""

from __future__ import annotations

from zhike.analytics.rfm import Bands
from zhike.segment.policy import RfmPolicy


def bands_of(policy: RfmPolicy) -> Bands | None:
    """Limits between the marks, that of mark 2 first; None in mode ``quantiles``, where the data set them."""
    if policy.mode == "quantiles":
        return None
    p = policy
    return Bands(
        recency_days=(p.recency_days_2, p.recency_days_3, p.recency_days_4, p.recency_days_5),
        frequency=(p.orders_2, p.orders_3, p.orders_4, p.orders_5),
        monetary=(p.spend_2, p.spend_3, p.spend_4, p.spend_5),
    )
