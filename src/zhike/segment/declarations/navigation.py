"""Where the strategy table stands in the rail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.matrix import Area
from zhike.foundation.ui import nav

nav.add(nav.Section.SEGMENT, nav.Entry(_("Strategy table"), "strategies", "table", Area.STRATEGY, order=20))
