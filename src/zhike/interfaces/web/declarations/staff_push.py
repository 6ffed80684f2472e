"""What the system page says of notices in WeCom, DingTalk and Feishu: how many want them, and what goes wrong."""

from __future__ import annotations

from collections import Counter

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhike.foundation.messages.models import StaffPush
from zhike.foundation.ui import system
from zhike.foundation.ui.system import Found, State
from zhike.interfaces.web.company.pushing import staff_ways
from zhike.interfaces.web.company.pushing_words import fault_words


def _push() -> Found:
    if not staff_ways():
        return Found(gettext("Not set up: notices stand in the application and come by mail."))
    wanting = StaffPush.objects.exclude(service="").filter(person__is_active=True)
    faults = Counter(wanting.exclude(error="").values_list("error", flat=True))
    words = gettext("%(count)d people want them; %(failing)d could not be told the last time.") % {
        "count": wanting.count(), "failing": sum(faults.values()),
    }  # fmt: skip
    if not faults:
        return Found(words)
    return Found(words, State.LOOK, " ".join(fault_words(code) for code, _count in faults.most_common(3)))


system.add("staff_push", _("Notices in WeCom, DingTalk or Feishu"), _push, order=56)
