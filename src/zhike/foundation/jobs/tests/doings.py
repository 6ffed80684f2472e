"""Jobs for the tests, in a module of their own so that worker processes share them."""

from __future__ import annotations

import os
import time
from pathlib import Path

from django.db import transaction

from zhike.foundation.jobs import job
from zhike.foundation.jobs.work import Work
from zhike.foundation.outbox import publish
from zhike.foundation.outbox.event import Event, event

PIECES = [f"piece-{number}" for number in range(12)]


@event("jobs_tests.PieceDone")
class PieceDone(Event):
    """The effect of a piece in the database."""

    piece: str


@job("tests.long", title="Long work")
def long_work(work: Work) -> dict[str, int]:
    """Twelve pieces; each one leaves an event and a line in a file."""
    begun = 0
    for piece in work.pieces(PIECES):
        begun += 1
        time.sleep(0.05)
        with transaction.atomic():
            publish(PieceDone(piece=piece))
        with Path(os.environ["ZHIKE_TEST_TRACE"]).open("a", encoding="utf-8") as file:
            file.write(f"{piece}\n")
        time.sleep(0.05)
    return {"begun": begun}


@job("tests.often", every="* * * * *")
def often(work: Work) -> None:
    """Leave a line for each due time, where a test asks for it."""
    if "ZHIKE_TEST_TRACE" not in os.environ:
        return
    with Path(os.environ["ZHIKE_TEST_TRACE"]).open("a", encoding="utf-8") as file:
        file.write(f"{work.slot} {os.getpid()}\n")
