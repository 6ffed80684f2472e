"""What a change of the grading would do to the leads that are open (ACQ-05, PLAT-10)."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhike.acquire.models.lead import LeadGrade
from zhike.acquire.regrading import moved, pairs_of
from zhike.foundation import policies
from zhike.foundation.access.matrix import Area, Level
from zhike.foundation.access.viewer import Viewer
from zhike.foundation.policies.load import PolicySet
from zhike.foundation.policies.previews import Effect


@policies.preview("acquire.grading", "acquire.target_industries", "acquire.target_regions")
def grades(viewer: Viewer, before: PolicySet, after: PolicySet) -> list[Effect]:
    """Grades of open leads by the rule, now and then; one that somebody gave by hand stays."""
    moves, looked_at = moved(before, after)
    basis = ngettext(
        "Computed over %(count)s open lead. New leads are graded so at once, open ones when they change.",
        "Computed over %(count)s open leads. New leads are graded so at once, open ones when they change.",
        looked_at,
    ) % {"count": f"{looked_at:,}"}  # fmt: skip
    if not moves:
        return [Effect("nothing", 0, _("No open lead would get another grade.")), Effect("basis", looked_at, basis)]
    told = [f"{words_of(was)} → {words_of(now)} {count:,}" for (was, now), count in pairs_of(moves)]
    words = ngettext(
        "%(count)s open lead would get another grade: %(pairs)s",
        "%(count)s open leads would get another grade: %(pairs)s",
        len(moves),
    )
    said = words % {"count": f"{len(moves):,}", "pairs": _(", ").join(told)}
    return [Effect("grades", len(moves), said, _url(viewer, before, after)), Effect("basis", looked_at, basis)]


def words_of(code: str) -> str:
    """A grade as people read it."""
    return str(LeadGrade(code).label)


def _url(viewer: Viewer, before: PolicySet, after: PolicySet) -> str:
    """The list of these leads, for posts that read leads, where one number is asked about."""
    chosen = policies.Selection.between(before, after)
    if not viewer.may(Area.LEADS, Level.BASIC) or before.template != after.template or len(chosen.setting) != 1:
        return ""
    key, value = chosen.setting[0]
    return f"{reverse('leads_regraded')}?{urlencode({'key': key, 'value': json.dumps(value)})}"
