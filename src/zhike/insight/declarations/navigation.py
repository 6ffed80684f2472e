"""Where insight's pages stand in the rail, and what waits behind the home page's counters."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.matrix import Area
from zhike.foundation.ui import nav

nav.add(nav.Section.RETAIN, nav.Entry(_("Warning desk"), "desk", "urgent", Area.HEALTH, order=10))
nav.add(nav.Section.SEGMENT, nav.Entry(_("Value matrix"), "matrix", "grid-dots", Area.STRATEGY, order=10))
nav.add(nav.Section.INSIGHT, nav.Entry(_("Churn rate"), "churn", "chart-histogram", Area.HEALTH, order=10))
nav.add(nav.Section.INSIGHT, nav.Entry(_("Nights"), "nights", "moon", Area.HEALTH, order=20))
