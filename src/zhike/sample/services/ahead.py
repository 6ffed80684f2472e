"""What other nights have prepared in a company that is at work, and a first night alone does not."""

from __future__ import annotations

from zhike.foundation import jobs
from zhike.foundation.access.viewer import system
from zhike.sample.services.asking import LOAD
from zhike.sample.services.rights import rights_of_sample


def plan_ahead() -> None:
    """Let two people arrange next week, and ask a worker for what is planned: greetings, and who is looked at when."""
    rights_of_sample()
    jobs.start("serve.greetings_plan", viewer=system(LOAD))
    jobs.start("retain.patrols_plan", viewer=system(LOAD))
