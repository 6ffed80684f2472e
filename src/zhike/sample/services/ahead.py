"""What other nights have prepared in a company that is at work, and a first night alone does not."""

from __future__ import annotations

from zhike.foundation import jobs
from zhike.foundation.access.viewer import system
from zhike.sample.services.asking import LOAD


def plan_ahead() -> None:
    """Ask a worker for what is planned ahead: the greetings of the next weeks, and who is looked at when."""
    jobs.start("serve.greetings_plan", viewer=system(LOAD))
    jobs.start("retain.patrols_plan", viewer=system(LOAD))
