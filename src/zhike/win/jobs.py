"""Contracts begin and end with their days, and are to be renewed before."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhike.foundation import jobs
from zhike.foundation.jobs.work import Work
from zhike.win.services.renewal import renewals_remind
from zhike.win.services.turning import turn_today


@jobs.job("win.contracts", every="5 0 * * *")
def contracts(work: Work) -> None:
    """Signed contracts whose day has come become active, those whose time is up become ended."""
    turn_today()


@jobs.job("win.renewals", every="30 8 * * *", title=_("Remind of renewals"))
def renewals(work: Work) -> dict[str, int]:
    """Customers and owners are reminded of what is to be renewed."""
    return {"reminded": renewals_remind()}
