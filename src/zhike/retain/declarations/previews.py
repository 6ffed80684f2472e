"""What a change of the clocks of retention would do: promises already made are kept."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhike.foundation import policies
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.policies.load import PolicySet
from zhike.foundation.policies.previews import Effect
from zhike.retain.models import Warning
from zhike.retain.models.warning import WarningState


@policies.preview("retain.clocks")
def clocks(_viewer: Viewer, before: PolicySet, after: PolicySet) -> list[Effect]:
    """The contact time is stored at publication; how long a decision rests is asked by each night."""
    changed = {key for key, _value in set(after.changes) - set(before.changes)}
    if "retain.clocks.contact_hours" not in changed:
        words = _("Counts from the next night on: it decides which customers may be proposed again. Warnings that are "
                  "open stay open.")  # fmt: skip
        return [Effect("counts_from", 0, words)]
    running = Warning.objects.filter(state=WarningState.PUBLISHED).count()
    kept = ngettext(
        "%(count)s published warning keeps its contact time: the promise was made with the old one.",
        "%(count)s published warnings keep their contact times: the promises were made with the old one.",
        running,
    )
    return [
        Effect("counts_from", 0, _("Counts for warnings that are published from then on.")),
        Effect("clocks_kept", running, kept % {"count": f"{running:,}"}),
    ]


@policies.preview("retain.route")
def routes(_viewer: Viewer, _before: PolicySet, _after: PolicySet) -> list[Effect]:
    """Who leads is written on a warning when it is proposed."""
    words = _("Counts from the next night on: proposals are refreshed, published warnings keep who leads them.")
    return [Effect("counts_from", 0, words)]
