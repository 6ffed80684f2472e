"""Issues that are not published yet are what their owner leaves behind."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhike.foundation.access.estates import by_column, register
from zhike.foundation.reports.models import Issue, IssueState

register(by_column("reports", _("reports to be published"), Issue, "owner_id", ~Q(state=IssueState.PUBLISHED)))
