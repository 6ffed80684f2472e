"""Where retention's own pages stand in the rail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.matrix import Area
from zhike.foundation.ui import nav

nav.add(nav.Section.RETAIN, nav.Entry(_("Saved and lost"), "retention_results", "chart-bar", Area.HEALTH, order=25))
