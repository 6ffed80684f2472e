"""Leads without an update are found every quarter of an hour."""

from __future__ import annotations

from zhike.acquire.services.quiet import leads_flag_quiet
from zhike.foundation import jobs
from zhike.foundation.access.viewer import system
from zhike.foundation.jobs.work import Work


@jobs.job("acquire.quiet_leads", every="*/15 * * * *")
def quiet_leads(work: Work) -> None:
    """Flag them, a bounded piece at a time."""
    while leads_flag_quiet(viewer=system("leads without an update")):
        pass
