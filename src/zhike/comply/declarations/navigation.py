"""Where compliance's own pages stand in the rail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.ui import nav

nav.add(
    nav.Section.COMPLY,
    nav.Entry(_("New notice text"), "consent_text_new", "pencil-plus", Area.CONSENT, Level.APPROVE, order=31),
)
