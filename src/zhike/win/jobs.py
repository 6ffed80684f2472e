"""Contracts begin and end with their days."""

from __future__ import annotations

from zhike.foundation import jobs
from zhike.foundation.jobs.work import Work
from zhike.win.services.turning import turn_today


@jobs.job("win.contracts", every="5 0 * * *")
def contracts(work: Work) -> None:
    """Signed contracts whose day has come become active, those whose time is up become ended."""
    turn_today()
