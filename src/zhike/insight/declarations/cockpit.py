"""What a manager opens in the morning: the churn rate with its causes, and open warnings by risk and cause."""

from __future__ import annotations

from collections import Counter
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from zhike.customers.public import RISKS
from zhike.foundation.access.matrix import Area
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.ui import panels
from zhike.insight.churn import churn
from zhike.insight.selectors import newest_night
from zhike.insight.web.churn import behind, moved, named, said
from zhike.retain.public import warnings_split

CAUSES_SHOWN = 5
_OPEN = [("state", "proposed"), ("state", "published")]


def _churn(viewer: Viewer, _subject: Any) -> dict[str, Any] | None:
    """The newest whole period: rate, against the one before, who was lost and why."""
    found = churn(viewer)
    if found is None:
        return None
    asked = {"period": found.period, "start": found.chosen.start.isoformat()}
    most = max((part.lost for part in found.causes), default=1)
    return {
        "name": named(found.period, found.chosen.start),
        "row": found.chosen,
        "percent": None if found.chosen.rate is None else 100 * found.chosen.rate,
        "before": moved(found),
        "lost_url": behind(asked | {"who": "lost"}),
        "start_url": behind(asked | {"who": "start"}),
        "causes": [
            {"words": said("cause", part.code, viewer.language), "n": part.lost, "share": round(100 * part.lost / most),
             "url": behind(asked | {"who": "lost", "cause": str(part.code or "")})}
            for part in found.causes[:CAUSES_SHOWN]
        ],
    }  # fmt: skip


def _warnings(viewer: Viewer, _subject: Any) -> dict[str, Any] | None:
    """Warnings that wait for a decision or for contact: how many of each risk, and the causes that count most."""
    night = newest_night(viewer)
    if night is None:
        return None
    parts = warnings_split(viewer)
    causes: Counter[str] = Counter()
    for part in parts:
        causes[part.main_cause] += part.customers
    sums = causes.most_common(CAUSES_SHOWN)
    most = sums[0][1] if sums else 1
    return {
        "night": night,
        "risks": [
            {"choice": risk, "n": sum(p.customers for p in parts if p.risk == risk.code),
             "url": _listed(("risk", risk.code))}
            for risk in RISKS
        ],
        "causes": [
            {"words": said("cause", code, viewer.language), "n": n, "share": round(100 * n / most),
             "url": _listed(("main_cause", code))}
            for code, n in sums
        ],
    }  # fmt: skip


def _listed(*narrowed: tuple[str, str]) -> str:
    return "/warnings/?" + urlencode([*narrowed, *_OPEN])


_MANAGEMENT = frozenset({"management"})
for panel in (
    panels.Panel("home", "churn", _("Churn rate"), "insight/_churn.html", _churn, Area.HEALTH, order=12,
                 posts=_MANAGEMENT | {"data_analyst", "customer_analyst", "operations_analyst"}),
    panels.Panel("home", "warnings", _("Customers who may leave"), "insight/_warnings.html", _warnings, Area.HEALTH,
                 order=16, posts=_MANAGEMENT),
):  # fmt: skip
    panels.add(panel)
