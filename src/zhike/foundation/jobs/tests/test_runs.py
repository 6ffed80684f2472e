import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from zhike.foundation import jobs
from zhike.foundation.access.viewer import system
from zhike.foundation.jobs import beats, registry, runs
from zhike.foundation.jobs.models import JobRun, RunState, WorkerBeat
from zhike.foundation.jobs.policy import WorkerPolicy
from zhike.foundation.jobs.work import LeaseLost, Work
from zhike.foundation.policies.load import load_defaults

NUMBERS = load_defaults().get(WorkerPolicy)
ME = system("test")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def only_these_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_JOBS", {})


@pytest.fixture
def later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    path, offset = tmp_path / "clock", [0.0]
    monkeypatch.setenv("ZHIKE_CLOCK_FILE", str(path))

    def move(seconds: float) -> None:
        offset[0] += seconds
        path.write_text(str(offset[0]))

    return move


def declare(name: str, handler: Any, **fields: Any) -> list[Work]:
    seen: list[Work] = []

    @jobs.job(name, **fields)
    def run(work: Work) -> Any:
        seen.append(work)
        return handler(work)

    return seen


def test_a_due_time_is_run_once_however_often_one_looks(later: Any) -> None:
    seen = declare("t.hourly", lambda work: None, every=dt.timedelta(hours=1))

    assert jobs.run_due() == 1
    assert jobs.run_due() == 0
    later(3600)
    assert jobs.run_due() == 1

    slots = [work.slot for work in seen]
    assert slots[1] - slots[0] == dt.timedelta(hours=1)  # type: ignore[operator]


def test_due_times_missed_while_nobody_worked_are_made_up_once(later: Any) -> None:
    seen = declare("t.hourly", lambda work: None, every=dt.timedelta(hours=1))
    jobs.run_due()

    later(10 * 3600)
    jobs.run_due()

    assert len(seen) == 2


def test_a_daily_job_that_is_new_here_waits_for_its_next_time(later: Any) -> None:
    seen = declare("t.daily", lambda work: None, every="0 2 * * *")

    assert jobs.run_due() == 0
    assert JobRun.objects.get().state == RunState.SKIPPED
    later(24 * 3600)
    assert jobs.run_due() == 1
    assert len(seen) == 1


def test_the_rhythm_may_come_from_a_policy(later: Any) -> None:
    # Due times are whole multiples of the rhythm: of a rhythm of ten years none falls into the next minutes.
    rhythm = [dt.timedelta(days=3650)]
    declare("t.by_policy", lambda work: None, every=lambda: rhythm[0])

    jobs.run_due()
    later(600)
    assert jobs.run_due() == 0
    rhythm[0] = dt.timedelta(minutes=1)

    assert jobs.run_due() == 1


def test_work_asked_for_gets_its_arguments_and_keeps_its_result() -> None:
    declare("t.asked", lambda work: {"sum": sum(work.arguments["numbers"])})

    run = jobs.start("t.asked", viewer=ME, arguments={"numbers": [1, 2]})
    jobs.run_due()

    run.refresh_from_db()
    assert (run.state, run.result, run.progress) == (RunState.DONE, {"sum": 3}, 1)
    with pytest.raises(KeyError):
        jobs.start("t.nobody", viewer=ME)


def test_a_failed_run_is_tried_again_after_a_wait_and_given_up_in_the_end(later: Any) -> None:
    def fail(work: Work) -> None:
        raise RuntimeError("no light")

    seen = declare("t.fails", fail)
    run = jobs.start("t.fails", viewer=ME)

    for tries in range(1, NUMBERS.tries_max):
        assert jobs.run_due() == 1
        later(NUMBERS.retry_minutes * 60 * tries - 1)
        assert jobs.run_due() == 0, "not before its time"
        later(2)
    assert jobs.run_due() == 1
    later(86400)
    assert jobs.run_due() == 0

    run.refresh_from_db()
    assert (run.state, len(seen)) == (RunState.FAILED, NUMBERS.tries_max)
    assert "no light" in run.error


def test_progress_is_seen_while_the_work_goes_on() -> None:
    shown: list[tuple[float, str]] = []

    def look(work: Work) -> None:
        work.progress(0.25, "counting")
        row = JobRun.objects.get()
        shown.append((row.progress, row.message))

    declare("t.shows", look)
    jobs.start("t.shows", viewer=ME)
    jobs.run_due()

    assert shown == [(0.25, "counting")]


def test_pieces_that_are_done_are_not_done_again(later: Any) -> None:
    done: list[str] = []

    def work_through(work: Work) -> None:
        for piece in work.pieces(["a", "b", "c"]):
            done.append(piece)
            if piece == "b" and not work.is_repeated:
                raise RuntimeError("power cut")

    declare("t.pieces", work_through)
    jobs.start("t.pieces", viewer=ME)
    jobs.run_due()
    later(NUMBERS.retry_minutes * 60 + 1)
    jobs.run_due()

    assert done == ["a", "b", "b", "c"], "the piece that failed is repeated, the others are not"


def test_a_run_whose_worker_died_is_taken_over_after_its_lease(later: Any) -> None:
    seen = declare("t.orphan", lambda work: None)
    jobs.start("t.orphan", viewer=ME)
    dead = runs.claim_next("dead worker")
    assert dead is not None

    later(NUMBERS.lease_seconds - 1)
    assert jobs.run_due() == 0
    later(2)
    assert jobs.run_due() == 1

    assert seen[0].is_repeated


def test_a_heartbeat_keeps_a_long_run(later: Any) -> None:
    declare("t.long", lambda work: None)
    jobs.start("t.long", viewer=ME)
    assert runs.claim_next("long worker") is not None

    later(NUMBERS.lease_seconds - 1)
    runs.extend_leases("long worker")
    later(NUMBERS.lease_seconds - 1)

    assert jobs.run_due() == 0


def test_a_worker_that_was_taken_over_is_told_at_its_next_step(later: Any) -> None:
    declare("t.slow", lambda work: None)
    jobs.start("t.slow", viewer=ME)
    run = runs.claim_next("slow worker")
    assert run is not None
    later(NUMBERS.lease_seconds + 1)
    assert runs.claim_next("quick worker") is not None

    with pytest.raises(LeaseLost):
        Work(run, "slow worker").progress(0.5)


def test_a_run_that_kills_its_worker_each_time_is_given_up(later: Any) -> None:
    declare("t.deadly", lambda work: None)
    jobs.start("t.deadly", viewer=ME)

    for _ in range(NUMBERS.tries_max):
        assert runs.claim_next("dying worker") is not None
        later(NUMBERS.lease_seconds + 1)

    assert runs.claim_next("careful worker") is None
    assert JobRun.objects.get().state == RunState.FAILED


def test_a_job_does_not_overtake_itself_unless_it_may(later: Any) -> None:
    declare("t.alone", lambda work: None)
    declare("t.together", lambda work: None, alone=False)
    for name in ("t.alone", "t.alone", "t.together", "t.together"):
        jobs.start(name, viewer=ME)

    claimed = [run.job for run in iter(lambda: runs.claim_next("worker"), None)]

    assert sorted(claimed) == ["t.alone", "t.together", "t.together"]


def test_the_database_refuses_to_run_a_lane_twice(later: Any) -> None:
    declare("t.alone", lambda work: None)
    first, second = jobs.start("t.alone", viewer=ME), jobs.start("t.alone", viewer=ME)
    everything = runs.Q(state=RunState.WAITING)
    now = first.created_at + dt.timedelta(seconds=1)

    assert runs._claim(first, everything, "one", now, now)
    assert not runs._claim(second, everything, "two", now, now)


def test_runs_of_jobs_that_are_gone_from_the_code_are_left_alone() -> None:
    JobRun.objects.create(job="t.gone", slot="x", lane="t.gone")

    assert jobs.run_due() == 0


def test_old_runs_are_forgotten_but_the_last_of_each_job(later: Any) -> None:
    declare("t.asked", lambda work: None)
    for _ in range(3):
        jobs.start("t.asked", viewer=ME)
    jobs.run_due()

    later((NUMBERS.keep_days + 1) * 86400)

    assert runs.prune() == 2
    assert JobRun.objects.count() == 1


def test_a_worker_is_alive_while_its_heart_beats(later: Any) -> None:
    assert not jobs.is_worker_alive()

    beats.beat("worker")
    later(NUMBERS.beat_seconds * 3 - 1)
    assert jobs.is_worker_alive()
    later(2)
    assert not jobs.is_worker_alive()
    beats.beat("worker")
    assert jobs.is_worker_alive()
    beats.leave("worker")
    assert not WorkerBeat.objects.exists()


def test_two_jobs_of_one_name_are_refused() -> None:
    declare("t.one", lambda work: None)

    with pytest.raises(ValueError, match=r"t\.one"):

        @jobs.job("t.one")
        def other(work: Work) -> None: ...
