"""Work that is not done while somebody waits: on a schedule, or asked for; each due time once, whatever happens.

>>> @jobs.job("insight.night", every="30 2 * * *")
... def night(work: Work) -> None: ...
"""

from typing import TYPE_CHECKING

from zhike.foundation.jobs.registry import job, tick
from zhike.foundation.kit.doors import door

if TYPE_CHECKING:
    from zhike.foundation.jobs.beats import is_worker_alive
    from zhike.foundation.jobs.runs import run_due, start

__all__ = ["is_worker_alive", "job", "run_due", "start", "tick"]
__getattr__ = door(__name__, {"is_worker_alive": "beats", "run_due": "runs", "start": "runs"})
