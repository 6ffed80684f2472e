"""What a running job holds in its hands: its arguments, its progress, and the pieces it need not do again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from zhike.foundation.jobs.models import JobRun, RunState
from zhike.foundation.kit import clock

_MESSAGE_LENGTH = 200


class LeaseLost(RuntimeError):
    """Another worker has taken this run over, because we gave no sign of life."""


class Work:
    """One run. Every write makes sure that the run is still ours."""

    def __init__(self, run: JobRun, worker: str) -> None:
        self._run, self._worker = run, worker
        self._is_repeated = run.tries > 1 or bool(run.pieces)
        self.result: Any = None

    @property
    def arguments(self) -> dict[str, Any]:
        """What the run was asked with: numbers and plain words, no personal values."""
        return dict(self._run.arguments)

    @property
    def slot(self) -> dt.datetime | None:
        """The due time that this run is for; None when somebody asked for it."""
        is_due_time = not self._run.slot.startswith("asked:")
        return dt.datetime.fromisoformat(self._run.slot) if is_due_time else None

    @property
    def is_repeated(self) -> bool:
        """Whether this due time was tried before."""
        return self._is_repeated

    def progress(self, share: float, message: str = "") -> None:
        """Show how much is done (0 to 1) and what is being done. Raises LeaseLost."""
        self._write(progress=min(max(share, 0.0), 1.0), message=message[:_MESSAGE_LENGTH])

    def pieces(self, names: Sequence[str]) -> Iterator[str]:
        """Those of ``names`` that no earlier try finished; one is finished when the next is asked for.

        Keep a piece well under the lease, and let doing it twice do no harm: a crash repeats the last one.
        """
        done = list(self._run.pieces)
        finished = set(done)
        for name in names:
            if name in finished:
                continue
            yield name
            done.append(name)
            # A try that gets something done starts the count anew: restarts must not give up a long night.
            self._write(pieces=list(done), progress=len(done) / len(names), message=name[:_MESSAGE_LENGTH], tries=1)

    def _write(self, **values: Any) -> None:
        held = JobRun.objects.filter(pk=self._run.pk, claimed_by=self._worker, state=RunState.RUNNING)
        if not held.update(**values):
            raise LeaseLost(f"{self._run.job} {self._run.slot} was taken over at {clock.now().isoformat()}")
        for name, value in values.items():
            setattr(self._run, name, value)
