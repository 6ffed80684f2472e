"""What a change of the clocks would do: it counts for duties that begin later, and running ones keep their times."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhike.foundation import policies
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.obligations.models import RUNNING, Duty
from zhike.foundation.policies.load import PolicySet
from zhike.foundation.policies.previews import Effect


def clocks_kept(count: int) -> Effect:
    """``count`` running duties keep the due time and reminder they were begun with."""
    words = ngettext(
        "%(count)s running duty keeps the due time and the reminder it began with.",
        "%(count)s running duties keep the due times and reminders they began with.",
        count,
    )
    return Effect("clocks_kept", count, words % {"count": f"{count:,}"})


@policies.preview("obligations.standard", "calendar.working_time")
def clocks(_viewer: Viewer, before: PolicySet, after: PolicySet) -> list[Effect]:
    """A due time is worked out once, when the duty begins; only whether a superior hears of it is asked later."""
    changed = {key for key, _value in set(after.changes) - set(before.changes)}
    if "obligations.standard.escalates" in changed:
        return [
            Effect("counts_from", 0, _("Counts for every due time that passes from then on, of running duties too."))
        ]
    begins = Effect("counts_from", 0, _("Counts for duties that begin from then on."))
    return [begins, clocks_kept(Duty.objects.filter(state__in=RUNNING).count())]
