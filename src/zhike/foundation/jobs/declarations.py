"""Words of the log about background work."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.audit import words

words.declare("job", _("Background work"), actions={"job.retry": _("Ran a failed job again")})
