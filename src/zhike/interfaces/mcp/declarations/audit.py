"""Words of the log about what assistants read."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation.audit import words

words.declare("assistant", _("Assistant"), actions={"assistant.read": _("Read by an assistant")})
